"""One assembly from its plan to its archive, by an organizer whose machine is set to New York."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from scheduler.meetings.model import MeetingType, Occurrence, State
from signaling import keys
from tests.browser.pages import MeetingPage, device_page
from tests.browser.test_record import type_pin
from tests.browser.test_vote import joined
from tests.signaling.live import ORGANIZER, appoint_organizer
from tests.support.assembly import found_voting_branch
from tests.support.clock import MovableClock
from tests.support.meetings import MONDAY, SEVEN, SHANGHAI, adhoc
from tests.support.server import RunningServer, running_server, settings_for_tests

pytestmark = pytest.mark.browser

HOST, RECORDER, ON_LEAVE = "p1", "p2", "p3"
PINS = {HOST: "1357", RECORDER: "2468"}
TUESDAY = MONDAY + timedelta(days=1)
BRANCH, HALL = "示范一村党支部", "市会议室"


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[RunningServer]:
    """The voting branch on Monday at three; the hall is taken on Tuesday at seven."""
    clock = MovableClock(SEVEN - timedelta(hours=4))
    async with running_server(settings_for_tests(tmp_path), clock) as server:
        store = server.part(keys.STORE)
        await found_voting_branch(store)
        await appoint_organizer(store)
        for person, pin in PINS.items():
            await server.part(keys.ACCOUNTS).set_pin(person, pin)
        taken = adhoc(
            start=SEVEN + timedelta(days=1), title="全市工作会", persons=(), sites=("hall",)
        )
        await server.part(keys.MEETINGS).create_adhoc(taken)
        yield server


async def desk(
    browser: Browser, village: RunningServer, person: str, path: str, zone: str | None = None
) -> MeetingPage:
    cookie = village.cookie(await village.token_of_person(person))
    return await MeetingPage.open(browser, village.url + path, cookie, name=person, zone=zone)


async def name(page: MeetingPage, testid: str, written: str) -> None:
    """Write a name and wait until the page knows whom it means."""
    await page.part(testid).press_sequentially(written)
    await expect(page.page.locator(f"datalist option[value='{written}']").first).to_be_attached()


async def invite(page: MeetingPage, kind: str, written: str) -> None:
    await page.part("choice-kind").select_option(kind)
    await name(page, "choice-name", written)
    await page.click("choice-add")
    await page.sees("choices", written)


async def plan(page: MeetingPage, village: RunningServer) -> Occurrence:
    """Plan assemblies of every quarter over a conflict, and move the first one."""
    await page.sees("editor")
    await page.part("title").fill("支部党员大会")
    await name(page, "unit", BRANCH)
    await page.part("first").fill(TUESDAY.isoformat())
    await page.part("first").dispatch_event("change")
    await page.part("time").fill("19:00")
    await page.part("minutes").fill("60")
    await page.part("rhythm").select_option("quarterly")
    await name(page, "host", "示例一")
    await name(page, "recorder", "示例二")
    await invite(page, "members", BRANCH)
    await invite(page, "site", HALL)
    await page.sees("conflicts", "全市工作会")
    await page.part("free-times").get_by_role("button").first.click()
    await page.sees("check", "时间没有冲突")
    await page.click("save")
    await page.sees("coming", "支部党员大会")
    meetings = village.part(keys.MEETINGS)
    [series] = await meetings.all_series()
    assert (series.type, series.host) == (MeetingType.MEMBER_ASSEMBLY, HOST)
    first = (await meetings.occurrences(SEVEN, SEVEN + timedelta(days=7), units=["br1"]))[0]
    assert first.scheduled_start != SEVEN + timedelta(days=1)

    await page.page.goto(f"{village.url}/plan?occurrence={first.id}")
    await page.sees("when", first.scheduled_start.astimezone(SHANGHAI).strftime("%H:%M"))
    await page.click("move")
    await page.part("move-time").fill("21:30")
    await page.part("move-time").dispatch_event("change")
    await page.sees("check", "时间没有冲突")
    await page.click("move-do")
    await page.sees("when", "21:30")
    moved = await meetings.occurrence(first.id)
    assert moved.scheduled_start.astimezone(SHANGHAI).strftime("%H:%M") == "21:30"
    return moved


async def decide(browser: Browser, village: RunningServer, organizer: MeetingPage) -> None:
    """Vote: with the second phone the quorum goes and comes back; then end the meeting."""
    first = await joined(await device_page(browser, village, "phone1"))
    second = await joined(await device_page(browser, village, "phone2"))
    room = await joined(await device_page(browser, village, "room", "/room"))
    await room.click("roll-call-open")
    await room.page.locator('[data-mark="p4 present"]').click()
    await room.click("roll-close")
    await organizer.sees("quorum", "实到 3 人，达到法定人数")
    await organizer.click("vote-new")
    await organizer.part("vote-question").fill("修缮村道的方案")
    await organizer.click("vote-prepare")
    await organizer.click("vote-open")
    await second.sees("vote", "修缮村道的方案")
    await second.click("vote-close")
    await second.click("hang-up")
    await organizer.sees("votes", "表决已停止")
    await second.join()
    await organizer.sees("quorum", "达到法定人数")
    await organizer.click("vote-open")
    await first.page.locator('[data-answer="p1 for"]').click()
    await second.page.locator('[data-answer="p2 for"]').click()
    await room.click("more-in_favour")
    await room.click("send-count")
    await organizer.sees("votes", "已投 3 票")
    await organizer.click("vote-close")
    await organizer.sees("votes", "表决通过：赞成 3 票")
    village.clock.advance(minutes=55)  # who came stays for most of the hour
    await organizer.click("close")
    await organizer.click("confirm-close")
    for page in (first, second, room):
        assert page.errors == [], page.name
        await page.close()


async def sign(page: MeetingPage, role: str, person: str) -> None:
    await page.page.reload()
    await page.click(f"sign.{role}")
    await type_pin(page, PINS[person])
    await expect(page.part(f"sign.{role}")).to_have_count(0)


async def both_sign(recorder: MeetingPage, host: MeetingPage) -> None:
    """Recorder and host sign, and the host hands the record to the township."""
    await sign(recorder, "recorder", RECORDER)
    await sign(host, "host", HOST)
    await host.click("submit")
    await host.click("confirm")
    await host.sees("record-step", "等乡镇审核")


async def test_an_assembly_from_its_plan_to_its_archive(
    browser: Browser, village: RunningServer
) -> None:
    meetings = village.part(keys.MEETINGS)
    organizer = await desk(browser, village, ORGANIZER, "/plan?new=series", "America/New_York")
    meeting = await plan(organizer, village)
    await meetings.request_leave(meeting.id, ON_LEAVE, "family", ON_LEAVE)
    await organizer.page.goto(f"{village.url}/leave")
    await organizer.sees("leaves", "示例三")
    await organizer.click("approve")
    await organizer.sees("told", "已准示例三的假")

    left = meeting.scheduled_start - village.clock.now()
    village.clock.advance(seconds=left.total_seconds() + 1)
    await village.floor.conductor.open(meeting.id)
    await organizer.page.goto(f"{village.url}/organizer")
    await organizer.part("meeting").filter(has_text="支部党员大会").click()
    await organizer.sees("detail", "21:30")
    await decide(browser, village, organizer)
    village.clock.advance(minutes=10)
    assert (await meetings.settle(meeting.id)).state is State.SETTLED

    address = f"/record?occurrence={meeting.id}"
    recorder = await desk(browser, village, RECORDER, address)
    host = await desk(browser, village, HOST, address)
    await recorder.click("add-resolution")
    await recorder.part("resolution-text").fill("一月开工修缮村道。")
    for reason in await recorder.part("absence-reason").all():
        await reason.select_option("work")
    await recorder.click("save")
    await expect(recorder.part("record-sheet")).to_contain_text("一月开工修缮村道。")
    await both_sign(recorder, host)
    await organizer.page.goto(village.url + address)
    await organizer.click("return")
    await organizer.part("reason").fill("请写明由谁负责")
    await organizer.click("confirm")
    await recorder.page.reload()
    await recorder.sees("record-step", "请写明由谁负责")
    await recorder.part("resolution-text").fill("村委会负责，一月开工修缮村道。")
    await recorder.click("save")
    await recorder.sees("record-step", "请记录人补写")
    await both_sign(recorder, host)
    await organizer.page.reload()
    await organizer.click("archive")
    await organizer.click("confirm")
    await organizer.sees("record-step", "已归档锁定")

    await recorder.page.reload()
    await recorder.click("correct")
    await recorder.part("resolution-text").fill("村委会负责，二月开工修缮村道。")
    await recorder.part("reason").fill("月份记错")
    await recorder.click("send")
    corrected = recorder.page.locator("section[data-kind='corrected']")
    await corrected.get_by_test_id("both-versions").click()
    await expect(corrected.get_by_test_id("record-sheet")).to_have_count(2)
    for month in ("一月", "二月"):
        await expect(corrected).to_contain_text(f"{month}开工修缮村道。")
    assert [page.errors for page in (organizer, recorder, host)] == [[], [], []]
