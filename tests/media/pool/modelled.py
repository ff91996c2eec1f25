"""The real pool over workers in a model, and participants that do what signaling does for them."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from config.settings import Media
from media import cascade, pool
from media.handle import CommandRefused, WorkerUnavailable
from media.messages import CloseRouter, CloseTransport, ConnectTransport, OpenRouter
from media.pool import Lost, Workers
from tests.media.pool.double import RoomDouble, WorkerDouble

ROOM = "room"


class Modelled:
    """One room of a pool with `count` workers, each to carry `share` of it."""

    def __init__(self, count: int, share: int) -> None:
        self.doubles: list[WorkerDouble] = []
        self.doors: dict[str, RoomDouble] = {}
        self.present: set[str] = set()
        """Who was let in, and was not told of a loss since."""
        self.lost: list[str] = []
        self._joining: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.pool = Workers(Media(workers=count, room_share=share), on_lost=self._lose)

    # -- what people do -----------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Something that people asked for is under way."""
        return bool(self._tasks)

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def open(self) -> None:
        try:
            await self.pool.request(OpenRouter(router=ROOM))
        except (WorkerUnavailable, CommandRefused):
            return

    def joining(self, name: str) -> bool:
        return name in self._joining

    async def join(self, name: str) -> None:
        """Join, or offer again; who is told that it failed is out."""
        self._joining.add(name)
        command = ConnectTransport(router=ROOM, transport=name, offer="")
        try:
            try:
                await self.pool.request(command)
            except CommandRefused:
                await self.pool.request(OpenRouter(router=ROOM))
                await self.pool.request(command)
        except (WorkerUnavailable, CommandRefused):
            self.present.discard(name)
        else:
            self.present.add(name)
        finally:
            self._joining.discard(name)

    async def leave(self, name: str) -> None:
        self.present.discard(name)
        try:
            await self.pool.request(CloseTransport(router=ROOM, transport=name))
        except (WorkerUnavailable, CommandRefused):
            return

    async def reopen(self) -> None:
        """Close the room and, while that goes on, open it again."""
        self.present.clear()
        self.begin(self._close())
        await asyncio.sleep(0)
        await self.open()

    async def _close(self) -> None:
        await self.pool.request(CloseRouter(router=ROOM))

    def _lose(self, lost: Lost) -> None:
        for name in sorted(lost.get(ROOM, ())):
            self.lost.append(name)
            self.present.discard(name)
        self.begin(self.open())

    # -- what happens -------------------------------------------------------------------------

    async def turn(self, times: int = 1) -> None:
        for _ in range(times):
            await asyncio.sleep(0)

    async def settle(self) -> None:
        """Let everything happen that is under way, until nothing is."""
        quiet = 0
        for _ in range(1000):
            if quiet == 20:
                break
            done = [
                what()
                for double in self.doubles
                for what in (double.bury, double.rise, double.look, double.work, double.speak)
            ]
            await self.turn()
            quiet = 0 if any(done) else quiet + 1
        assert quiet == 20, "it goes on and on"
        assert not self._tasks

    # -- what must be -------------------------------------------------------------------------

    def check(self) -> None:
        """The room is in one piece, and whoever believes to be in it is."""
        parts = [double.rooms[ROOM] for double in self.doubles if ROOM in double.rooms]
        leading = [part for part in parts if part.leads]
        assert len(leading) <= 1
        for part in parts:
            if not part.leads:
                assert list(part.pipes.values()) == leading
        for part in leading:
            others = {id(other) for other in parts if other is not part}
            assert {id(other) for other in part.pipes.values()} == others
        there = list(itertools.chain.from_iterable(part.transports for part in parts))
        assert self.present <= set(there)
        for name in self.present:
            assert there.count(name) == 1


@asynccontextmanager
async def a_modelled_pool(count: int = 2, share: int = 2) -> AsyncIterator[Modelled]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cascade, "RETRY_S", (0.0, 0.0))
        doubles: list[WorkerDouble] = []
        doors: dict[str, RoomDouble] = {}

        def made(settings: Media, **callbacks: Any) -> WorkerDouble:
            doubles.append(WorkerDouble(doors, **callbacks))
            return doubles[-1]

        patch.setattr(pool, "Worker", made)
        modelled = Modelled(count, share)
        modelled.doubles, modelled.doors = doubles, doors
        await modelled.pool.start()
        modelled.begin(modelled.open())
        await modelled.settle()
        try:
            yield modelled
        finally:
            await modelled.pool.stop()
