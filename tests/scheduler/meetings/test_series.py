"""Series: laid out as occurrences with rosters and due actions, and followed when they change."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.meetings.model import Occurrence, State
from scheduler.meetings.service import Meetings
from scheduler.store.agenda_table import agenda
from scheduler.store.engine import Store
from tests.support.clock import MovableClock
from tests.support.meetings import MONDAY, SEVEN, SHANGHAI, meetings_of, weekly


async def november(meetings: Meetings, **filters: Any) -> tuple[Occurrence, ...]:
    return await meetings.occurrences(SEVEN - timedelta(days=30), SEVEN + timedelta(days=60))


async def due_actions(store: Store) -> int:
    async with store.read() as connection:
        return (await connection.execute(select(func.count()).select_from(agenda))).scalar_one()


async def test_a_weekly_series_is_laid_out_to_the_horizon(meetings: Meetings, store: Store) -> None:
    series = await meetings.create_series(weekly())
    found = await november(meetings)
    assert [one.planned_for for one in found] == [MONDAY + timedelta(weeks=n) for n in range(5)]
    assert all(one.scheduled_start.astimezone(SHANGHAI).time() == time(19) for one in found)
    assert {one.series for one in found} == {series.id}
    assert await due_actions(store) == 4 * 5
    roster = await meetings.roster(found[0].id)
    assert [entry.person for entry in roster.persons] == ["p1", "p2", "p3", "p4", "p5"]
    assert [entry.site for entry in roster.persons] == ["v1", "v2", "v3", None, None]
    assert roster.sites == ("v1", "v2", "v3", "hall")
    assert await meetings.series(series.id) == series


async def test_laying_out_again_adds_only_what_came_into_the_horizon(
    meetings: Meetings, clock: MovableClock
) -> None:
    await meetings.create_series(weekly())
    assert await meetings.lay_out() == 0
    clock.advance(days=7)
    assert await meetings.lay_out() == 1
    assert await meetings.lay_out() == 0


async def test_two_nodes_that_lay_out_together_make_each_occurrence_once(
    meetings: Meetings, store: Store, clock: MovableClock
) -> None:
    import asyncio

    await meetings.create_series(weekly())
    clock.advance(days=30)
    added = await asyncio.gather(meetings.lay_out(), meetings_of(store, clock).lay_out())
    assert sum(added) == 4
    assert len({one.planned_for for one in await november(meetings)}) == 9


async def test_a_series_made_during_its_hour_gets_the_occurrence_of_today(
    meetings: Meetings, clock: MovableClock
) -> None:
    clock.advance(hours=7, minutes=10)
    await meetings.create_series(weekly())
    assert (await november(meetings))[0].planned_for == MONDAY


async def test_a_meeting_over_midnight_belongs_to_the_day_it_begins(
    meetings: Meetings, clock: MovableClock
) -> None:
    clock.advance(hours=12, minutes=10)  # 00:10 on Tuesday
    await meetings.create_series(weekly(start_time=time(23, 30)))
    first = (await november(meetings))[0]
    assert first.planned_for == MONDAY
    assert first.scheduled_end - first.scheduled_start == timedelta(hours=1)
    assert first.scheduled_end.astimezone(SHANGHAI).date() == MONDAY + timedelta(days=1)


async def test_weekly_meetings_go_on_over_the_change_of_the_year(meetings: Meetings) -> None:
    await meetings.create_series(weekly())
    await meetings.lay_out(datetime(2027, 1, 12, tzinfo=SHANGHAI))
    days = [one.planned_for for one in await november(meetings)]
    assert days[-2:] == [date(2027, 1, 4), date(2027, 1, 11)]


async def test_a_changed_time_moves_the_occurrences_that_have_not_opened(
    meetings: Meetings, clock: MovableClock, store: Store
) -> None:
    series = await meetings.create_series(weekly())
    before = await november(meetings)
    clock.advance(hours=7)
    await meetings.open(before[0].id)
    changed = await meetings.change_series(
        series.id, weekly(start_time=time(20), title="例会"), version=series.version
    )
    assert changed.version == series.version + 1
    after = await november(meetings)
    assert [one.id for one in after] == [one.id for one in before]
    assert after[0].scheduled_start == SEVEN
    assert after[0].title == "网络支部例会"
    assert after[1].scheduled_start == before[1].scheduled_start + timedelta(hours=1)
    assert after[1].title == "例会"


async def test_changed_persons_follow_and_a_change_of_one_roster_stays(meetings: Meetings) -> None:
    series = await meetings.create_series(weekly())
    one, other, *_ = await november(meetings)
    await meetings.add_person(one.id, "p6", "p1", "代替")
    await meetings.change_series(
        series.id, weekly(persons=("p1", "p2", "p5"), non_voting=(), exempt=("p2",), sites=("v1",))
    )
    roster = await meetings.roster(one.id)
    assert {entry.person for entry in roster.persons} == {"p1", "p2", "p5", "p6"}
    assert {entry.person for entry in roster.persons if entry.exempt} == {"p2"}
    assert {entry.standing for entry in roster.persons} == {"expected"}
    assert roster.sites == ("v1",)
    assert [entry.person for entry in (await meetings.roster(other.id)).persons] == [
        "p1",
        "p2",
        "p5",
    ]


async def test_a_day_that_is_dropped_is_cancelled_and_comes_back_with_it(
    meetings: Meetings, store: Store
) -> None:
    series = await meetings.create_series(weekly())
    mondays = await november(meetings)
    await meetings.change_series(series.id, weekly(rrule="FREQ=WEEKLY;BYDAY=TU"))
    states = {one.planned_for: one for one in await november(meetings)}
    assert all(states[one.planned_for].state is State.CANCELLED for one in mondays)
    assert {one.cancel_reason for one in states.values()} == {"series_changed", None}
    tuesdays = [one for one in states.values() if one.state is State.SCHEDULED]
    assert len(tuesdays) == 4
    await meetings.change_series(series.id, weekly(persons=("p1",)))
    again = [one for one in await november(meetings) if one.state is State.SCHEDULED]
    assert [one.id for one in again] == [one.id for one in mondays]
    roster = await meetings.roster(again[0].id)
    assert [e.person for e in roster.persons if e.standing == "expected"] == ["p1"]
    assert await due_actions(store) == 4 * 5


async def test_a_series_that_stops_cancels_what_has_not_opened(meetings: Meetings) -> None:
    series = await meetings.create_series(weekly())
    await meetings.change_series(series.id, weekly(active=False))
    assert {one.state for one in await november(meetings)} == {State.CANCELLED}
    assert await meetings.lay_out() == 0


async def test_an_occurrence_moved_by_itself_keeps_its_time_when_the_series_changes(
    meetings: Meetings,
) -> None:
    series = await meetings.create_series(weekly())
    one = (await november(meetings))[1]
    wednesday = one.scheduled_start + timedelta(days=2)
    await meetings.move(one.id, wednesday, 1800, "p1")
    await meetings.change_series(series.id, weekly(title="例会", start_time=time(8)))
    moved = await meetings.occurrence(one.id)
    assert (moved.scheduled_start, moved.title) == (wednesday, "例会")
    assert moved.planned_for == one.planned_for
    assert await meetings.lay_out() == 0


async def test_one_cancelled_occurrence_stays_cancelled(meetings: Meetings) -> None:
    series = await meetings.create_series(weekly())
    one = (await november(meetings))[1]
    await meetings.cancel(one.id, "p1", "下雪")
    await meetings.change_series(series.id, weekly(title="例会"))
    assert (await meetings.occurrence(one.id)).state is State.CANCELLED
    assert await meetings.lay_out() == 0


async def test_the_second_of_two_editors_is_told(meetings: Meetings) -> None:
    series = await meetings.create_series(weekly())
    await meetings.change_series(series.id, weekly(title="一"), version=series.version)
    with pytest.raises(Conflict, match="series_changed"):
        await meetings.change_series(series.id, weekly(title="二"), version=series.version)
    assert (await meetings.series(series.id)).title == "一"


async def test_series_are_listed_by_unit(meetings: Meetings) -> None:
    one = await meetings.create_series(weekly())
    other = await meetings.create_series(weekly(unit="br1", persons=(), sites=(), non_voting=()))
    assert await meetings.all_series() == (other, one)
    assert await meetings.all_series(units=["net1"]) == (one,)
    assert await meetings.all_series(units=[]) == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rrule_never_occurs"),
        ({"rrule": "every Monday"}, "rrule_malformed"),
        ({"title": "  "}, "title_invalid"),
        ({"title": "会" * 201}, "title_invalid"),
        ({"type": "party"}, "unknown_meeting_type"),
        ({"sign_in": "face"}, "unknown_sign_in"),
        ({"duration_s": 59}, "duration_out_of_range"),
        ({"duration_s": 86401}, "duration_out_of_range"),
        ({"present_percent": 0}, "threshold_out_of_range"),
        ({"grace_s": -1}, "threshold_out_of_range"),
        ({"persons": ("p1", "p1")}, "invited_twice"),
        ({"non_voting": ("p1",)}, "invited_twice"),
        ({"exempt": ("p5",)}, "exempt_not_expected"),
    ],
)
async def test_a_series_that_makes_no_sense_is_refused_and_nothing_stored(
    meetings: Meetings, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        await meetings.create_series(weekly(**changes))
    assert await meetings.all_series() == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"unit": "nowhere"}, "unknown_unit"),
        ({"persons": ("p1", "nobody")}, "unknown_person"),
        ({"host": "nobody\0"}, "unknown_person"),
        ({"sites": ("nowhere",)}, "unknown_site"),
    ],
)
async def test_a_series_of_unknown_people_or_places_is_refused(
    meetings: Meetings, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(NotFound, match=code):
        await meetings.create_series(weekly(**changes))
    assert await meetings.all_series() == ()
    with pytest.raises(NotFound, match="unknown_series"):
        await meetings.change_series("nothing", replace(weekly()))
