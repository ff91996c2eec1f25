"""Agenda and papers over a meeting: who speaks, what is voted on, what this device can open."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.web.stand_in import OCCURRENCE, StandIn, agenda, paper, papers, quorum, room, vote

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


WORD_FILE = paper(2, "果树冬季管理.docx", "application/wordprocessingml.document", 3_400_000) | {
    "shown_as": "file"
}


async def join(server: StandIn, page: Page, where: str = "phone", **changes: Any) -> None:
    server.room = room(**changes)
    await page.goto(f"{server.address}/{where}")
    await page.click("[data-testid=join]")
    await expect(page.get_by_test_id("meeting")).to_be_visible()


async def opened(server: StandIn, page: Page, where: str = "phone", **changes: Any) -> None:
    server.agenda = server.agenda or agenda()
    server.papers = server.papers or papers()
    await join(server, page, where, **changes)
    await page.click("[data-testid=papers-open]")
    await expect(page.get_by_test_id("papers-panel")).to_be_visible()


async def test_a_meeting_without_agenda_and_papers_has_no_button_for_them(
    server: StandIn, page: Page
) -> None:
    async with page.expect_response("**/attachments"):
        await join(server, page)
    await expect(page.get_by_test_id("papers-open")).to_be_hidden()


async def test_the_agenda_says_who_speaks_how_long_and_what_is_voted_on(
    server: StandIn, page: Page
) -> None:
    await opened(server, page, quorum=quorum())
    items = page.get_by_test_id("agenda").locator("li")
    await expect(items).to_have_count(3)
    await expect(items.nth(0)).to_contain_text("主讲：王建国　20 分钟")
    await server.tell("votes", occurrence=OCCURRENCE, votes=[vote()])
    await page.click("[data-testid=vote-close]")
    await expect(items.nth(1)).to_contain_text("正在表决")
    await expect(page.get_by_text("正在表决")).to_have_count(1)


async def test_the_server_is_asked_on_joining_and_when_somebody_looks(
    server: StandIn, page: Page
) -> None:
    await opened(server, page)
    await page.click("[data-testid=papers-close]")
    server.papers = [*papers(), paper(3, "会场照片.png", "image/png")]
    await page.click("[data-testid=papers-open]")
    await expect(page.get_by_text("会场照片.png")).to_be_visible()
    assert server.paper_requests == 3


async def test_a_village_phone_is_told_where_to_see_what_it_cannot_open(
    server: StandIn, page: Page
) -> None:
    server.papers = [WORD_FILE]
    await opened(server, page)
    file = page.locator("[data-paper=paper-2]")
    await expect(file).to_contain_text("Word 文档　3.2 MB")
    await expect(file).to_contain_text("请到会议室看")
    await expect(page.get_by_test_id("paper-download")).to_have_count(0)


async def test_a_room_downloads_what_needs_another_program(server: StandIn, page: Page) -> None:
    server.papers = [WORD_FILE]
    await opened(server, page, "room", peer="peer-3")
    async with page.expect_download() as begun:
        await page.click("[data-testid=paper-download]")
    assert (await begun.value).suggested_filename == "果树冬季管理.docx"
    await expect(page.get_by_test_id("papers-panel")).to_be_visible()


async def test_a_paper_is_read_and_left_with_a_remote_control_alone(
    server: StandIn, page: Page
) -> None:
    server.paper_text = "第一条　修缮村道\n" * 60
    server.papers = [paper(n, f"方案 {n}.txt", "text/plain; charset=utf-8") for n in range(12)]
    await opened(server, page)
    for _ in range(11):
        await page.keyboard.press("ArrowDown")
    last = page.locator("[data-key=paper-11]")
    await expect(last).to_be_focused()
    await expect(last).to_be_in_viewport()
    await page.keyboard.press("Enter")
    down = page.get_by_test_id("paper-down")
    await expect(down).to_be_visible()
    await expect(page.get_by_test_id("paper-sheet")).to_contain_text("第一条　修缮村道")
    await down.focus()
    await page.keyboard.press("Enter")
    assert await page.get_by_test_id("paper-sheet").evaluate("(sheet) => sheet.scrollTop") > 0
    await page.keyboard.press("Escape")
    await expect(last).to_be_focused()  # back in the list, on the paper that was read


async def test_everything_closes_when_the_meeting_is_left(server: StandIn, page: Page) -> None:
    await opened(server, page)
    await server.tell("room.closed", occurrence=OCCURRENCE, reason="closed")
    await expect(page.get_by_test_id("papers-panel")).to_have_count(0)
    await expect(page.get_by_test_id("home")).to_be_visible()


async def test_a_paper_is_leafed_through_page_by_page_and_made_larger(
    server: StandIn, page: Page
) -> None:
    server.papers = [paper(2, "果树冬季管理.pdf", "application/pdf")]
    await opened(server, page)
    await page.click("[data-testid=paper-open]")
    sheet = page.get_by_test_id("paper-sheet").get_by_role("img")
    await expect(sheet).to_have_attribute("alt", "果树冬季管理.pdf，第 1 页")
    where = page.get_by_test_id("paper-page")
    await expect(where).to_have_text("第 1 / 3 页")
    await expect(page.get_by_test_id("paper-previous")).to_be_disabled()
    await page.click("[data-testid=paper-next]")
    await page.click("[data-testid=paper-next]")
    await expect(sheet).to_have_attribute("alt", "果树冬季管理.pdf，第 3 页")
    await expect(page.get_by_test_id("paper-next")).to_be_disabled()
    box = await sheet.bounding_box()
    assert box is not None
    await page.click("[data-testid=paper-larger]")
    await expect(sheet).to_have_js_property("clientWidth", round(box["width"] * 1.6))
    assert {asked.partition("=")[2] for asked in server.pages_asked} <= {"800", "1280", "1920"}


async def test_a_page_that_cannot_be_drawn_says_so_in_the_words_of_the_server(
    server: StandIn, page: Page
) -> None:
    server.page_problem = "paper_encrypted"
    server.papers = [paper(2, "果树冬季管理.pdf", "application/pdf")]
    await opened(server, page)
    await page.click("[data-testid=paper-open]")
    await expect(page.get_by_test_id("paper-told")).to_contain_text("设了密码")


async def test_a_first_paper_brings_its_button_at_once(server: StandIn, page: Page) -> None:
    await join(server, page)
    await expect(page.get_by_test_id("papers-open")).to_be_hidden()
    server.papers = papers()
    await server.tell("papers", occurrence=OCCURRENCE)
    await expect(page.get_by_test_id("papers-open")).to_be_visible()
