"""The page of the machine room, for who keeps it running: live figures, ids, and no names."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect
from sqlalchemy import insert

from scheduler.store import directory_tables as tables
from signaling import keys
from tests.signaling.live import Branch, branch
from tests.support.chromium import chromium

__all__ = ["branch"]
ENGINEER = "p5"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


async def opened(browser: Browser, branch: Branch, who: str) -> Page:
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    cookie: Any = branch.server.cookie(await branch.token(who))
    await context.add_cookies([cookie])
    page = await context.new_page()
    await page.goto(f"{branch.server.url}/debug?lang=en")
    return page


async def test_an_engineer_sees_the_rooms_that_are_live_without_names(
    browser: Browser, branch: Branch
) -> None:
    async with branch.server.part(keys.STORE).begin() as connection:
        grant = {"id": "engineer", "person": ENGINEER, "role": "tech_admin"}
        await connection.execute(insert(tables.role_grant).values(grant))
    meeting = await branch.open()
    _, room = await branch.join("phone1", meeting)
    page = await opened(browser, branch, ENGINEER)
    rooms, transports = page.get_by_test_id("rooms"), page.get_by_test_id("transports")
    await expect(rooms.locator("tbody tr")).to_have_count(1)
    await expect(rooms).to_contain_text(meeting.id)
    await expect(transports).to_contain_text(room["peer"])
    await expect(transports).to_contain_text("device phone1")
    workers = page.get_by_test_id("workers").locator("tbody tr")
    await expect(workers).to_have_count(1)
    await expect(workers).to_contain_text("0")
    sheet = await page.get_by_test_id("sheet").inner_text()
    assert re.findall("[\u4e00-\u9fff]", sheet) == []

    await transports.get_by_role("button").click()
    await branch.join("phone2", meeting)
    await expect(transports.locator("tbody tr")).to_have_count(2)
    chosen = transports.get_by_role("button", pressed=True)
    await expect(chosen).to_have_text(room["peer"])
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= 1280


async def test_what_the_kernel_did_not_take_is_among_the_drops(
    browser: Browser, branch: Branch
) -> None:
    async with branch.server.part(keys.STORE).begin() as connection:
        grant = {"id": "engineer", "person": ENGINEER, "role": "tech_admin"}
        await connection.execute(insert(tables.role_grant).values(grant))
    await branch.open()
    page = await opened(browser, branch, ENGINEER)

    async def with_losses(route: Route) -> None:
        response = await route.fetch()
        told = await response.json()
        told["media"]["datagrams_out"] |= {"socket_full": 3, "gso_refused": 2}
        await route.fulfill(response=response, json=told)

    await page.route("**/api/debug/rooms*", with_losses)
    drops = page.get_by_test_id("drops")
    await expect(drops).to_contain_text("socket_full")
    await expect(drops).to_contain_text("going out")
    await expect(drops).not_to_contain_text("gso_refused")


async def test_who_is_no_engineer_is_told_so(browser: Browser, branch: Branch) -> None:
    page = await opened(browser, branch, "p1")
    await expect(page.get_by_test_id("problem")).not_to_be_empty()
    await expect(page.get_by_test_id("rooms").locator("tbody tr")).to_have_count(0)
