"""What waits at the desk: a member asks for leave and hears of it, a holiday is entered, what the
devices saw is corrected."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from signaling import keys
from tests.browser.conftest import today, weekly_meeting
from tests.browser.pages import MeetingPage
from tests.support.server import RunningServer

pytestmark = pytest.mark.browser
LOOK = os.environ.get("LOOK_AT")
"""A folder for pictures of the pages, to be looked at; nothing is kept without it."""


async def opened(
    browser: Browser, county: RunningServer, person: str, path: str, size: tuple[int, int]
) -> MeetingPage:
    cookie = county.cookie(await county.token_of_person(person))
    return await MeetingPage.open(browser, county.url + path, cookie, size=size)


async def look(page: MeetingPage, name: str) -> None:
    if LOOK:
        await page.page.screenshot(path=Path(LOOK) / f"{name}.png", full_page=True)


async def test_a_member_asks_for_leave_and_the_secretary_grants_it(
    browser: Browser, county: RunningServer
) -> None:
    await weekly_meeting(county.part(keys.MEETINGS), today(county.clock) + timedelta(days=1))
    member = await opened(browser, county, "fs002", "/phone", (390, 844))
    await member.sees("now", "第一网络党支部例会")
    await member.click("tile-meeting")
    await look(member, "coming")
    await member.part("read-notice").first.click()
    await member.sees("coming-notice", "第一网络党支部例会")
    await look(member, "notice")
    await member.click("understood")
    await member.click("tile-meeting")
    await member.part("ask-leave").first.click()
    await member.sees("leave-reasons", "为什么请假")
    await look(member, "reasons")
    await member.click("leave-family")
    await member.sees("leave-sent", "等支部书记批准")
    secretary = await opened(browser, county, "fs001", "/leave", (1280, 800))
    await secretary.sees("leaves", "示例书记002")
    await secretary.sees("leaves", "家庭原因")
    await look(secretary, "leave")
    await secretary.click("approve")
    await secretary.sees("told", "已准示例书记002的假")
    await expect(secretary.part("approve")).to_have_count(0)
    await member.page.reload()
    await member.sees("now", "第一网络党支部例会")
    await member.click("tile-meeting")
    await member.sees("dialog", "已准假")
    await expect(member.part("ask-leave")).to_have_count(1)  # of the week after
    assert member.errors == secretary.errors == []


async def test_a_day_off_of_the_county_is_entered_and_a_feed_revoked(
    browser: Browser, county: RunningServer
) -> None:
    organizer = await opened(browser, county, "org001", "/organizer", (1280, 800))
    await organizer.click("calendar")
    await organizer.click("calendar-person")
    await organizer.sees("calendar-feed")
    await organizer.page.goto(f"{county.url}/calendar")
    await organizer.sees("feeds", "我的会议")
    day = f"{today(county.clock).year}-11-29"
    await organizer.part("day").fill(day)
    await organizer.part("kind").select_option("holiday")
    await organizer.part("name").fill("市里放假")
    await organizer.click("save")
    row = organizer.page.locator(f"tr[data-day='{day}']")
    await expect(row).to_contain_text("市里放假（本市修改）")
    await look(organizer, "calendar")
    await organizer.click("revoke")
    await organizer.click("confirm-revoke")
    await organizer.sees("feeds", "还没有日历订阅")
    assert organizer.errors == []


async def test_a_correction_stands_beside_what_the_devices_saw(
    browser: Browser, county: RunningServer
) -> None:
    meetings = county.part(keys.MEETINGS)
    series = await weekly_meeting(meetings, today(county.clock))
    county.clock.advance(minutes=8)  # the agenda opens it
    start = county.clock.now() - timedelta(hours=1)
    (meeting,) = await meetings.occurrences(start, start + timedelta(hours=4), person="fs002")
    assert meeting.series == series.id
    organizer = await opened(
        browser, county, "org001", f"/report?occurrence={meeting.id}", (1280, 800)
    )
    row = organizer.page.locator("tr[data-person='fs002']")
    await row.get_by_test_id("correct").click()
    await organizer.sees("correction", "更正示例书记002的考勤")
    await organizer.part("correction-state").select_option("present")
    await organizer.part("correction-reason").fill("在村部大会议室参加，有照片")
    await look(organizer, "correction")
    await organizer.click("correction-save")
    await expect(row).to_have_attribute("data-state", "present")
    await expect(row).to_contain_text("在村部大会议室参加，有照片")
    await look(organizer, "corrected")
    assert organizer.errors == []
