"""The bar of the desk's pages for who has all of them: one row, and nothing too small to hit."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, expect
from sqlalchemy import insert, update

from scheduler.store import directory_tables as tables
from signaling import keys
from tests.signaling.live import ORGANIZER, Branch, branch
from tests.support.chromium import chromium

__all__ = ["branch"]
TARGET = 60
"""Pixels, as in base.css."""
WAITING = {"mine": 9, "review": 3}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


async def rows(links: Locator) -> set[float]:
    """Return how far down the links stand; check that each can be hit."""
    boxes: list[Any] = [await link.bounding_box() for link in await links.all()]
    assert min(min(box["width"], box["height"]) for box in boxes) >= TARGET
    return {box["y"] for box in boxes}


async def test_all_pages_of_an_organizer_who_keeps_the_machine_room_stand_in_one_row(
    browser: Browser, branch: Branch
) -> None:
    async with branch.server.part(keys.STORE).begin() as connection:
        grant = {"id": "engineer", "person": ORGANIZER, "role": "tech_admin"}
        await connection.execute(insert(tables.role_grant).values(grant))
        long = update(tables.person).where(tables.person.c.id == ORGANIZER)
        await connection.execute(long.values(name="示例六十六"))
    cookie: Any = branch.server.cookie(await branch.token(ORGANIZER))
    for width, height, expected in ((1280, 800, 1), (1920, 1080, 1), (390, 844, 2)):
        context = await browser.new_context(viewport={"width": width, "height": height})
        await context.add_cookies([cookie])
        page = await context.new_page()
        await page.route("**/api/records/waiting", lambda r: r.fulfill(json=WAITING))
        await page.goto(f"{branch.server.url}/organizer?lang=zh-CN")
        await expect(page.get_by_test_id("records-waiting")).to_have_text("12")
        assert len(await rows(page.locator(".bar a"))) == expected, width
        assert len(await rows(page.locator(".bar .own a"))) == 1, width
        await expect(page.locator(".bar nav a")).to_have_count(8)
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        await context.close()
