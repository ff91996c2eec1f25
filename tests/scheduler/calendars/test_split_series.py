"""A reader of the feed shows the same meetings after this and all following were changed."""

from datetime import timedelta

from scheduler.calendars.service import Calendars
from scheduler.meetings.service import Meetings
from tests.scheduler.calendars.reading import BRANCH, events_in, read_back, stored, written
from tests.support.meetings import SEVEN, weekly

WEEK = timedelta(weeks=1)
END = SEVEN + timedelta(days=365)


async def test_a_split_series_reads_back_as_the_schedule_has_it(
    meetings: Meetings, calendars: Calendars
) -> None:
    await meetings.create_series(weekly())
    _, second, third, fourth, *_ = await meetings.occurrences(SEVEN, SEVEN + 6 * WEEK)
    await meetings.move(fourth.id, SEVEN + 3 * WEEK + timedelta(days=4), 1800)
    start = SEVEN + WEEK + timedelta(days=1, hours=1)
    draft = await meetings.following_draft(second, start, 5400)
    await meetings.continue_series(second, draft, "p1")
    await meetings.cancel(third.id, "p1", "冰雪")
    shown = await read_back(calendars, SEVEN - WEEK, END)
    await meetings.lay_out(END + timedelta(days=10))
    assert shown == await stored(meetings, SEVEN - WEEK, END)
    assert await read_back(calendars, SEVEN - WEEK, END) == shown
    events = events_in(await written(calendars, *BRANCH))
    whole = [event for event in events if "rrule" in event]
    [replaced] = [event for event in events if "recurrence-id" in event]
    assert len({event["uid"] for event in whole}) == 2
    assert replaced["recurrence-id"].dt == SEVEN + 3 * WEEK + timedelta(days=1, hours=1)


async def test_an_ended_series_is_ended_in_the_feed(
    meetings: Meetings, calendars: Calendars
) -> None:
    await meetings.create_series(weekly())
    _, _, third, *_ = await meetings.occurrences(SEVEN, SEVEN + 6 * WEEK)
    await meetings.end_series(third, "不开了", "p1")
    shown = await read_back(calendars, SEVEN - WEEK, END)
    assert len(shown) == 2
    assert shown == await stored(meetings, SEVEN - WEEK, END)
