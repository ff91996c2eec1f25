"""The organizer takes the address of a calendar away, and reads why a meeting is another day."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from scheduler.meetings.invitations import draft_of
from scheduler.meetings.model import AdhocDraft, Series
from scheduler.meetings.public_days import DayKind
from scheduler.meetings.service import Meetings
from signaling import keys
from tests.browser.conftest import local, today, weekly_meeting
from tests.browser.pages import MeetingPage
from tests.support.server import RunningServer

pytestmark = pytest.mark.browser


async def change(meetings: Meetings, series: Series, **values: Any) -> None:
    await meetings.change_series(series.id, replace(draft_of(series), **values))


async def organizer(browser: Browser, county: RunningServer) -> MeetingPage:
    cookie = county.cookie(await county.token_of_person("org001"))
    return await MeetingPage.open(browser, f"{county.url}/organizer", cookie)


async def test_the_address_of_the_branch_s_calendar_is_shown_to_be_copied(
    browser: Browser, county: RunningServer
) -> None:
    series = await weekly_meeting(county.part(keys.MEETINGS), today(county.clock))
    desk = await organizer(browser, county)
    await desk.sees("meeting", "第一网络党支部例会")
    await desk.click("calendar")
    await desk.sees("calendar-choice", "我的会议")
    await desk.click("calendar-unit")
    await desk.sees("calendar-feed", "第一网络党支部会议")
    address = await desk.part("calendar-address").input_value()
    await desk.click("calendar-copy")
    await desk.sees("calendar-feed", "复制")
    async with aiohttp.ClientSession() as reader, reader.get(address) as answer:
        assert f"UID:series-{series.id}" in await answer.text()
    assert desk.errors == []


async def test_the_calendar_of_a_room_is_asked_for_by_its_name(
    browser: Browser, county: RunningServer
) -> None:
    series = await weekly_meeting(county.part(keys.MEETINGS), today(county.clock))
    cookie = county.cookie(await county.token_of_person("org001"))
    page = await MeetingPage.open(browser, f"{county.url}/calendar", cookie)
    await page.part("feed-of").fill("煤山街道会场")
    await page.click("feed-ask")
    await page.sees("calendar-feed", "煤山街道会场")
    address = await page.part("calendar-address").input_value()
    async with aiohttp.ClientSession() as reader, reader.get(address) as answer:
        assert f"UID:series-{series.id}" in await answer.text()
    await page.page.keyboard.press("Escape")
    await page.sees("feeds", "煤山街道会场会议")
    assert page.errors == []


async def test_a_meeting_cancelled_by_a_holiday_says_so(
    browser: Browser, county: RunningServer
) -> None:
    meetings = county.part(keys.MEETINGS)
    day = today(county.clock)
    await meetings.set_public_day(day, DayKind.HOLIDAY, "市里放假", "org001")
    series = await weekly_meeting(meetings, day)
    await change(meetings, series, on_holiday="cancel")
    desk = await organizer(browser, county)
    await desk.sees("why", "逢市里放假，本次会议取消")
    await expect(desk.part("meeting")).to_have_attribute("data-state", "cancelled")
    assert desk.errors == []


async def test_a_meeting_that_a_holiday_moves_into_the_way_of_another_says_so_on_both_pages(
    browser: Browser, county: RunningServer
) -> None:
    meetings = county.part(keys.MEETINGS)
    day = today(county.clock) + timedelta(days=1)
    following = day + timedelta(days=1)
    await meetings.set_public_day(following, DayKind.WORKDAY, "调休上班", "org001")
    series = await weekly_meeting(meetings, day)
    await change(meetings, series, on_holiday="move")
    other = await meetings.create_adhoc(
        AdhocDraft(
            unit="p-city",
            title="全市组织工作会",
            start=local(following, 9, 0),
            duration_s=7200,
            sites=("s-meishan",),
        )
    )
    await meetings.set_public_day(day, DayKind.HOLIDAY, "市里放假", "org001")
    start = local(following, 0, 0)
    [moved] = [
        one
        for one in await meetings.occurrences(start, start + timedelta(days=1))
        if one.series == series.id
    ]
    cookie = county.cookie(await county.token_of_person("org001"))
    page = await MeetingPage.open(browser, f"{county.url}/plan?occurrence={moved.id}", cookie)
    await page.sees("why", "市里放假")
    await page.sees("standing", "全市组织工作会")
    await page.page.goto(f"{county.url}/plan?occurrence={other.id}")
    await page.sees("standing", "第一网络党支部例会")
    assert page.errors == []
