"""The media workers of a node as one: rooms are spread over them, each stands and falls alone.

Whoever holds the pool speaks to it as to a single worker (media.messages): it knows which worker
has which room and which transport. media.placement says where things go.
"""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial

import structlog
from structlog.typing import FilteringBoundLogger

from config.settings import Media
from media.cascade import Cascade
from media.handle import CommandRefused, Worker, WorkerUnavailable
from media.messages import (
    Answer,
    CloseRouter,
    CloseTransport,
    Command,
    ConnectTransport,
    Done,
    Event,
    GetStats,
    GiveFloor,
    OpenRouter,
    PipeLost,
    RestartIce,
    RoomEvent,
    SetMuted,
    Stats,
)
from media.placement import Placement
from media.pool_stats import join_stats

_log: FilteringBoundLogger = structlog.get_logger(__name__)

Lost = Mapping[str, frozenset[str]]
"""Transports of dead workers, and of parts that were given up, by their routers."""


class Workers:
    """Start the workers, carry commands to the right one, start again those that die.

    When a worker dies, the others and their rooms do not notice. `on_lost` is called with what it
    carried as soon as there is a worker to take it: the caller opens these routers again and asks
    these transports for new offers. It is called on the event loop and must not block.
    """

    def __init__(
        self,
        settings: Media,
        *,
        on_event: Callable[[RoomEvent], None] = lambda event: None,
        on_lost: Callable[[Lost], None] = lambda lost: None,
    ) -> None:
        self._on_event = on_event
        self._on_lost = on_lost
        self._placement = Placement(settings.room_share)
        self._lost: dict[str, frozenset[str]] = {}
        """What was lost when no other worker lived."""
        self.members = tuple(
            Worker(
                _settings_of(settings, number),
                on_event=self._heard,
                on_died=partial(self._died, number),
                on_restarted=partial(self._restarted, number),
            )
            for number in range(settings.workers)
        )
        """The workers, by their numbers."""
        self._cascade = Cascade(self._placement, self.members, self._gave_up)

    async def start(self) -> None:
        """Start all workers; raises WorkerUnavailable, with none left, when one cannot start."""
        try:
            async with asyncio.TaskGroup() as group:
                for worker in self.members:
                    group.create_task(worker.start())
        except* WorkerUnavailable as failures:
            await self.stop()
            raise WorkerUnavailable(str(failures.exceptions[0])) from failures
        for number in range(len(self.members)):
            self._placement.up(number)

    async def stop(self) -> None:
        """Stop all workers and wait until nothing is left of them."""
        await self._cascade.stop()
        await asyncio.gather(*(worker.stop() for worker in self.members))

    async def request(self, command: Command) -> Answer:
        """Carry out one command where its room or transport is.

        Raises what media.handle.Worker.request raises; GetStats answers with what those workers
        say that answer.
        """
        match command:
            case OpenRouter():
                return await self._open(command)
            case CloseRouter():
                return await self._close(command)
            case ConnectTransport():
                return await self._connect(command)
            case RestartIce() | SetMuted() | CloseTransport():
                return await self._of_transport(command)
            case GiveFloor():
                return await self._leader(command.router).request(command)
            case GetStats():
                return await self._stats(command)
            case _:
                raise CommandRefused("internal", f"{command.type} is for one worker")

    async def _open(self, command: OpenRouter) -> Answer:
        leader = self._placement.open(command.router)
        if leader is None:
            raise WorkerUnavailable("no media worker is running")
        return await self.members[leader].request(command)

    async def _close(self, command: CloseRouter) -> Answer:
        # All are asked before anything is awaited: who opens the room again comes after that.
        parts = self._placement.close(command.router)
        answers = [self.members[number].request(command) for number in parts]
        self._cascade.tend(command.router)
        for answer in await asyncio.gather(*answers, return_exceptions=True):
            if isinstance(answer, CommandRefused):
                raise answer
        return Done()  # what died is closed

    async def _connect(self, command: ConnectTransport) -> Answer:
        router, transport = command.router, command.transport
        self._leader(router)
        number = self._placement.choose(router, transport)
        known = self._placement.of(router, transport) == number
        reached = self._cascade.reach(router, number)
        # Before the answer: those who join at the same moment see that the place is taken.
        self._placement.put(router, transport, number)
        if reached is not None:
            if not await asyncio.shield(reached):
                number = self.members.index(self._leader(router))  # too full, but there
            self._placement.put(router, transport, number)
        try:
            answer = await self.members[number].request(command)
        except CommandRefused:
            if not known:
                self._placement.take(router, transport)
            raise
        if self._placement.of(router, transport) != number:
            raise WorkerUnavailable("this part of the room was given up meanwhile")
        return answer

    async def _of_transport(self, command: RestartIce | SetMuted | CloseTransport) -> Answer:
        number = self._placement.of(command.router, command.transport)
        worker = self._leader(command.router) if number is None else self.members[number]
        if isinstance(command, CloseTransport):
            self._placement.take(command.router, command.transport)
        return await worker.request(command)

    async def _stats(self, command: GetStats) -> Stats:
        answers = await asyncio.gather(
            *(worker.request(command) for worker in self.members), return_exceptions=True
        )
        found = [answer.stats if isinstance(answer, Stats) else None for answer in answers]
        if not any(found):
            raise WorkerUnavailable("no media worker answers")
        return Stats(stats=join_stats(found))

    def _leader(self, router: str) -> Worker:
        leader = self._placement.leader(router)
        if leader is None:
            raise CommandRefused("unknown_router", router)
        return self.members[leader]

    def _heard(self, event: Event) -> None:
        if isinstance(event, PipeLost):
            self._cascade.pipe_lost(event.router, event.pipe)
        else:
            self._on_event(event)

    def _died(self, number: int) -> None:
        for loss in self._placement.down(number):
            self._cascade.tend(loss.router)
            self._gave_up(loss.router, loss.transports)

    def _gave_up(self, router: str, transports: frozenset[str]) -> None:
        self._lost[router] = self._lost.get(router, frozenset()) | transports
        self._report()

    def _restarted(self, number: int) -> None:
        self._placement.up(number)
        self._report()

    def _report(self) -> None:
        if self._lost and self._placement.alive:
            lost, self._lost = self._lost, {}
            self._on_lost(lost)


def _settings_of(settings: Media, number: int) -> Media:
    """Return the settings of one worker: every one has ports of its own."""
    udp, tcp = settings.udp_port, settings.tcp_port
    return settings.model_copy(
        update={"udp_port": udp and udp + number, "tcp_port": tcp and tcp + number}
    )
