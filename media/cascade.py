"""One room on several workers: pipes are laid between its parts, and laid again when one breaks.

The parts form a star around the worker that leads (media.core.spanning). Workers die, pipes break,
people come and rooms close in any order, and news of one death comes by several ways. So no event
is acted upon for itself: each is noted, and then `tend` compares what media.placement says, who
leads and where the room is, with what is joined to whom.
"""

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
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
from media.placement import Placement

RETRY_S = (0.1, 0.5)
"""Pauses before a pipe that broke is laid once more."""

_log: FilteringBoundLogger = structlog.get_logger(__name__)
_Failures = (WorkerUnavailable, CommandRefused)


class _Member(Protocol):
    def request(self, command: Command) -> Coroutine[None, None, Answer]: ...


@dataclass(slots=True, eq=False)
class _Part:
    """A part of a room that another one leads, until its worker dies or it leads itself."""

    number: int
    pipe: str | None = None
    """The one laid last, None once it is gone."""
    joined_to: int | None = None
    """Whom its pipe leads to, None while it is alone."""
    fresh: bool = True
    """It was never joined; nobody is there yet."""
    joining: asyncio.Task[bool] | None = None


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
        self._parts: dict[str, dict[int, _Part]] = {}
        """By room and worker."""
        self._tasks: set[asyncio.Task[bool]] = set()

    def reach(self, router: str, number: int) -> asyncio.Task[bool] | None:
        """Let a room have a part on a worker; return what to wait for, without cancelling it, where
        it is not there yet: those who ask at the same time wait for the same pipe. Its result is
        False where it failed."""
        if number not in self._placement.parts(router):
            self._placement.span(router, number)
            self.tend(router)
        part = self._parts.get(router, {}).get(number)
        return part.joining if part is not None and part.fresh else None

    def pipe_lost(self, router: str, pipe: str) -> None:
        """Note what either end of a pipe says: that it is gone."""
        for part in self._parts.get(router, {}).values():
            if part.pipe == pipe:
                part.pipe = part.joined_to = None
        self.tend(router)

    def tend(self, router: str) -> None:
        """Begin with what a room needs to be in one piece. To be called at once when its placement
        has changed; harmless at any time."""
        leader, there = self._placement.leader(router), self._placement.parts(router)
        parts = self._parts.setdefault(router, {})
        for number in parts.keys() - there:
            del parts[number]
        if leader is not None and leader in parts:
            del parts[leader]
            self._begin(self._lead(router, leader))
        for number in there:
            if number == leader:
                continue
            part = parts.setdefault(number, _Part(number))
            if part.joined_to != leader:
                part.joined_to = None
                if part.joining is None or part.joining.done():
                    part.joining = self._begin(self._join(router, part))
        if not parts:
            del self._parts[router]

    async def stop(self) -> None:
        """Give up what is under way."""
        self._parts.clear()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, work: Coroutine[None, None, bool]) -> asyncio.Task[bool]:
        task = asyncio.create_task(work, name="mending a room")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _lead(self, router: str, number: int) -> bool:
        """Let a part lead that was led; opened before, as its first pipe may be on the way."""
        for command in (OpenRouter(router=router), LeadRouter(router=router)):
            if self._placement.leader(router) != number:
                return False
            try:
                await self._members[number].request(command)
            except _Failures as error:
                _log.warning("a room was not led on", worker=number, reason=str(error))
                return False
        return True

    async def _join(self, router: str, part: _Part) -> bool:
        """Lay pipes until one holds; return whether somebody can go to this part."""
        pauses = iter(RETRY_S)
        while (leader := self._wanted(router, part)) is not None:
            try:
                await self._lay(router, leader, part)
            except _Failures as error:
                if self._wanted(router, part) != leader:
                    continue  # a worker died, or the room was closed: that was no fault of the pipe
                _log.warning(
                    "a part of a room is not joined", worker=part.number, reason=str(error)
                )
                pause = next(pauses, None)
                if pause is None or part.fresh:
                    await self._give_up(router, part)
                else:
                    await asyncio.sleep(pause)
        return part.joined_to is not None or self._placement.leader(router) == part.number

    def _wanted(self, router: str, part: _Part) -> int | None:
        """Return whom a part is still to be joined to."""
        known = self._parts.get(router, {}).get(part.number) is part
        return self._placement.leader(router) if known and part.joined_to is None else None

    async def _lay(self, router: str, leader: int, part: _Part) -> None:
        """Raises WorkerUnavailable or CommandRefused."""
        part.pipe = pipe = f"pipe{next(self._numbers)}"
        await self._members[part.number].request(OpenRouter(router=router))
        offered = await self._members[leader].request(OfferPipe(router=router, pipe=pipe))
        if not isinstance(offered, PipeOffered):
            raise WorkerUnavailable(f"{offered.type} is no pipe")
        join = JoinPipe(router=router, pipe=pipe, offered=offered)
        try:
            self._check(router, leader, part, pipe)
            await self._members[part.number].request(join)
            self._check(router, leader, part, pipe)
        except _Failures:
            await self._members[leader].request(ClosePipe(router=router, pipe=pipe))
            raise
        part.joined_to, part.fresh = leader, False

    def _check(self, router: str, leader: int, part: _Part, pipe: str) -> None:
        """Raise WorkerUnavailable where one end is gone meanwhile, though it answered."""
        if part.pipe != pipe or self._wanted(router, part) != leader:
            raise WorkerUnavailable("the other end is gone")

    async def _give_up(self, router: str, part: _Part) -> None:
        del self._parts[router][part.number]
        transports = self._placement.retreat(router, part.number)
        if part.fresh:  # those who wait for it go elsewhere
            _log.error("a room cannot span one more worker", worker=part.number)
        else:
            _log.error(
                "a part of a room is given up", worker=part.number, transports=len(transports)
            )
            self._given_up(router, transports)
        try:
            await self._members[part.number].request(CloseRouter(router=router))
        except _Failures as error:
            _log.warning("a part of a room was not closed", worker=part.number, reason=str(error))
