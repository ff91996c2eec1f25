"""This and all following: moved or cancelled, with the past as it was and nothing lost."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from scheduler.errors import Conflict, Invalid
from scheduler.meetings.invitations import draft_of
from scheduler.meetings.model import AgendaLine, Occurrence, Series, State
from scheduler.meetings.service import Meetings
from scheduler.store import agenda_item_rows
from tests.support.clock import MovableClock
from tests.support.meetings import MONDAY, SEVEN, SHANGHAI, adhoc, weekly

WEEK = timedelta(weeks=1)


async def all_of(meetings: Meetings, *states: State) -> list[Occurrence]:
    found = await meetings.occurrences(SEVEN, SEVEN + 10 * WEEK, states=states or None)
    return list(found)


async def move_from(meetings: Meetings, one: Occurrence, start: datetime) -> Series:
    draft = await meetings.following_draft(one, start, 3600)
    return await meetings.continue_series(one, draft, "p1", one.version)


async def test_following_meetings_move_and_those_before_stay(meetings: Meetings) -> None:
    old = await meetings.create_series(weekly())
    before = await all_of(meetings)
    second = before[1]
    new = await move_from(meetings, second, SEVEN + WEEK + timedelta(days=1, hours=-10))
    after = await all_of(meetings, State.SCHEDULED)
    assert after[0] == before[0]
    for was, now in zip(before[1:], after[1:], strict=False):
        assert now.id == was.id
        assert now.series == new.id
        assert now.scheduled_start == was.scheduled_start + timedelta(days=1, hours=-10)
        assert not now.moved
    assert new.continues == old.id
    assert (new.rrule, new.start_time) == ("FREQ=WEEKLY;BYDAY=TU", time(9))
    assert (await meetings.series(old.id)).rrule == "FREQ=WEEKLY;BYDAY=MO;UNTIL=20261129"


async def test_what_belongs_to_a_following_meeting_goes_with_it(meetings: Meetings) -> None:
    await meetings.create_series(weekly(agenda=(AgendaLine(title="汇报"),)))
    _, second, third, *_ = await all_of(meetings)
    await meetings.request_leave(third.id, "p2", "work", "p2")
    await meetings.add_person(third.id, "p6", "p1", "专家")
    await move_from(meetings, second, SEVEN + WEEK + timedelta(hours=1))
    roster = await meetings.roster(third.id)
    assert roster.of("p6") is not None
    assert [leave.person for leave in await meetings.leaves(third.id)] == ["p2"]
    async with meetings._store.read() as connection:
        assert [i.title for i in await agenda_item_rows.of(connection, third.id)] == ["汇报"]


async def test_one_that_was_moved_or_cancelled_alone_stays_so(meetings: Meetings) -> None:
    await meetings.create_series(weekly())
    _, second, third, fourth, *_ = await all_of(meetings)
    moved = await meetings.move(third.id, SEVEN + 2 * WEEK + timedelta(days=3), 1800)
    await meetings.cancel(fourth.id, "p1", "下雪")
    await move_from(meetings, second, SEVEN + WEEK + timedelta(hours=1))
    kept = await meetings.occurrence(third.id)
    assert (kept.scheduled_start, kept.moved) == (moved.scheduled_start, True)
    off = await meetings.occurrence(fourth.id)
    assert (off.state, off.cancel_reason) == (State.CANCELLED, "下雪")


async def test_what_a_change_will_do_is_what_it_does(meetings: Meetings) -> None:
    await meetings.create_series(weekly())
    _, second, third, fourth, fifth = (await all_of(meetings))[:5]
    second = await meetings.move(second.id, SEVEN + WEEK + timedelta(days=1), 3600)
    await meetings.move(third.id, SEVEN + 2 * WEEK + timedelta(days=3), 1800)
    await meetings.cancel(fourth.id, "p1", "下雪")
    goes_on = await meetings.as_it_goes_on(second)
    assert (goes_on.starts_on, goes_on.rrule) == (MONDAY + WEEK, "FREQ=WEEKLY;BYDAY=MO")
    draft = replace(draft_of(goes_on), start_time=time(9), rrule=f"{goes_on.rrule};COUNT=3")
    told = await meetings.continuation(second, draft)
    assert [one.id for one in told.follow] == [second.id]
    assert [one.id for one in told.kept] == [third.id]
    assert [one.id for one in told.cancelled] == [fourth.id]
    assert [one.id for one in told.left_over] == [fifth.id]
    new = await meetings.continue_series(second, draft, "p1", second.version)
    after = {one.id: one for one in await all_of(meetings)}
    assert (after[second.id].planned_for, after[second.id].moved) == (MONDAY + WEEK, False)
    assert after[third.id].moved
    assert {after[one.id].series for one in (second, third, fourth)} == {new.id}
    assert after[fourth.id].cancel_reason == "下雪"
    assert after[fifth.id].cancel_reason == "series_changed"


async def test_following_meetings_are_cancelled_and_the_series_ends(meetings: Meetings) -> None:
    old = await meetings.create_series(weekly())
    first, second, *rest = await all_of(meetings)
    ended = await meetings.end_series(second, "并入党员大会", "p1", second.version)
    assert ended.active
    for one in (second, *rest):
        now = await meetings.occurrence(one.id)
        assert (now.state, now.cancel_reason) == (State.CANCELLED, "并入党员大会")
    assert await meetings.occurrence(first.id) == first
    assert await meetings.lay_out(SEVEN + 20 * WEEK) == 0
    assert (await meetings.series(old.id)).version == 2


async def test_a_series_that_ends_before_its_first_meeting_is_not_active(
    meetings: Meetings,
) -> None:
    old = await meetings.create_series(weekly())
    first = (await all_of(meetings))[0]
    assert not (await meetings.end_series(first, "不开了", "p1")).active
    assert await all_of(meetings, State.SCHEDULED) == []
    assert (await meetings.series(old.id)).rrule == "FREQ=WEEKLY;BYDAY=MO"


async def test_a_number_of_meetings_is_shared_by_both(meetings: Meetings) -> None:
    await meetings.create_series(weekly(rrule="FREQ=WEEKLY;BYDAY=MO;COUNT=4"))
    second = (await all_of(meetings))[1]
    new = await move_from(meetings, second, SEVEN + WEEK + timedelta(days=2))
    assert new.rrule == "FREQ=WEEKLY;BYDAY=WE;COUNT=3"
    assert len(await all_of(meetings, State.SCHEDULED)) == 4


async def test_the_second_of_two_is_told(meetings: Meetings) -> None:
    await meetings.create_series(weekly())
    _, second, third, *_ = await all_of(meetings)
    await meetings.move(second.id, SEVEN + WEEK + timedelta(hours=1), 3600)
    with pytest.raises(Conflict, match="occurrence_changed"):
        await meetings.end_series(second, "不开了", "p1", second.version)
    assert (await meetings.occurrence(third.id)).state is State.SCHEDULED


@pytest.mark.parametrize(
    ("rrule", "day", "code"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,TH", MONDAY + timedelta(days=1), "rule_not_movable"),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1", date(2026, 12, 3), "rule_not_movable"),
        ("FREQ=WEEKLY;BYDAY=MO", MONDAY - timedelta(days=6), "meeting_in_the_past"),
    ],
)
async def test_what_cannot_move_as_a_whole_is_refused_and_nothing_changes(
    meetings: Meetings, rrule: str, day: date, code: str
) -> None:
    await meetings.create_series(weekly(rrule=rrule))
    before = await all_of(meetings)
    start = datetime.combine(day, time(9), tzinfo=SHANGHAI)
    with pytest.raises(Invalid, match=code):
        await move_from(meetings, before[0], start)
    assert await all_of(meetings) == before


async def test_a_meeting_outside_any_series_has_no_following(meetings: Meetings) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    with pytest.raises(Invalid, match="not_of_a_series"):
        await meetings.end_series(meeting, "不开了", "p1")


async def test_one_that_has_opened_stays_and_cannot_be_the_first(
    meetings: Meetings, clock: MovableClock
) -> None:
    await meetings.create_series(weekly())
    first = (await all_of(meetings))[0]
    clock.advance(hours=7)
    await meetings.open(first.id)
    opened = await meetings.occurrence(first.id)
    with pytest.raises(Conflict, match="occurrence_already_open"):
        await meetings.end_series(opened, "不开了", "p1")
