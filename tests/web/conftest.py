from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page

from tests.support.chromium import chromium
from tests.web.stand_in import StandIn, standing_in


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One real browser for all tests of pages; each test gets a context of its own."""
    async with chromium() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def server() -> AsyncIterator[StandIn]:
    """A server that says what the test wants."""
    async with standing_in() as stand_in:
        yield stand_in


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """One page; an error of its scripts, or a breach of its security policy, fails the test."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    context = await browser.new_context(permissions=["camera", "microphone"])
    opened = await context.new_page()
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", note)
    yield opened
    await context.close()
    assert complaints == []
