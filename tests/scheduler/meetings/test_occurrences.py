"""Occurrences: found by who is expected, opened, closed, settled, cancelled, moved."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.meetings.model import Occurrence, State
from scheduler.meetings.service import Meetings
from scheduler.store.agenda_table import agenda
from scheduler.store.directory_tables import device
from scheduler.store.engine import Store
from tests.support.clock import MovableClock
from tests.support.meetings import SEVEN, adhoc, weekly


async def kinds_due(store: Store) -> set[str]:
    async with store.read() as connection:
        return set((await connection.execute(select(agenda.c.kind))).scalars())


@pytest.fixture
async def meeting(meetings: Meetings) -> Occurrence:
    """Monday 19:00, still seven hours away."""
    return await meetings.create_adhoc(adhoc(), "p1")


async def test_a_meeting_is_opened_closed_and_settled(
    meetings: Meetings, meeting: Occurrence, clock: MovableClock, store: Store
) -> None:
    clock.advance(hours=7)
    opened = await meetings.open(meeting.id, "p1")
    assert (opened.state, opened.version) == (State.OPEN, 2)
    assert opened.opened_at is not None
    clock.advance(hours=1)
    closed = await meetings.close(meeting.id)
    assert closed.state is State.CLOSED
    assert await kinds_due(store) == {"remind", "open", "ring", "close", "settle"}
    settled = await meetings.settle(meeting.id)
    assert settled.state is State.SETTLED
    assert await meetings.occurrence(meeting.id) == settled


async def test_repeating_an_act_changes_nothing(
    meetings: Meetings, meeting: Occurrence, clock: MovableClock
) -> None:
    clock.advance(hours=7)
    assert await meetings.open(meeting.id) == await meetings.open(meeting.id)
    assert await meetings.close(meeting.id) == await meetings.close(meeting.id)
    settled = await meetings.settle(meeting.id)
    assert await meetings.settle(meeting.id) == settled
    assert await meetings.close(meeting.id) == settled


async def test_a_wrong_act_is_a_conflict_with_a_reason(
    meetings: Meetings, meeting: Occurrence, clock: MovableClock
) -> None:
    with pytest.raises(Conflict, match="occurrence_not_open"):
        await meetings.close(meeting.id)
    with pytest.raises(Conflict, match="occurrence_not_closed"):
        await meetings.settle(meeting.id)
    clock.advance(hours=7)
    await meetings.open(meeting.id)
    with pytest.raises(Conflict, match="occurrence_already_open"):
        await meetings.cancel(meeting.id, "p1", "下雪")
    await meetings.close(meeting.id)
    with pytest.raises(Conflict, match="occurrence_over"):
        await meetings.open(meeting.id)


async def test_a_meeting_is_not_opened_days_before_by_mistake(meetings: Meetings) -> None:
    later = await meetings.create_adhoc(adhoc(start=SEVEN + timedelta(days=7)))
    with pytest.raises(Conflict, match="occurrence_too_early"):
        await meetings.open(later.id, "p1")
    assert (await meetings.occurrence(later.id)).state is State.SCHEDULED


async def test_a_cancelled_meeting_has_nothing_due_and_does_not_open(
    meetings: Meetings, meeting: Occurrence, store: Store
) -> None:
    cancelled = await meetings.cancel(meeting.id, "p1", " 下雪 ")
    assert (cancelled.state, cancelled.cancel_reason) == (State.CANCELLED, "下雪")
    assert await kinds_due(store) == set()
    assert await meetings.cancel(meeting.id, "p2", "再取消") == cancelled
    with pytest.raises(Conflict, match="occurrence_cancelled"):
        await meetings.open(meeting.id)
    with pytest.raises(Invalid, match="reason_missing"):
        await meetings.cancel(meeting.id, "p1", " ")


async def test_a_moved_meeting_is_due_at_its_new_time(
    meetings: Meetings, meeting: Occurrence, store: Store
) -> None:
    new = SEVEN + timedelta(days=1)
    moved = await meetings.move(meeting.id, new, 1800, "p1")
    assert (moved.scheduled_start, moved.scheduled_end) == (new, new + timedelta(minutes=30))
    assert moved.moved
    async with store.read() as connection:
        rows = await connection.execute(select(agenda.c.kind, agenda.c.due_at))
    due = {row.kind: row.due_at for row in rows}
    assert due == {
        "remind": new - timedelta(minutes=15),
        "open": new - timedelta(minutes=5),
        "ring": new - timedelta(minutes=1),
        "close": new + timedelta(minutes=60),
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"start": SEVEN - timedelta(days=1)}, "meeting_in_the_past"),
        ({"start": datetime(2026, 11, 23, 19)}, "time_without_zone"),  # noqa: DTZ001
        ({"duration_s": 0}, "duration_out_of_range"),
    ],
)
async def test_a_meeting_at_an_impossible_time_is_refused(
    meetings: Meetings, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        await meetings.create_adhoc(adhoc(**changes))


async def test_meetings_are_found_by_time_unit_person_site_and_state(meetings: Meetings) -> None:
    one = await meetings.create_adhoc(adhoc())
    other = await meetings.create_adhoc(
        adhoc(
            start=SEVEN + timedelta(hours=2),
            unit="br1",
            persons=("p6",),
            non_voting=(),
            sites=("hall",),
            host="p3",
        )
    )
    end = SEVEN + timedelta(days=1)
    assert await meetings.occurrences(SEVEN, end) == (one, other)
    assert await meetings.occurrences(SEVEN, SEVEN + timedelta(hours=2)) == (one,)
    assert await meetings.occurrences(SEVEN + timedelta(minutes=59), end) == (one, other)
    assert await meetings.occurrences(SEVEN + timedelta(minutes=60), end) == (other,)
    assert await meetings.occurrences(SEVEN, end, units=["br1"]) == (other,)
    assert await meetings.occurrences(SEVEN, end, person="p5") == (one,)
    assert await meetings.occurrences(SEVEN, end, person="p3") == (one, other)
    assert await meetings.occurrences(SEVEN, end, site="v1") == (one,)
    assert await meetings.occurrences(SEVEN, end, site="no\0where") == ()
    assert await meetings.occurrences(SEVEN, end, states=[State.OPEN]) == ()


async def test_open_meetings_invite_the_devices_of_their_sites_and_persons(
    meetings: Meetings, clock: MovableClock, store: Store
) -> None:
    everywhere = await meetings.create_adhoc(adhoc())
    of_one = await meetings.create_adhoc(
        adhoc(persons=("p1",), sites=(), non_voting=(), recorder="p6")
    )
    assert await meetings.invited("phone1") == ()
    clock.advance(hours=7)
    everywhere = await meetings.open(everywhere.id)
    of_one = await meetings.open(of_one.id)
    assert set(await meetings.invited("phone1")) == {everywhere, of_one}
    assert set(await meetings.invited("mobile1")) == {everywhere, of_one}
    assert await meetings.invited("phone3") == (everywhere,)
    assert await meetings.invited("room") == (everywhere,)
    assert await meetings.invited("unknown\0") == ()
    assert await meetings.invited_person("p5") == (everywhere,)
    assert await meetings.invited_person("p6") == (of_one,)
    async with store.begin() as connection:
        await connection.execute(
            update(device).where(device.c.id == "phone3").values(revoked_at=SEVEN)
        )
    assert await meetings.invited("phone3") == ()
    await meetings.close(everywhere.id)
    assert await meetings.invited("room") == ()


async def test_a_meeting_nobody_knows_is_not_found(meetings: Meetings) -> None:
    for unknown in ("nothing", "", "no\0thing", "无" * 100):
        with pytest.raises(NotFound, match="unknown_occurrence"):
            await meetings.occurrence(unknown)
        with pytest.raises(NotFound, match="unknown_occurrence"):
            await meetings.open(unknown)


async def test_whoever_waits_for_the_agenda_is_told(meetings: Meetings) -> None:
    told = []
    meetings.agenda_changed = lambda: told.append(True)
    await meetings.create_series(weekly())
    await meetings.create_adhoc(adhoc())
    assert len(told) == 2
