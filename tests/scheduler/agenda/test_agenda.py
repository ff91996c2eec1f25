"""The agenda does what is due: in order, once, again after failures, and after downtime."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from scheduler.agenda import Agenda, Kind
from scheduler.errors import Conflict
from scheduler.meetings.model import State
from scheduler.meetings.service import Meetings
from scheduler.store.agenda_table import agenda
from scheduler.store.engine import Store
from tests.scheduler.agenda.deeds import Deeds, at_rest, running, states
from tests.support.clock import MovableClock
from tests.support.meetings import SEVEN, adhoc, weekly

ALL = ["remind", "open", "ring", "close", "settle"]


async def test_a_meeting_runs_by_itself_from_the_reminder_to_its_result(
    meetings: Meetings, store: Store, clock: MovableClock
) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    deeds = Deeds()
    loop = Agenda(store, clock, "node", deeds.actions(meetings))
    meetings.agenda_changed = loop.wake
    async with running(loop):
        for number, minutes in enumerate((6 * 60 + 46, 10, 4, 90, 3), 1):
            clock.advance(minutes=minutes)
            await deeds.until(number)
            await at_rest(store, clock)
    assert deeds.done == [(kind, meeting.id) for kind in ALL]
    assert (await meetings.occurrence(meeting.id)).state is State.SETTLED
    assert set((await states(store)).values()) == {"done"}


async def test_what_is_added_late_is_done_at_once(
    meetings: Meetings, store: Store, clock: MovableClock
) -> None:
    clock.advance(hours=7)
    deeds = Deeds()
    loop = Agenda(store, clock, "node", deeds.actions(meetings))
    meetings.agenda_changed = loop.wake
    async with running(loop):
        await meetings.create_adhoc(adhoc())
        await deeds.until(2)
        await at_rest(store, clock)
    assert deeds.kinds == ["open", "ring"]
    assert (await states(store))["remind"] == "missed"


async def test_days_of_downtime_are_caught_up_in_order_without_ringing_for_what_is_over(
    meetings: Meetings, store: Store, clock: MovableClock
) -> None:
    await meetings.create_series(weekly(rrule="FREQ=DAILY"))
    clock.advance(days=3, hours=7, minutes=-2)  # three meetings were missed, one is to begin
    deeds = Deeds()
    loop = Agenda(store, clock, "node", deeds.actions(meetings))
    meetings.agenda_changed = loop.wake
    async with running(loop):
        await deeds.until(3 * 2 + 1 + 1)
        await at_rest(store, clock)
        clock.advance(minutes=5)  # the grace of those closed now is over
        await deeds.until(3 * 3 + 1 + 1 + 1)
        await at_rest(store, clock)
    found = await meetings.occurrences(SEVEN, SEVEN + timedelta(days=3, minutes=1))
    order = [one.id for one in found]
    for missed in order[:3]:
        assert [kind for kind, one in deeds.done if one == missed] == ["open", "close", "settle"]
    assert [one.state for one in found] == [State.SETTLED] * 3 + [State.OPEN]
    assert len(deeds.done) == len(set(deeds.done))
    assert {occurrence for kind, occurrence in deeds.done if kind in ("ring", "remind")} == {
        order[3]
    }


async def test_a_failing_opening_is_tried_again_and_ringing_waits_for_it(
    meetings: Meetings, store: Store, clock: MovableClock
) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    deeds = Deeds()
    failures = 3

    async def fail_at_first(occurrence: str) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            deeds.note("failed", occurrence)
            raise OSError("no worker")
        await meetings.open(occurrence)

    loop = Agenda(store, clock, "node", deeds.actions(meetings, open=fail_at_first))
    async with running(loop):
        clock.advance(hours=6, minutes=59, seconds=30)  # opening and ringing are both due
        for number in (1, 2, 3):
            await deeds.until(number)
            await recorded(store, attempts=number)
            clock.advance(seconds=10)
        await deeds.until(5)
        await at_rest(store, clock)
    assert deeds.kinds[-5:] == ["failed", "failed", "failed", "open", "ring"]
    assert (await meetings.occurrence(meeting.id)).state is State.OPEN
    async with store.read() as connection:
        row = (await connection.execute(select(agenda).where(agenda.c.kind == "open"))).one()
    assert (row.attempts, row.state, row.last_error) == (4, "done", None)


async def recorded(store: Store, *, attempts: int) -> None:
    """Return when a failed attempt is written down."""
    query = select(agenda.c.attempts, agenda.c.last_error).where(agenda.c.kind == "open")
    async with asyncio.timeout(60):
        while True:
            async with store.read() as connection:
                row = (await connection.execute(query)).one()
            if row.attempts == attempts and row.last_error == "OSError: no worker":
                return
            await asyncio.sleep(0.01)


async def test_what_came_too_late_is_missed_and_not_tried_again(
    meetings: Meetings, store: Store, clock: MovableClock
) -> None:
    await meetings.create_adhoc(adhoc())
    deeds = Deeds()

    async def refuse(occurrence: str) -> None:
        raise Conflict("occurrence_over", occurrence)

    loop = Agenda(store, clock, "node", deeds.actions(open=refuse))
    clock.advance(hours=7)
    async with running(loop):
        await deeds.until(1)
        await at_rest(store, clock)
    assert deeds.kinds == ["ring"]
    assert (await states(store))["open"] == "missed"


async def test_meetings_at_the_same_time_do_not_wait_for_one_that_hangs(
    meetings: Meetings, store: Store, clock: MovableClock
) -> None:
    hanging, *others = [await meetings.create_adhoc(adhoc()) for _ in range(20)]
    deeds = Deeds()
    never = asyncio.Event()

    async def hang(occurrence: str) -> None:
        if occurrence == hanging.id:
            await never.wait()
        await meetings.open(occurrence)

    loop = Agenda(store, clock, "node", deeds.actions(meetings, open=hang))
    clock.advance(hours=7, minutes=1)
    async with running(loop):
        await deeds.until(2 * len(others))
    assert {occurrence for _, occurrence in deeds.done} == {one.id for one in others}


async def test_a_machine_that_sleeps_past_its_lease_does_not_do_twice_what_it_is_doing(
    meetings: Meetings, store: Store, clock: MovableClock
) -> None:
    await meetings.create_adhoc(adhoc())
    deeds = Deeds()
    started, go_on = asyncio.Event(), asyncio.Event()

    async def slow(occurrence: str) -> None:
        assert not started.is_set()
        started.set()
        await go_on.wait()
        await meetings.open(occurrence)

    loop = Agenda(store, clock, "node", deeds.actions(meetings, open=slow))
    clock.advance(hours=7)
    async with running(loop):
        await asyncio.wait_for(started.wait(), 60)
        clock.advance(minutes=5)
        async with asyncio.timeout(60):
            while await ready_at(store, Kind.OPEN) < clock.now():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        go_on.set()
        await deeds.until(2)
        await at_rest(store, clock)
    assert deeds.kinds == ["open", "ring"]
    assert (await states(store))["open"] == "done"


async def ready_at(store: Store, kind: Kind) -> datetime:
    async with store.read() as connection:
        query = select(agenda.c.ready_at).where(agenda.c.kind == kind)
        found: datetime = (await connection.execute(query)).scalar_one()
        return found


async def test_a_cancelled_meeting_is_left_alone(
    meetings: Meetings, store: Store, clock: MovableClock
) -> None:
    cancelled = await meetings.create_adhoc(adhoc())
    other = await meetings.create_adhoc(adhoc())
    await meetings.cancel(cancelled.id, None, "下雪")
    deeds = Deeds()
    clock.advance(hours=7)
    async with running(Agenda(store, clock, "node", deeds.actions(meetings))):
        await deeds.until(2)
        await at_rest(store, clock)
    assert deeds.done == [("open", other.id), ("ring", other.id)]


async def test_an_agenda_without_hands_for_every_kind_is_refused(
    store: Store, clock: MovableClock
) -> None:
    with pytest.raises(ValueError, match="ring"):
        Agenda(store, clock, "node", {kind: Deeds().actions()[kind] for kind in [Kind.OPEN]})
