"""Time that jumps: weeks and years are lived through by the real agenda in seconds or minutes.

For what has a past without having waited for it: the demonstration, and the measured year.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from sqlalchemy import func, literal_column, select

from scheduler.agenda import LEASE, Action, Agenda
from scheduler.meetings.due import Kind
from scheduler.store import agenda_rows, agenda_table
from scheduler.store.engine import Store

_LOOK_AGAIN_S: Final = 0.002


class VirtualClock:
    """A clock (`scheduler.clock.Clock`) that stands still until it is moved; `move_to` wakes
    whoever that makes due."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Move forward; moving back changes nothing."""
        self._now = max(self._now, moment)
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep_until(self, at: datetime) -> None:
        while self._now < at:
            await self._moved.wait()


class VirtualTime:
    """Lets the agenda of a store do what is due, one after the other, without waiting for it.

    Nobody else may run an agenda over the store meanwhile.
    """

    def __init__(
        self, store: Store, clock: VirtualClock, node: str, actions: Mapping[Kind, Action]
    ) -> None:
        self._store = store
        self._clock = clock
        self._agenda = Agenda(store, clock, node, actions)

    def wake(self) -> None:
        """Rows of the agenda were added or moved."""
        self._agenda.wake()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the agenda while the block runs."""
        task = asyncio.create_task(self._agenda.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def pass_to(
        self, end: datetime, at_stop: Callable[[], Awaitable[datetime | None]]
    ) -> None:
        """Let time jump from what is due to what is due next, until `end`.

        At every stop, when all that was due is done, `at_stop` is called; it returns when it wants
        time to stop again at the latest, None for no wish.
        """
        while True:
            await self._at_rest()
            wanted = await at_stop()
            async with self._store.read() as connection:
                due = await agenda_rows.next_ready(connection)
            following = min(one for one in (end, wanted, due) if one is not None)
            self._clock.move_to(following)
            if following >= end:
                return

    async def _at_rest(self) -> None:
        """Return when nothing that is due waits to be done or recorded."""
        agenda = agenda_table.agenda
        now = self._clock.now()
        statement = (
            select(func.count())
            .select_from(agenda)
            .where(
                agenda.c.state == literal_column("'pending'"),
                agenda.c.ready_at <= now + 2 * LEASE,
                agenda.c.due_at <= now,
            )
        )
        while True:
            async with self._store.read() as connection:
                if not (await connection.execute(statement)).scalar_one():
                    return
            await asyncio.sleep(_LOOK_AGAIN_S)
