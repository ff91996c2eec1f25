"""The demo, as a newcomer meets it: one line of links, one tap, a meeting in progress.

The pictures of the README come from here; this makes them anew:
`TAKE_PICTURES=1 make test ARGS=tests/browser/test_demo.py`.
"""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.browser.pages import MeetingPage, eventually
from tests.support.server import ServerProcess

pytestmark = [pytest.mark.browser, pytest.mark.measured]

PICTURES = Path(__file__).parent / "pictures"
PARTICIPANTS = 6


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the phones keep what they have drawn: ten seconds of work that is done once."""
    return tmp_path_factory.mktemp("synthetic")


@pytest.fixture
async def links(tmp_path: Path, drawn: Path) -> AsyncIterator[dict[str, Any]]:
    """The demo's links by part, with the demo running."""
    (tmp_path / "synthetic").symlink_to(drawn)
    async with ServerProcess(tmp_path) as server:
        await server.start("demo", "--json", "--no-past", "--participants", str(PARTICIPANTS))
        shown = json.loads(await server.line())
        yield {link["part"]: link["local"] for link in shown["links"]} | {"start": server.url}
        assert await server.end() == 0


async def picture(page: MeetingPage, name: str) -> None:
    """Take a picture of the page, kept only when asked for."""
    if os.environ.get("TAKE_PICTURES"):
        await page.page.screenshot(path=PICTURES / f"{name}.png")


async def test_the_start_page_shows_links_that_work_once(
    browser: Browser, links: dict[str, Any]
) -> None:
    start = await MeetingPage.open(browser, links["start"], None, name="start")
    phone = start.page.locator("a[href*='/l/']").first
    address = await phone.get_attribute("href")
    await phone.click()
    again = await MeetingPage.open(browser, f"{links['start']}{address}", None, name="again")
    assert "/phone" not in again.page.url
    for page in (start, again):
        assert page.errors == []
        await page.close()


async def test_one_tap_leads_into_the_meeting_in_progress(
    browser: Browser, links: dict[str, Any]
) -> None:
    phone = await MeetingPage.open(browser, links["video_phone"], None, name="phone")
    await phone.join()
    await phone.sees("counts", "已签到，应到 16 人")

    async def everyone_is_there() -> bool | None:
        filled = [slot for slot in (await phone.media())["slots"] if slot["kind"] == "video"]
        running = [slot for slot in filled if slot["frames"] > 0]
        return len(running) == len(filled) == 5 or None

    # Each of them draws its pictures before it joins.
    await eventually(everyone_is_there, "five pictures run", within_s=60)
    await phone.wait_for_frames(5)

    async def somebody_is_heard() -> bool | None:
        slots = (await phone.media())["slots"]
        return any(s["kind"] == "audio" and s["energy"] > 0 for s in slots) or None

    await eventually(somebody_is_heard, "a voice is heard")
    await picture(phone, "meeting")

    organizer = await MeetingPage.open(browser, links["organizer"], None, name="organizer")
    await organizer.sees("people-here")
    await picture(organizer, "organizer")
    room = await MeetingPage.open(browser, links["meeting_room"], None, name="room")
    await room.join()
    await room.wait_for_frames(5)
    await picture(room, "room")
    for page in (phone, organizer, room):
        assert page.errors == []
        await page.close()
