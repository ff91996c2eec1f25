"""An organizer plans on the page: a quarterly assembly with a conflict, a move, a cancellation."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from scheduler.meetings.model import (
    AdhocDraft,
    AgendaLine,
    MeetingType,
    Occurrence,
    OnHoliday,
    State,
)
from signaling import keys
from tests.browser.conftest import ZONE, local, today, weekly_meeting
from tests.browser.pages import MeetingPage, device_page
from tests.support.server import RunningServer

pytestmark = pytest.mark.browser

BRANCH = "煤山街道示范一社区党支部"
HALL = "煤山街道会场"
PICTURE = Path(__file__).parent / "pictures" / "room.png"


async def planner(
    browser: Browser, county: RunningServer, query: str = "", person: str = "org001"
) -> MeetingPage:
    cookie = county.cookie(await county.token_of_person(person))
    return await MeetingPage.open(browser, f"{county.url}/plan{query}", cookie)


async def coming(county: RunningServer) -> list[Occurrence]:
    now = county.clock.now()
    found = await county.part(keys.MEETINGS).occurrences(now, now + timedelta(days=27))
    return list(found)


async def test_a_quarterly_assembly_with_a_conflict_is_moved_to_a_free_time(
    browser: Browser, county: RunningServer
) -> None:
    meetings = county.part(keys.MEETINGS)
    day = today(county.clock) + timedelta(days=1)
    await meetings.create_adhoc(
        AdhocDraft(
            unit="p-city",
            title="全市组织工作会",
            start=local(day, 9, 0),
            duration_s=7200,
            sites=("s-meishan",),
        )
    )
    page = await planner(browser, county, "?new=series")
    await page.sees("editor", "安排例会")
    await page.part("title").fill("支部党员大会")
    await page.part("unit").fill(BRANCH)
    await page.part("first").fill(day.isoformat())
    await page.part("first").dispatch_event("change")
    await page.part("rhythm").select_option("quarterly")
    await page.part("choice-kind").select_option("site")
    await page.part("choice-name").fill(HALL)
    await page.click("choice-add")
    await page.sees("conflicts", "全市组织工作会")
    await page.sees("conflicts", HALL)
    await page.click("save")
    await page.sees("wrong", "时间有冲突")
    assert await meetings.all_series() == ()
    free = page.part("free-times").get_by_role("button").first
    await expect(free).to_be_visible()
    await free.click()
    await page.sees("check", "时间没有冲突")
    await page.click("save")
    await page.sees("coming", "今后各次")
    [made] = await meetings.all_series()
    assert made.rrule.startswith("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=")
    assert (made.type, made.sites) == (MeetingType.MEMBER_ASSEMBLY, ("s-meishan",))
    assert made.start_time.hour != 9
    assert page.errors == []


async def test_one_meeting_is_moved_and_one_is_cancelled_with_all_following(
    browser: Browser, county: RunningServer
) -> None:
    meetings = county.part(keys.MEETINGS)
    await weekly_meeting(meetings, today(county.clock) + timedelta(days=1))
    first, second, third, *_ = await coming(county)
    page = await planner(browser, county, f"?occurrence={first.id}")
    await page.click("move")
    await page.part("move-time").fill("15:30")
    await page.part("move-time").dispatch_event("change")
    await page.sees("check", "时间没有冲突")
    await page.click("move-do")
    await page.sees("when", "15:30")
    await page.sees("why", "改到")
    await page.page.goto(f"{county.url}/plan?occurrence={third.id}")
    await page.click("cancel")
    await page.click("cancel-do")
    await page.sees("cancel-dialog", "请写明原因")
    await page.part("cancel-reason").fill("农忙")
    await page.part("scope-following").check()
    await page.click("cancel-do")
    await page.sees("why", "农忙")
    states = [one.state for one in await coming(county)]
    assert states == [State.SCHEDULED, State.SCHEDULED, State.CANCELLED, State.CANCELLED]
    moved = await meetings.occurrence(first.id)
    assert moved.moved
    assert (await meetings.occurrence(second.id)) == second
    assert page.errors == []


async def test_this_and_all_following_change_in_every_field_after_their_effect_was_shown(
    browser: Browser, county: RunningServer
) -> None:
    meetings = county.part(keys.MEETINGS)
    old = await weekly_meeting(meetings, today(county.clock) + timedelta(days=1))
    first, second, third, fourth = await coming(county)
    await meetings.move(third.id, third.scheduled_start + timedelta(days=1), 2400, "org001")
    page = await planner(browser, county, f"?occurrence={second.id}")
    await page.click("change-following")
    await page.sees("effect", "1 次单独改过时间")
    await page.part("title").fill("第一网络党支部学习会")
    await page.part("time").fill("15:30")
    await page.part("minutes").fill("90")
    await page.part("minutes").dispatch_event("change")
    await page.part("host").fill("示例书记002")
    await page.part("on-holiday").select_option("cancel")
    await page.part("until").fill((fourth.scheduled_start - timedelta(days=1)).date().isoformat())
    await page.part("until").dispatch_event("change")
    await page.sees("effect", "1 次在新的安排里没有日子")
    await page.sees("planned", "15:30")
    await page.click("save")
    await page.sees("coming", "第一网络党支部学习会")
    _, new = sorted(await meetings.all_series(), key=lambda one: one.continues is not None)
    assert (new.title, new.duration_s, new.host) == ("第一网络党支部学习会", 5400, "fs002")
    assert (new.on_holiday, new.persons) == (OnHoliday.CANCEL, old.persons)
    after = {one.id: one for one in await coming(county)}
    assert after[first.id] == first
    assert after[second.id].scheduled_start.astimezone(ZONE).hour == 15
    assert after[third.id].moved
    assert after[fourth.id].state is State.CANCELLED
    assert page.errors == []


async def test_who_is_free_is_seen_and_a_press_at_a_free_time_begins_a_plan(
    browser: Browser, county: RunningServer
) -> None:
    day = today(county.clock) + timedelta(days=1)
    await county.part(keys.MEETINGS).create_adhoc(
        AdhocDraft(
            unit="p-city",
            title="果树座谈",
            start=local(day, 9, 0),
            duration_s=7200,
            persons=("fs001",),
            sites=("s-meishan",),
        )
    )
    page = await planner(browser, county, f"?view=busy&day={day}&unit=p-net-1")
    hall = page.page.locator('[data-subject="s-meishan"]')
    await expect(hall.get_by_role("link")).to_contain_text("果树座谈")
    await expect(page.page.locator('[data-subject="fs001"]')).to_contain_text("果树座谈")
    before, after = await hall.get_by_test_id("free-gap").all()
    await expect(before).to_have_attribute(
        "aria-label", f"{HALL}：07:00–09:00 空闲，点这里安排会议"
    )
    box = await after.bounding_box()
    assert box is not None
    await after.click(position={"x": box["width"] * 3.2 / 11, "y": box["height"] / 2})
    await page.sees("editor", "安排一次会议")
    await expect(page.part("first")).to_have_value(str(day))
    await expect(page.part("time")).to_have_value("14:00")
    await page.sees("choices", HALL)
    await page.page.go_back()
    await page.page.set_viewport_size({"width": 390, "height": 844})
    await page.click("busy-week")
    await expect(hall).to_contain_text("果树座谈")
    wider = "document.documentElement.scrollWidth > innerWidth"
    assert not await page.page.evaluate(wider)
    await hall.get_by_test_id("plan-day").nth(1).click()
    await expect(page.part("first")).to_have_value(str(day + timedelta(days=1)))
    assert page.errors == []


async def test_the_second_of_two_editors_sees_what_the_first_changed(
    browser: Browser, county: RunningServer
) -> None:
    meetings = county.part(keys.MEETINGS)
    await weekly_meeting(meetings, today(county.clock) + timedelta(days=1))
    first = (await coming(county))[0]
    page = await planner(browser, county, f"?occurrence={first.id}")
    await page.sees("when", "10:00")
    start: datetime = first.scheduled_start + timedelta(hours=1)
    await meetings.move(first.id, start, 2400, "org002", first.version)
    await page.click("cancel")
    await page.part("cancel-reason").fill("下雪")
    await page.click("cancel-do")
    await page.sees("changed", "11:00")
    await page.click("see-newest")
    await page.sees("when", "11:00")
    assert (await meetings.occurrence(first.id)).state is State.SCHEDULED
    assert page.errors == []


async def test_a_first_secretary_calls_the_neighbours_with_two_clicks(
    browser: Browser, county: RunningServer
) -> None:
    cookie = county.cookie(await county.token_of_person("fs009"))
    page = await MeetingPage.open(browser, f"{county.url}/organizer", cookie)
    await page.click("nearby-open")
    await page.sees("nearby-people", "示例书记009")
    await expect(page.part("naming")).to_have_count(0)  # only who plans meetings writes it down
    await page.click("nearby-start")
    await page.page.wait_for_url("**/room?occurrence=*")
    [meeting] = await county.part(keys.MEETINGS).occurrences(
        county.clock.now() - timedelta(hours=1), county.clock.now() + timedelta(hours=1)
    )
    assert (meeting.state, meeting.host) == (State.OPEN, "fs009")
    assert page.errors == []


async def test_agenda_and_papers_are_seen_on_a_village_phone_and_at_the_desk(
    browser: Browser, county: RunningServer
) -> None:
    meeting = await county.part(keys.MEETINGS).create_adhoc(
        AdhocDraft(
            unit="p-city",
            title="冬季果树管理",
            start=county.clock.now(),
            duration_s=3600,
            persons=("fs001",),
            agenda=(AgendaLine(title="修剪", speaker="果树站", minutes=20),),
        )
    )
    await county.floor.conductor.open(meeting.id)
    papers = county.part(keys.ATTACHMENTS)
    await papers.add(meeting.id, "果园.png", PICTURE.read_bytes(), "org001")
    held = await county.part(keys.DIRECTORY).devices_held_by(["fs001"])
    [device] = [each.id for each in held if each.kind == "video_phone"]
    phone = await device_page(browser, county, device)
    await phone.join()
    await phone.click("papers-open")
    await phone.sees("agenda", "主讲：果树站　20 分钟")
    await phone.click("paper-open")
    picture = phone.part("paper-sheet").get_by_role("img")
    await expect(picture).to_have_js_property("naturalWidth", 1280)
    await phone.click("paper-close")
    await phone.sees("papers-panel", "果园.png")
    cookie = county.cookie(await county.token_of_person("org001"))
    desk = await MeetingPage.open(
        browser, f"{county.url}/organizer?occurrence={meeting.id}", cookie
    )
    await desk.sees("papers-card", "修剪")
    await desk.sees("papers-card", "果园.png")
    assert phone.errors == desk.errors == []
