"""An organizer shows a paper to a meeting: phone and room see the page it stands on and follow."""

import pytest
from playwright.async_api import Browser, FilePayload, expect

from scheduler.meetings.model import AdhocDraft
from signaling import keys
from tests.browser.pages import MeetingPage, device_page
from tests.scheduler.papers.documents import pdf, word
from tests.support.server import RunningServer

pytestmark = pytest.mark.browser

ROOM = "room-meishan"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


async def stands_on(page: MeetingPage, name: str, number: int) -> None:
    """Wait until the picture of a page is there, as wide as a page and not empty."""
    picture = page.part("paper-sheet").get_by_role("img")
    await expect(picture).to_have_attribute("alt", f"{name}，第 {number} 页", timeout=15_000)
    assert await picture.evaluate("(image) => image.naturalWidth") >= 799


async def test_a_paper_is_shown_to_everybody_and_its_pages_are_turned(
    browser: Browser, county: RunningServer
) -> None:
    meeting = await county.part(keys.MEETINGS).create_adhoc(
        AdhocDraft(
            unit="p-city",
            title="冬季果树管理",
            start=county.clock.now(),
            duration_s=3600,
            host="org001",
            persons=("fs001", "fs002"),
            sites=("s-meishan",),
        )
    )
    cookie = county.cookie(await county.token_of_person("org001"))
    plan = await MeetingPage.open(browser, f"{county.url}/plan?occurrence={meeting.id}", cookie)
    chosen = plan.part("paper-file")
    await chosen.set_input_files(
        FilePayload(name="村道方案.pdf", mimeType="application/pdf", buffer=pdf(3))
    )
    await plan.sees("paper-told", "“村道方案.pdf”共 3 页")
    await chosen.set_input_files(FilePayload(name="果树.docx", mimeType=DOCX, buffer=word(60)))
    await plan.sees("paper-told", "“果树.docx”共")
    await plan.close()
    await county.floor.conductor.open(meeting.id)
    held = await county.part(keys.DIRECTORY).devices_held_by(["fs001", "fs002"])
    first, late = [each.id for each in held if each.kind == "video_phone"]
    phone = await device_page(browser, county, first)
    await phone.join()
    room = await device_page(browser, county, ROOM, "/room")
    await room.join()
    leader = await MeetingPage.open(
        browser, f"{county.url}/room?occurrence={meeting.id}", cookie, size=(1920, 1080)
    )
    await leader.join()
    await leader.click("papers-open")
    listed = leader.page.locator("[data-paper]", has_text="村道方案.pdf")
    await listed.get_by_test_id("paper-show").click()
    for page in (leader, phone, room):
        await page.sees("shown-line", "正在展示：村道方案.pdf　第 1/3 页")
        await stands_on(page, "村道方案.pdf", 1)
    await leader.click("shown-next")
    for page in (phone, room):
        await stands_on(page, "村道方案.pdf", 2)
    comes_late = await device_page(browser, county, late)
    await comes_late.join()
    await stands_on(comes_late, "村道方案.pdf", 2)
    await phone.click("shown-close")
    await expect(phone.part("shown-paper")).to_be_hidden()
    await phone.click("shown-open")
    await stands_on(phone, "村道方案.pdf", 2)
    await leader.click("papers-open")
    await (
        leader.page.locator("[data-paper]", has_text="果树.docx")
        .get_by_test_id("paper-show")
        .click()
    )
    await stands_on(phone, "果树.docx", 1)
    await leader.click("shown-end")
    await expect(phone.part("shown-paper")).to_be_hidden()
    assert phone.errors == room.errors == leader.errors == comes_late.errors == []
