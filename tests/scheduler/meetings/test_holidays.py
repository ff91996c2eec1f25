"""Series that give way to public holidays, in the store: laid out, and when the table changes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from scheduler.errors import Invalid
from scheduler.meetings.model import Occurrence, State
from scheduler.meetings.public_days import DayKind
from scheduler.meetings.series import HOLIDAY
from scheduler.meetings.service import Meetings
from scheduler.store.agenda_table import agenda
from scheduler.store.engine import Store
from tests.support.clock import MovableClock
from tests.support.meetings import SHANGHAI, found_branch, meetings_of, weekly

GOLDEN_WEEK = date(2026, 10, 5)
"""A Monday in the holiday of the National Day, 1 to 7 October."""


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2026, 9, 21, 1, 0, tzinfo=UTC))


@pytest.fixture
async def meetings(store: Store, clock: MovableClock) -> Meetings:
    await found_branch(store)
    meetings = meetings_of(store, clock)
    assert await meetings.take_over_public_days() == (2025, 2026)
    return meetings


async def of_day(meetings: Meetings, day: date) -> Occurrence:
    start = datetime.combine(day - timedelta(days=40), time(0), tzinfo=UTC)
    found = await meetings.occurrences(start, start + timedelta(days=90))
    return next(one for one in found if one.planned_for == day)


def local(one: Occurrence) -> str:
    return f"{one.scheduled_start.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


async def has_agenda(store: Store, one: Occurrence) -> bool:
    async with store.read() as connection:
        rows = await connection.execute(select(agenda).where(agenda.c.occurrence == one.id))
        return bool(rows.all())


async def test_the_published_years_are_taken_over_once(
    meetings: Meetings, clock: MovableClock
) -> None:
    assert await meetings.take_over_public_days() == ()
    year = await meetings.public_year(2026)
    assert year.published
    assert len(year.days) == 33 + 6
    next_year = await meetings.public_year(2027)
    assert not next_year.published
    assert next_year.days == ()
    with pytest.raises(Invalid):
        await meetings.public_year(1900)


async def test_an_edit_before_the_list_is_published_stays(
    store: Store, clock: MovableClock
) -> None:
    await found_branch(store)
    meetings = meetings_of(store, clock)
    await meetings.set_public_day(date(2026, 10, 5), DayKind.ORDINARY, "", "p1")
    await meetings.take_over_public_days()
    year = await meetings.public_year(2026)
    kinds = {one.day: one.kind for one in year.days}
    assert kinds[date(2026, 10, 5)] is DayKind.ORDINARY
    assert kinds[date(2026, 10, 6)] is DayKind.HOLIDAY


@pytest.mark.parametrize("rule", ["keep", "cancel", "move"])
async def test_a_holiday_is_treated_as_the_series_says(
    meetings: Meetings, store: Store, rule: str
) -> None:
    await meetings.create_series(
        weekly(starts_on=date(2026, 9, 21), on_holiday=rule, duration_s=5400)
    )
    one = await of_day(meetings, GOLDEN_WEEK)
    if rule == "cancel":
        assert (one.state, one.cancel_reason, one.holiday) == (State.CANCELLED, HOLIDAY, "国庆节")
        assert not await has_agenda(store, one)
        return
    assert one.state is State.SCHEDULED
    assert await has_agenda(store, one)
    assert local(one) == f"2026-10-0{8 if rule == 'move' else 5} 19:00"
    assert one.holiday == ("国庆节" if rule == "move" else None)
    assert not one.moved
    roster = await meetings.roster(one.id)
    assert len(roster.persons) == 5


async def test_a_changed_table_is_followed_by_what_has_not_opened(
    meetings: Meetings, store: Store
) -> None:
    await meetings.create_series(weekly(starts_on=date(2026, 9, 21), on_holiday="move"))
    before = await of_day(meetings, GOLDEN_WEEK)
    await meetings.set_public_day(date(2026, 10, 8), DayKind.HOLIDAY, "市里放假", "p1")
    after = await of_day(meetings, GOLDEN_WEEK)
    assert after.id == before.id
    assert local(after) == "2026-10-09 19:00"
    assert after.version == before.version + 1
    await meetings.set_public_day(GOLDEN_WEEK, DayKind.ORDINARY, "", "p1")
    again = await of_day(meetings, GOLDEN_WEEK)
    assert (local(again), again.holiday) == ("2026-10-05 19:00", None)
    assert await meetings.follow_public_days() == 0


async def test_a_cancelled_one_comes_back_when_its_day_is_no_holiday_any_more(
    meetings: Meetings, store: Store
) -> None:
    await meetings.create_series(weekly(starts_on=date(2026, 9, 21), on_holiday="cancel"))
    await meetings.set_public_day(GOLDEN_WEEK, DayKind.WORKDAY, "加班", "p1")
    one = await of_day(meetings, GOLDEN_WEEK)
    assert (one.state, one.cancel_reason, one.holiday) == (State.SCHEDULED, None, None)
    assert await has_agenda(store, one)


async def test_what_somebody_moved_or_cancelled_stays_so(meetings: Meetings) -> None:
    await meetings.create_series(weekly(starts_on=date(2026, 9, 21), on_holiday="move"))
    moved = await of_day(meetings, GOLDEN_WEEK)
    cancelled = await of_day(meetings, date(2026, 10, 12))
    await meetings.move(moved.id, moved.scheduled_start + timedelta(days=1), 3600)
    await meetings.cancel(cancelled.id, "p1", "冰雪")
    await meetings.set_public_day(date(2026, 10, 12), DayKind.HOLIDAY, "放假", "p1")
    await meetings.set_public_day(date(2026, 10, 9), DayKind.HOLIDAY, "放假", "p1")
    assert local(await of_day(meetings, GOLDEN_WEEK)) == "2026-10-09 19:00"
    assert (await of_day(meetings, date(2026, 10, 12))).cancel_reason == "冰雪"


async def test_an_open_meeting_goes_on_whatever_the_table_says(
    meetings: Meetings, clock: MovableClock
) -> None:
    await meetings.create_series(weekly(starts_on=date(2026, 9, 21), on_holiday="cancel"))
    clock.advance(hours=10)
    one = await meetings.open((await of_day(meetings, date(2026, 9, 21))).id)
    await meetings.set_public_day(date(2026, 9, 21), DayKind.HOLIDAY, "放假", "p1")
    assert await meetings.occurrence(one.id) == one


async def test_a_series_that_changes_its_rule_lays_its_holidays_anew(meetings: Meetings) -> None:
    draft = weekly(starts_on=date(2026, 9, 21), on_holiday="cancel")
    series = await meetings.create_series(draft)
    await meetings.change_series(
        series.id, weekly(starts_on=date(2026, 9, 21), on_holiday="move", start_time=time(15))
    )
    one = await of_day(meetings, GOLDEN_WEEK)
    assert (one.state, local(one)) == (State.SCHEDULED, "2026-10-08 15:00")
    with pytest.raises(Invalid):
        await meetings.change_series(series.id, weekly(on_holiday="perhaps"))


async def test_over_the_change_of_year_the_unpublished_year_keeps_its_days(
    meetings: Meetings, clock: MovableClock
) -> None:
    clock.advance(days=90)
    await meetings.create_series(
        weekly(rrule="FREQ=WEEKLY;BYDAY=FR", starts_on=date(2026, 12, 18), on_holiday="move")
    )
    new_year = date(2027, 1, 1)
    assert local(await of_day(meetings, new_year)) == "2027-01-01 19:00"
    await meetings.set_public_day(new_year, DayKind.HOLIDAY, "元旦", "p1")
    assert local(await of_day(meetings, new_year)) == "2027-01-04 19:00"
    assert not (await meetings.public_year(2027)).published


async def test_a_day_needs_a_name(meetings: Meetings) -> None:
    with pytest.raises(Invalid, match="holiday_name_missing"):
        await meetings.set_public_day(GOLDEN_WEEK, DayKind.HOLIDAY, " ", "p1")
