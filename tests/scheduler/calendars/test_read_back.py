"""A reader of the feed shows the occurrences of the schedule: moved, cancelled, changed, a year."""

from datetime import date, datetime, time, timedelta

import pytest

from scheduler.calendars.model import FeedKind
from scheduler.calendars.service import Calendars
from scheduler.meetings.public_days import DayKind
from scheduler.meetings.service import Meetings
from tests.scheduler.calendars.reading import BRANCH, events_in, read_back, stored, written
from tests.support.clock import MovableClock
from tests.support.meetings import SEVEN, SHANGHAI, adhoc, weekly

WEEK = timedelta(weeks=1)
YEAR = timedelta(days=365)
BEGIN = SEVEN - YEAR
END = SEVEN + YEAR


async def the_same(meetings: Meetings, calendars: Calendars) -> int:
    """Lay the year out, compare, and return how many meetings there are."""
    before = await read_back(calendars, BEGIN, END)
    await meetings.lay_out(END + timedelta(days=40))
    truth = await stored(meetings, BEGIN, END)
    assert before == truth, "what the rule promised beyond the horizon"
    assert await read_back(calendars, BEGIN, END) == truth
    return len(truth)


@pytest.mark.parametrize(
    ("rrule", "number"),
    [
        ("FREQ=WEEKLY;BYDAY=MO", 53),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", 26),
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=7", 7),
        ("FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20270201", 21),
        ("FREQ=MONTHLY;BYMONTHDAY=5", 12),
        ("FREQ=MONTHLY;BYMONTHDAY=31", 7),
        ("FREQ=MONTHLY;BYDAY=-1FR", 12),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO", 4),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", 12),
    ],
)
async def test_a_year_of_a_rule(
    meetings: Meetings, calendars: Calendars, rrule: str, number: int
) -> None:
    await meetings.create_series(weekly(rrule=rrule))
    assert await the_same(meetings, calendars) == number


