"""The agenda: a loop that does what is due, once, also after downtime and on two nodes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog

from scheduler.clock import Clock
from scheduler.errors import Conflict, NotFound
from scheduler.meetings.due import Kind
from scheduler.store import agenda_rows
from scheduler.store.agenda_rows import Taken
from scheduler.store.engine import Store

__all__ = ["Action", "Agenda", "Kind"]

log = structlog.get_logger(__name__)

Action = Callable[[str], Awaitable[None]]
"""Does one kind of action for an occurrence id. It must be idempotent: see Agenda."""

LEASE = timedelta(seconds=30)
POLL = timedelta(seconds=5)
"""How late a node notices what another node added, or a lease that ran out."""

FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=2)
LONGEST_ACTION_S = 300.0
"""An action that takes longer has failed; otherwise its lease would be extended for ever."""

AT_ONCE = 8
"""Actions done at the same time, each of another occurrence."""


class Agenda:
    """Takes due actions by lease and does them, in order of due time.

    **Actions must be idempotent.** An action is recorded as done once, but it may run twice: when
    the node that took it dies before it could record, another node takes it after the lease (the
    same node at once, when it starts again). A lease is held longer while its action runs.

    - What comes later in an occurrence waits for its opening and closing: nobody rings for a
      closed room, even when opening fails and is tried again.
    - An action that raises is tried again after 1, 2, 4 … seconds, at most two minutes, until it
      is done or no longer of use. Nothing else is given up: a closing that fails at midnight is
      done when its cause is mended.
    - An action that raises Conflict or NotFound came too late: it is recorded as missed.
    - After downtime everything is caught up in order; a reminder or a ringing whose time is over
      is recorded as missed.
    """

    def __init__(
        self, store: Store, clock: Clock, node: str, actions: Mapping[Kind, Action]
    ) -> None:
        """`node` must be unique among running nodes, and the same after a restart."""
        if missing := set(Kind) - set(actions):
            raise ValueError(f"nobody does {', '.join(sorted(missing))}")
        self._store = store
        self._clock = clock
        self._node = node
        self._actions = dict(actions)
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._held: dict[tuple[str, Kind], Taken] = {}

    def wake(self) -> None:
        """Look again now: rows were added or moved."""
        self._wake.set()

    async def lag(self) -> timedelta:
        """Return for how long the first due action has waited for somebody to take it, zero where
        none waits. Raises what the store raises."""
        async with self._store.read() as connection:
            ready = await agenda_rows.next_ready(connection)
        return timedelta() if ready is None else max(timedelta(), self._clock.now() - ready)

    async def run(self) -> None:
        """Do what is due until cancelled; then what is being done is cancelled and given back."""
        await self._release()
        try:
            while True:
                self._wake.clear()
                await self._wait(await self._look())
        finally:
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
            await self._release()

    async def _look(self) -> datetime:
        """Start what is due; return when to look again."""
        now = self._clock.now()
        soon = now + POLL
        try:
            while True:
                async with self._store.read() as connection:
                    ready = await agenda_rows.next_ready(connection)
                if ready is None or ready > now:
                    return soon if ready is None else min(ready, soon)
                free = AT_ONCE - len(self._running)
                taken = await self._take(now, free) if free else ()
                if not taken:  # all hands busy, or another node is taking it at this moment
                    return now + FIRST_PAUSE
                for one in taken:
                    self._start(one)
        except Exception:
            log.exception("the agenda cannot be read")
            return soon

    async def _take(self, now: datetime, most: int) -> tuple[Taken, ...]:
        async with self._store.begin() as connection:
            return await agenda_rows.take(connection, self._node, now, LEASE, most)

    def _start(self, taken: Taken) -> None:
        key = (taken.occurrence, taken.kind)
        doing = key in self._held
        self._held[key] = taken
        if doing:  # the machine slept past its own lease: what runs goes on under the new one
            return
        task = asyncio.create_task(self._do(taken), name=f"{taken.kind} {taken.occurrence}")
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._wake.set()  # what waited for it may be due
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("an action was not recorded", action=task.get_name(), exc_info=error)

    async def _do(self, taken: Taken) -> None:
        """Do one action and record how it went. When recording fails the lease runs out."""
        key = (taken.occurrence, taken.kind)
        useless = taken.useless_after
        try:
            if useless is not None and self._clock.now() > useless:
                await self._finish(key, missed="its time is over")
                return
            try:
                async with self._holding(key), asyncio.timeout(LONGEST_ACTION_S):
                    await self._actions[taken.kind](taken.occurrence)
            except (Conflict, NotFound) as error:
                await self._finish(key, missed=str(error))
            except Exception as error:
                await self._put_off(key, error)
            else:
                await self._finish(key)
        finally:
            del self._held[key]

    @asynccontextmanager
    async def _holding(self, key: tuple[str, Kind]) -> AsyncIterator[None]:
        """Extend the lease while the block runs."""
        task = asyncio.create_task(self._hold(key))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _hold(self, key: tuple[str, Kind]) -> None:
        while True:
            await self._clock.sleep_until(self._clock.now() + LEASE / 3)
            async with self._store.begin() as connection:
                until = self._clock.now() + LEASE
                if not await agenda_rows.extend(connection, self._held[key], until):
                    log.warning("agenda lease lost", kind=key[1], occurrence=key[0])
                    return

    async def _finish(self, key: tuple[str, Kind], *, missed: str | None = None) -> None:
        async with self._store.begin() as connection:
            taken, now = self._held[key], self._clock.now()
            kept = await agenda_rows.finish(connection, taken, now, missed=missed)
        log.info(
            "agenda action missed" if missed else "agenda action done",
            kind=taken.kind,
            occurrence=taken.occurrence,
            late_s=round((now - taken.due_at).total_seconds(), 3),
            attempts=taken.attempts,
            reason=missed,
            recorded=kept,  # false: moved or cancelled meanwhile, or another node has it
        )

    async def _put_off(self, key: tuple[str, Kind], error: Exception) -> None:
        taken = self._held[key]
        pause = min(FIRST_PAUSE * 2 ** min(taken.attempts - 1, 16), LONGEST_PAUSE)
        log.error(
            "agenda action failed",
            kind=taken.kind,
            occurrence=taken.occurrence,
            attempts=taken.attempts,
            again_in_s=pause.total_seconds(),
            exc_info=error,
        )
        async with self._store.begin() as connection:
            until = self._clock.now() + pause
            await agenda_rows.put_off(connection, taken, until, f"{type(error).__name__}: {error}")

    async def _release(self) -> None:
        """Give back what this node holds, or held in a former life."""
        try:
            async with self._store.begin() as connection:
                await agenda_rows.release(connection, self._node, self._clock.now())
        except Exception:
            log.exception("leases not given back; they run out")

    async def _wait(self, until: datetime) -> None:
        """Return at `until`, or when woken."""
        waiting = [
            asyncio.create_task(self._clock.sleep_until(until)),
            asyncio.create_task(self._wake.wait()),
        ]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
