"""Two agendas over one store: one wins the lease, and a dead node's work is taken over."""

import asyncio
from collections import Counter

from sqlalchemy import select

from scheduler.agenda import LEASE, Agenda
from scheduler.meetings.model import State
from scheduler.meetings.service import Meetings
from scheduler.store import agenda_rows
from scheduler.store.agenda_table import agenda
from scheduler.store.engine import Store
from tests.scheduler.agenda.deeds import Deeds, at_rest, running, states
from tests.support.clock import MovableClock
from tests.support.meetings import adhoc


async def test_two_nodes_do_every_action_once(
    meetings: Meetings, store: Store, store_url: str, clock: MovableClock
) -> None:
    for _ in range(15):
        await meetings.create_adhoc(adhoc())
    deeds = Deeds()
    other_store = await Store.open(store_url, migrate=False)
    try:
        nodes = [
            Agenda(store, clock, "a", deeds.actions(meetings)),
            Agenda(other_store, clock, "b", deeds.actions(meetings)),
        ]
        clock.advance(hours=7)
        async with running(*nodes):
            await deeds.until(15 * 2)
            await at_rest(store, clock)
            clock.advance(hours=2)
            await deeds.until(15 * 3)
            await at_rest(store, clock)
            clock.advance(minutes=10)
            await deeds.until(15 * 4)
            await at_rest(store, clock)
    finally:
        await other_store.close()
    assert set(Counter(deeds.done).values()) == {1}
    assert Counter(deeds.kinds) == {"open": 15, "ring": 15, "close": 15, "settle": 15}


async def test_what_a_node_took_and_did_not_finish_is_done_by_another_after_the_lease(
    meetings: Meetings, store: Store, clock: MovableClock
) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    clock.advance(hours=6, minutes=56)
    async with store.begin() as connection:  # the other node takes the reminder, opening, and dies
        for _ in range(2):
            await agenda_rows.take(connection, "dead", clock.now(), LEASE, 8)
    deeds = Deeds()
    async with running(Agenda(store, clock, "alive", deeds.actions(meetings))):
        clock.advance(seconds=LEASE.total_seconds() - 5)
        clock.advance(seconds=10)
        await deeds.until(1)
        await at_rest(store, clock)
    assert ("open", meeting.id) in deeds.done
    assert (await meetings.occurrence(meeting.id)).state is State.OPEN
    async with store.read() as connection:
        row = (await connection.execute(select(agenda).where(agenda.c.kind == "open"))).one()
    assert (row.attempts, row.state) == (2, "done")


async def test_a_node_that_starts_again_takes_up_its_own_work_at_once(
    meetings: Meetings, store: Store, clock: MovableClock
) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    clock.advance(hours=6, minutes=56)
    async with store.begin() as connection:
        for _ in range(2):
            await agenda_rows.take(connection, "node", clock.now(), LEASE, 8)
    deeds = Deeds()
    async with running(Agenda(store, clock, "node", deeds.actions(meetings))):
        await deeds.until(2)  # without moving the clock: no lease has run out
        await at_rest(store, clock)
    assert ("open", meeting.id) in deeds.done


async def test_a_stopped_node_gives_back_what_it_was_doing(
    meetings: Meetings, store: Store, clock: MovableClock
) -> None:
    await meetings.create_adhoc(adhoc())
    clock.advance(hours=7)
    started = asyncio.Event()

    async def hang(_occurrence: str) -> None:
        started.set()
        await asyncio.Event().wait()

    async with running(Agenda(store, clock, "a", Deeds().actions(open=hang))):
        await asyncio.wait_for(started.wait(), 30)
    deeds = Deeds()
    async with running(Agenda(store, clock, "b", deeds.actions(meetings))):
        await deeds.until(2)
        await at_rest(store, clock)
    assert deeds.kinds == ["open", "ring"]


async def test_a_node_that_lost_its_lease_does_not_overwrite_the_record(
    meetings: Meetings, store: Store, clock: MovableClock
) -> None:
    await meetings.create_adhoc(adhoc())
    clock.advance(hours=7)
    async with store.begin() as connection:
        [late] = await agenda_rows.take(connection, "slow", clock.now(), LEASE, 1)
    while late.kind != "open":
        async with store.begin() as connection:
            await agenda_rows.finish(connection, late, clock.now())
            [late] = await agenda_rows.take(connection, "slow", clock.now(), LEASE, 1)
    clock.advance(seconds=31)
    async with store.begin() as connection:
        [again] = await agenda_rows.take(connection, "quick", clock.now(), LEASE, 1)
        assert (again.kind, again.attempts) == (late.kind, late.attempts + 1)
        assert not await agenda_rows.finish(connection, late, clock.now())
        assert not await agenda_rows.extend(connection, late, clock.now())
        assert not await agenda_rows.put_off(connection, late, clock.now(), "late")
        assert await agenda_rows.finish(connection, again, clock.now())
    assert (await states(store))["open"] == "done"
