"""A record on its way: completed, signed by two, returned once, archived, corrected."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from scheduler.attendance.model import Cause
from scheduler.meetings.model import AdhocDraft, AgendaLine, Occurrence
from scheduler.records.pack.verifying import verify
from signaling import keys
from tests.browser.conftest import EXPECTED
from tests.browser.pages import MeetingPage
from tests.support.server import RunningServer

pytestmark = pytest.mark.browser

HOST, RECORDER, ABSENT, *_ = EXPECTED
REVIEWER = "org001"
PINS = {HOST: "1357", RECORDER: "2468"}


async def held_meeting(county: RunningServer) -> Occurrence:
    """Hold a meeting of an hour: everybody came but one."""
    meetings, log = county.part(keys.MEETINGS), county.part(keys.ATTENDANCE)
    start = county.clock.now() + timedelta(minutes=10)
    created = await meetings.create_adhoc(
        AdhocDraft(
            unit="p-net-1",
            title="果树管理交流会",
            start=start,
            duration_s=3600,
            type="network_branch_meeting",
            host=HOST,
            recorder=RECORDER,
            persons=EXPECTED,
            sites=("s-meishan",),
        )
    )
    lines = [AgendaLine(title="冬季修剪", speaker="农技站"), AgendaLine(title="下月安排")]
    await county.part(keys.AGENDA_ITEMS).replace(created.id, lines)
    county.clock.advance(minutes=10)
    await meetings.open(created.id)
    came = [person for person in EXPECTED if person != ABSENT]
    for person in came:
        await log.joined(created.id, f"presence-{person}", None, person)
    county.clock.advance(minutes=60)
    for person in came:
        await log.left(created.id, f"presence-{person}", Cause.CLOSED)
    await meetings.close(created.id)
    for person, pin in PINS.items():
        await county.part(keys.ACCOUNTS).set_pin(person, pin)
    return await meetings.settle(created.id)


async def desk(
    browser: Browser,
    county: RunningServer,
    person: str,
    path: str = "/record",
    size: tuple[int, int] = (1280, 800),
) -> MeetingPage:
    cookie = county.cookie(await county.token_of_person(person))
    return await MeetingPage.open(browser, county.url + path, cookie, size=size, name=person)


async def type_pin(page: MeetingPage, pin: str) -> None:
    for digit in pin:
        await page.part("keypad").locator(f"[data-digit='{digit}']").click()
    await page.part("keypad").locator(".key.go").click()


async def sign(page: MeetingPage, role: str, then: str) -> None:
    await page.page.reload()
    await page.click(f"sign.{role}")
    await page.sees("sign-dialog", "请输入您的口令")
    await type_pin(page, PINS[HOST if role == "host" else RECORDER])
    await page.sees("record-step", then)


async def write(page: MeetingPage) -> None:
    """Complete what the house cannot know."""
    texts = page.part("discussion-text")
    await expect(texts).to_have_count(2, timeout=15_000)
    await expect(page.part("discussion-title").first).to_have_value("冬季修剪")
    await texts.first.fill("讲解了冬剪的三个要点。")
    await texts.last.fill("下周一晚七点再开例会。")
    await page.click("add-resolution")
    await page.part("resolution-text").fill("各村十二月底前完成冬剪。")
    await page.part("absence-reason").select_option("work")
    await page.click("save")
    await expect(page.part("record-findings").locator("li")).to_have_count(0, timeout=15_000)


async def test_a_record_is_signed_by_two_returned_once_archived_and_corrected(
    browser: Browser, county: RunningServer, tmp_path: Path
) -> None:
    meeting = await held_meeting(county)
    recorder = await desk(browser, county, RECORDER)
    await recorder.sees("record", "果树管理交流会")
    await recorder.click("record")
    await recorder.sees("record-step", "请记录人补写")
    await recorder.sees("record-findings", "1 人没到会，还没有写原因")
    await write(recorder)
    address = f"/record?occurrence={meeting.id}"
    host = await desk(browser, county, HOST, address)
    await host.click("sign.host")
    await type_pin(host, "9999")
    await host.sees("sign-problem", "口令不对")
    await type_pin(host, PINS[HOST])
    await host.sees("record-step", "等记录人签名")
    await sign(recorder, "recorder", "两人都已签名")
    await recorder.click("submit")
    await recorder.click("confirm")
    await recorder.sees("record-step", "等乡镇审核")

    reviewer = await desk(browser, county, REVIEWER)
    await reviewer.click("record")
    await reviewer.sees("record-sheet", "各村十二月底前完成冬剪。")
    await reviewer.click("return")
    await reviewer.part("reason").fill("请写明由谁负责")
    await reviewer.click("confirm")
    await reviewer.sees("record-step", "请写明由谁负责")

    await recorder.page.reload()
    await recorder.sees("record-step", "请写明由谁负责")
    await recorder.click("add-follow_up")
    await recorder.part("follow-up-task").fill("落实冬剪")
    await recorder.part("follow-up-responsible").fill("各村第一书记")
    await recorder.click("save")
    await recorder.sees("record-step", "请记录人补写")
    await sign(recorder, "recorder", "等主持人签名")
    await sign(host, "host", "两人都已签名")
    await host.click("submit")
    await host.click("confirm")
    await host.sees("record-step", "等乡镇审核")
    await reviewer.page.reload()
    await reviewer.sees("record-changes", "落实冬剪；责任人：各村第一书记")
    await reviewer.click("archive")
    await reviewer.click("confirm")
    await reviewer.sees("record-step", "已归档锁定")

    await recorder.page.reload()
    await recorder.click("correct")
    await recorder.part("resolution-text").fill("各村一月底前完成冬剪。")
    await recorder.part("reason").fill("日期记错")
    await recorder.click("send")
    await recorder.sees("record-versions", "归档后更正")
    changed = recorder.page.locator("[data-kind='corrected']")
    await expect(changed.get_by_test_id("record-changes")).to_contain_text(
        "各村十二月底前完成冬剪。"
    )
    await expect(changed.get_by_test_id("record-changes")).to_contain_text("各村一月底前完成冬剪。")
    await changed.get_by_test_id("both-versions").click()
    await expect(changed.get_by_test_id("record-sheet")).to_have_count(2)

    async with recorder.page.expect_download() as downloading:
        await recorder.click("download")
    await (await downloading.value).save_as(tmp_path / "pack.zip")
    found = verify(tmp_path / "pack.zip")
    assert found.problems == ()
    assert found.occurrence == meeting.id
    assert [page.errors for page in (recorder, host, reviewer)] == [[], [], []]


async def test_the_second_of_two_editors_is_told_and_loses_nothing(
    browser: Browser, county: RunningServer
) -> None:
    meeting = await held_meeting(county)
    address = f"/record?occurrence={meeting.id}"
    first = await desk(browser, county, RECORDER, address)
    second = await desk(browser, county, HOST, address)
    await first.part("place").fill("市第一会议室")
    await second.part("place").fill("市第二会议室")
    await first.click("save")
    await expect(first.part("record-sheet")).to_contain_text("市第一会议室")
    await second.click("save")
    await second.sees("problem", "别人刚刚改过")
    await second.sees("theirs", "市第一会议室")
    await expect(second.part("place")).to_have_value("市第二会议室")
    await second.click("save")
    await expect(second.part("theirs").locator("article")).to_have_count(0)
    await first.page.reload()
    await expect(first.part("place")).to_have_value("市第二会议室")
    assert [first.errors, second.errors] == [[], []]
