"""Agendas for tests: actions that are written down, and waiting until the agenda is at rest."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import func, select

from scheduler.agenda import Action, Agenda, Kind
from scheduler.meetings.service import Meetings
from scheduler.store.agenda_table import PENDING, agenda
from scheduler.store.engine import Store
from tests.support.clock import MovableClock


@dataclass
class Deeds:
    """What was done, in order, by all agendas that share it."""

    done: list[tuple[str, str]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def actions(self, meetings: Meetings | None = None, **others: Action) -> Mapping[Kind, Action]:
        """Return actions that write themselves down after doing what the meetings do."""
        real: dict[str, Action] = {}
        if meetings is not None:

            async def do_open(occurrence: str) -> None:
                await meetings.open(occurrence)

            async def do_close(occurrence: str) -> None:
                await meetings.close(occurrence)

            async def do_settle(occurrence: str) -> None:
                await meetings.settle(occurrence)

            real = {"open": do_open, "close": do_close, "settle": do_settle}
        return {kind: self._noting(kind, (real | others).get(kind)) for kind in Kind}

    def _noting(self, kind: Kind, first: Action | None) -> Action:
        async def action(occurrence: str) -> None:
            if first is not None:
                await first(occurrence)
            self.note(kind, occurrence)

        return action

    def note(self, kind: str, occurrence: str) -> None:
        self.done.append((kind, occurrence))
        self.changed.set()

    async def until(self, number: int) -> None:
        """Return when so many deeds are done."""
        async with asyncio.timeout(60):
            while len(self.done) < number:
                self.changed.clear()
                await self.changed.wait()

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.done]


@asynccontextmanager
async def running(*agendas: Agenda) -> AsyncIterator[None]:
    """Run the agendas inside the block, and stop them in order."""
    tasks = [asyncio.create_task(one.run()) for one in agendas]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in ended), ended


async def states(store: Store) -> dict[str, str]:
    """Return the state of each kind of the only occurrence."""
    async with store.read() as connection:
        rows = await connection.execute(select(agenda.c.kind, agenda.c.state))
    return {row.kind: row.state for row in rows}


async def at_rest(store: Store, clock: MovableClock) -> None:
    """Return when nothing that is due waits to be recorded."""
    due = select(func.count()).select_from(agenda)
    due = due.where(agenda.c.state == PENDING, agenda.c.due_at <= clock.now())
    async with asyncio.timeout(60):
        while True:
            async with store.read() as connection:
                if (await connection.execute(due)).scalar_one() == 0:
                    return
            await asyncio.sleep(0.01)