async def test_a_rule_that_began_before_it_was_entered_and_counts(
    meetings: Meetings, calendars: Calendars, clock: MovableClock
) -> None:
    await meetings.create_series(
        weekly(starts_on=date(2024, 12, 30), rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=60")
    )
    assert await the_same(meetings, calendars) > 5


async def test_moved_and_cancelled_ones(meetings: Meetings, calendars: Calendars) -> None:
    await meetings.create_series(weekly())
    _, second, third, fourth, _ = await meetings.occurrences(SEVEN, SEVEN + 5 * WEEK)
    await meetings.move(second.id, SEVEN + WEEK + timedelta(days=2), 5400)
    await meetings.cancel(third.id, "p1", "冰雪")
    await meetings.move(fourth.id, SEVEN + timedelta(days=1), 3600)
    events = events_in(await written(calendars, *BRANCH))
    whole, *replaced = sorted(events, key=lambda event: "recurrence-id" in event)
    assert {event["uid"] for event in replaced} == {whole["uid"]}
    assert [event["recurrence-id"].dt for event in replaced] == [
        SEVEN + WEEK,
        SEVEN + 3 * WEEK,
    ]
    assert [moment.dt for moment in whole["exdate"].dts] == [SEVEN + 2 * WEEK]
    assert replaced[0]["sequence"] == 1
    assert await the_same(meetings, calendars) == 52


async def test_this_and_all_following_changed_to_another_day_and_time(
    meetings: Meetings, calendars: Calendars, clock: MovableClock
) -> None:
    series = await meetings.create_series(weekly())
    clock.advance(days=10)
    await meetings.lay_out()
    await meetings.change_series(
        series.id, weekly(rrule="FREQ=WEEKLY;BYDAY=TH", start_time=time(15), title="例会改期")
    )
    assert await the_same(meetings, calendars) == 2 + 51


async def test_this_and_all_following_at_another_time_of_day(
    meetings: Meetings, calendars: Calendars, clock: MovableClock
) -> None:
    series = await meetings.create_series(weekly())
    clock.advance(days=10)
    await meetings.change_series(series.id, weekly(start_time=time(9), duration_s=7200))
    clock.advance(days=14)
    await meetings.change_series(series.id, weekly(start_time=time(20)))
    assert await the_same(meetings, calendars) == 53


async def test_a_series_that_ended_keeps_what_was(
    meetings: Meetings, calendars: Calendars, clock: MovableClock
) -> None:
    series = await meetings.create_series(weekly())
    clock.advance(days=10)
    await meetings.change_series(series.id, weekly(active=False))
    assert await the_same(meetings, calendars) == 2


async def test_an_ad_hoc_meeting_is_a_single_event_and_says_when_it_was_cancelled(
    meetings: Meetings, calendars: Calendars
) -> None:
    one = await meetings.create_adhoc(adhoc())
    other = await meetings.create_adhoc(adhoc(title="果树"))
    await meetings.cancel(other.id, "p1", "冰雪")
    events = events_in(await written(calendars, *BRANCH))
    assert {(event["uid"], event["status"]) for event in events} == {
        (f"meeting-{one.id}", "CONFIRMED"),
        (f"meeting-{other.id}", "CANCELLED"),
    }
    assert await the_same(meetings, calendars) == 1


async def test_a_person_and_a_room_see_what_expects_them(
    meetings: Meetings, calendars: Calendars
) -> None:
    await meetings.create_series(weekly())
    await meetings.create_adhoc(adhoc(persons=("p1",), sites=("v1",), non_voting=(), start=SEVEN))
    last = SEVEN + timedelta(days=20)

    async def number(kind: FeedKind, subject: str) -> int:
        return len(await read_back(calendars, BEGIN, last, kind, subject))

    assert await number(FeedKind.PERSON, "p1") == 4
    assert await number(FeedKind.PERSON, "p2") == 3
    assert await number(FeedKind.PERSON, "p6") == 0
    assert await number(FeedKind.SITE, "v1") == 4
    assert await number(FeedKind.SITE, "hall") == 3
    assert await number(FeedKind.UNIT, "br1") == 0


async def test_who_was_taken_off_one_roster_does_not_see_that_day(
    meetings: Meetings, calendars: Calendars
) -> None:
    await meetings.create_series(weekly())
    _, second, *_ = await meetings.occurrences(SEVEN, SEVEN + 3 * WEEK)
    await meetings.remove_person(second.id, "p2", "p1", "出差")
    found = await read_back(calendars, BEGIN, SEVEN + 6 * WEEK, FeedKind.PERSON, "p2")
    assert [begin for begin, *_ in found] == [SEVEN + n * WEEK for n in (0, 2, 3, 4, 5)]


async def test_who_is_no_longer_expected_keeps_what_was(
    meetings: Meetings, calendars: Calendars, clock: MovableClock
) -> None:
    series = await meetings.create_series(weekly())
    first = (await meetings.occurrences(SEVEN, SEVEN + WEEK))[0]
    clock.advance(days=2)
    await meetings.open(first.id)
    await meetings.change_series(series.id, weekly(persons=("p1",)))
    found = await read_back(calendars, BEGIN, END, FeedKind.PERSON, "p2")
    assert [begin for begin, *_ in found] == [SEVEN]


async def test_no_name_of_a_person_stands_in_a_calendar(
    meetings: Meetings, calendars: Calendars
) -> None:
    await meetings.create_series(weekly(host="p1", recorder="p2"))
    content = (await written(calendars, *BRANCH)).decode()
    assert "示例" not in content
    assert "BEGIN:VTIMEZONE" in content
    assert "TZID:Asia/Shanghai" in content


async def test_the_same_schedule_gives_the_same_bytes_and_a_change_others(
    meetings: Meetings, calendars: Calendars, clock: MovableClock
) -> None:
    await meetings.create_series(weekly())
    before = await written(calendars, *BRANCH)
    clock.advance(minutes=5)
    assert await written(calendars, *BRANCH) == before
    one = (await meetings.occurrences(SEVEN, SEVEN + WEEK))[0]
    await meetings.cancel(one.id, "p1", "冰雪")
    after = events_in(await written(calendars, *BRANCH))
    assert after[0]["last-modified"].dt == clock.now().replace(microsecond=0)


async def test_holidays_laid_out_and_holidays_to_come(
    meetings: Meetings, calendars: Calendars
) -> None:
    await meetings.take_over_public_days()
    for number in range(1, 8):
        await meetings.set_public_day(date(2027, 10, number), DayKind.HOLIDAY, "国庆节", "p1")
    await meetings.set_public_day(date(2026, 12, 7), DayKind.HOLIDAY, "放假", "p1")
    await meetings.create_series(weekly(on_holiday="move"))
    await meetings.create_series(weekly(rrule="FREQ=WEEKLY;BYDAY=WE", on_holiday="cancel"))
    assert await the_same(meetings, calendars) == 53 + 51
    events = events_in(await written(calendars, *BRANCH))
    moved = {event["recurrence-id"].dt: event.start for event in events if "recurrence-id" in event}
    assert moved == {
        datetime(2026, 12, 7, 19, tzinfo=SHANGHAI): datetime(2026, 12, 8, 19, tzinfo=SHANGHAI),
        datetime(2027, 10, 4, 19, tzinfo=SHANGHAI): datetime(2027, 10, 8, 19, tzinfo=SHANGHAI),
    }
