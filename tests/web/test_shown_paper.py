"""A paper shown to everybody: seen with the speaker beside it, put away, come back to, turned."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.web.stand_in import StandIn, papers, room, shown_paper

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def join(server: StandIn, page: Page, where: str = "phone", **changes: Any) -> None:
    server.room = room(**changes)
    await page.goto(f"{server.address}/{where}")
    await page.click("[data-testid=join]")
    await expect(page.get_by_test_id("meeting")).to_be_visible()


async def box_of(part: Locator) -> dict[str, float]:
    box = await part.bounding_box()
    assert box is not None
    return dict(box)  # type: ignore[arg-type]


async def sees(page: Page, number: int) -> None:
    picture = page.get_by_test_id("paper-sheet").get_by_role("img")
    await expect(picture).to_have_attribute("alt", f"果树冬季管理.pdf，第 {number} 页")


async def test_what_is_shown_opens_by_itself_and_follows_who_shows_it(
    server: StandIn, page: Page
) -> None:
    await join(server, page)
    await server.tell("paper", paper=shown_paper(1))
    line = page.get_by_test_id("shown-line")
    await expect(line).to_have_text(
        "寄料镇示范1村 · 示例书记001 正在展示：果树冬季管理.pdf　第 1/3 页"
    )
    await sees(page, 1)
    await server.tell("paper", paper=shown_paper(2))
    await sees(page, 2)
    await expect(line).to_contain_text("第 2/3 页")
    await expect(page.get_by_test_id("shown-next")).to_be_hidden()
    await expect(page.get_by_test_id("shown-end")).to_be_hidden()
    await server.tell("paper", paper=None)
    await expect(page.get_by_test_id("shown-paper")).to_be_hidden()
    await expect(page.get_by_test_id("shown-over")).to_be_visible()


async def test_who_comes_late_finds_it(server: StandIn, page: Page) -> None:
    await join(server, page, paper=shown_paper(3))
    await sees(page, 3)


async def test_it_is_put_away_and_come_back_to_and_another_opens_again(
    server: StandIn, page: Page
) -> None:
    await join(server, page, paper=shown_paper(1))
    await page.click("[data-testid=shown-close]")
    await expect(page.get_by_test_id("shown-paper")).to_be_hidden()
    await server.tell("paper", paper=shown_paper(2))
    back = page.get_by_test_id("shown-open")
    await expect(back).to_be_visible()
    await expect(page.get_by_test_id("shown-paper")).to_be_hidden()
    await back.click()
    await sees(page, 2)
    await expect(back).to_be_hidden()
    await page.click("[data-testid=shown-close]")
    await server.tell("paper", paper=shown_paper(1, attachment="paper-1", name="村道.txt"))
    await expect(page.get_by_test_id("shown-line")).to_contain_text("村道.txt")


async def test_who_leads_shows_turns_and_ends(server: StandIn, page: Page) -> None:
    server.papers = papers()
    await join(server, page, "room", peer="peer-3", may_show_papers=True)
    await page.click("[data-testid=papers-open]")
    await page.locator("[data-paper=paper-2] [data-testid=paper-show]").click()
    [shown] = await server.wait_for("paper.show")
    assert (shown["attachment"], shown["page"]) == ("paper-2", 1)
    await server.tell("paper", paper=shown_paper(1))
    await expect(page.get_by_test_id("shown-previous")).to_be_disabled()
    await page.click("[data-testid=shown-next]")
    _, turned = await server.wait_for("paper.show", 2)
    assert turned["page"] == 2
    await page.click("[data-testid=shown-end]")
    await server.wait_for("paper.end")


@pytest.mark.parametrize(
    ("where", "width", "height"),
    [("room", 1920, 1080), ("phone", 1280, 800), ("phone", 390, 844)],
)
async def test_the_page_has_the_main_place_and_the_speaker_a_small_one(
    where: str, width: int, height: int, server: StandIn, page: Page
) -> None:
    await page.set_viewport_size({"width": width, "height": height})
    await join(server, page, where, peer="peer-3", paper=shown_paper(1))
    await sees(page, 1)
    shown = await box_of(page.get_by_test_id("shown-paper"))
    speaker = await box_of(page.locator(".main-picture"))
    room_for = await box_of(page.locator(".stage"))
    assert shown["width"] * shown["height"] > 0.6 * room_for["width"] * room_for["height"]
    assert speaker["width"] >= 0.2 * width
    assert speaker["height"] >= 70
    beside = shown["x"] + shown["width"] <= speaker["x"] + 1
    below = shown["y"] + shown["height"] <= speaker["y"] + 1
    assert beside or below
    for button in await page.locator(".shown-tools .button:visible").all():
        assert (await box_of(button))["height"] >= 60
    overflow = "document.documentElement.scrollWidth <= window.innerWidth"
    assert await page.evaluate(overflow)
