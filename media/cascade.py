"""One room on several workers: pipes are laid between its parts, and laid again when one breaks.

The parts form a star around the worker that leads (media.core.spanning).
"""

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Sequence
from typing import Protocol

import structlog
from structlog.typing import FilteringBoundLogger

from media.handle import CommandRefused, WorkerUnavailable
from media.messages import (
    Answer,
    ClosePipe,
    CloseRouter,
    Command,
    JoinPipe,
    LeadRouter,
    OfferPipe,
    OpenRouter,
    PipeOffered,
)
from media.placement import Loss, Placement

RETRY_S = (0.1, 0.5)
"""Pauses before a pipe that broke is laid once more."""

_log: FilteringBoundLogger = structlog.get_logger(__name__)
_Failures = (WorkerUnavailable, CommandRefused)


class _Member(Protocol):
    async def request(self, command: Command) -> Answer: ...


class Cascade:
    """Keeps the parts of all rooms together. `given_up` is called with a room and the transports
    of a part that could not be joined to the others again."""

    def __init__(
        self,
        placement: Placement,
        members: Sequence[_Member],
        given_up: Callable[[str, frozenset[str]], None],
    ) -> None:
        self._placement = placement
        self._members = members
        self._given_up = given_up
        self._numbers = itertools.count(1)
        self._laying: dict[tuple[str, int], asyncio.Task[bool]] = {}
        self._mending: set[asyncio.Task[None]] = set()

    def reach(self, router: str, number: int) -> asyncio.Task[bool] | None:
        """Let a room have a part on a worker; return what to wait for, without cancelling it, where
        it is not there yet: those who ask at the same time wait for the same pipe. Its result is
        False where it failed."""
        key = router, number
        if key not in self._laying and number not in self._placement.parts(router):
            self._placement.span(router, number)
            task = asyncio.create_task(self._begin(router, number), name="laying a pipe")
            self._laying[key] = task
            task.add_done_callback(lambda done: self._laying.pop(key, None))
        return self._laying.get(key)

    def lost(self, losses: Sequence[Loss]) -> None:
        """Let another part lead the rooms that a dead worker led."""
        for loss in losses:
            if loss.led and loss.leader is not None:
                self._mend(self._lead(loss.router, loss.leader))

    def pipe_lost(self, router: str, number: int) -> None:
        """Lay the pipe to a part again that says that its pipe is gone."""
        if number in self._placement.parts(router) and number != self._placement.leader(router):
            self._mend(self._join_again(router, number))

    async def stop(self) -> None:
        """Give up what is under way."""
        tasks = [*self._laying.values(), *self._mending]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _begin(self, router: str, number: int) -> bool:
        leader = self._placement.leader(router)
        try:
            if leader is None:
                return False
            await self._lay(router, leader, number)
        except _Failures as error:
            _log.error("a room cannot span one more worker", worker=number, reason=str(error))
            self._placement.retreat(router, number)
            return False
        if router not in self._placement:  # closed meanwhile
            await self._members[number].request(CloseRouter(router=router))
            return False
        return True

    async def _lay(self, router: str, leader: int, number: int) -> None:
        """Raises WorkerUnavailable or CommandRefused."""
        pipe = f"pipe{next(self._numbers)}"
        await self._members[number].request(OpenRouter(router=router))
        offered = await self._members[leader].request(OfferPipe(router=router, pipe=pipe))
        if not isinstance(offered, PipeOffered):
            raise WorkerUnavailable(f"{offered.type} is no pipe")
        try:
            await self._members[number].request(JoinPipe(router=router, pipe=pipe, offered=offered))
        except _Failures:
            await self._members[leader].request(ClosePipe(router=router, pipe=pipe))
            raise

    async def _lead(self, router: str, leader: int) -> None:
        try:
            await self._members[leader].request(LeadRouter(router=router))
        except _Failures as error:  # it died as well; then this is done for the next one
            _log.warning("a room was not led on", worker=leader, reason=str(error))
            return
        for number in self._placement.parts(router):
            if number != leader:
                await self._join_again(router, number)

    async def _join_again(self, router: str, number: int) -> None:
        leader = self._placement.leader(router)
        if leader is None or (router, number) in self._laying:
            return
        for pause in (*RETRY_S, None):
            try:
                await self._lay(router, leader, number)
            except _Failures as error:
                still = number in self._placement.parts(router)
                if not still or self._placement.leader(router) != leader:
                    return  # a worker died: that is seen to elsewhere
                _log.warning("a part of a room is not joined", worker=number, reason=str(error))
            else:
                return
            if pause is not None:
                await asyncio.sleep(pause)
        transports = self._placement.retreat(router, number)
        _log.error("a part of a room is given up", worker=number, transports=len(transports))
        await self._close(router, number)
        self._given_up(router, transports)

    async def _close(self, router: str, number: int) -> None:
        try:
            await self._members[number].request(CloseRouter(router=router))
        except _Failures as error:
            _log.warning("a part of a room was not closed", worker=number, reason=str(error))

    def _mend(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work, name="mending a room")
        self._mending.add(task)
        task.add_done_callback(self._mending.discard)
