"""Media workers at their boundary, in a model: what is done when is for the test to say.

A worker reads its commands in order and answers in order, as on a wire; it dies between any two of
them, and the news of that comes late. What the other end of a pipe learns of it comes late too.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from media.handle import CommandRefused, WorkerUnavailable
from media.messages import (
    Answer,
    ClosePipe,
    CloseRouter,
    CloseTransport,
    Command,
    Connected,
    ConnectTransport,
    Done,
    Event,
    JoinPipe,
    LeadRouter,
    OfferPipe,
    OpenRouter,
    PipeLost,
    PipeOffered,
)

_Reply = Answer | CommandRefused


@dataclass(eq=False)
class RoomDouble:
    """A part of a room: its pipes lead to the parts at their other ends, None before these came."""

    leads: bool = True
    pipes: "dict[str, RoomDouble | None]" = field(default_factory=dict)
    transports: set[str] = field(default_factory=set)


class WorkerDouble:
    """Stands for media.handle.Worker; `doors` are those of all workers."""

    def __init__(
        self,
        doors: dict[str, RoomDouble],
        on_event: Callable[[Event], None],
        on_died: Callable[[], None],
        on_restarted: Callable[[], None],
    ) -> None:
        self.alive = self.known_alive = True
        self.refuses = False
        """It joins no pipes."""
        self.rooms: dict[str, RoomDouble] = {}
        self.done: list[str] = []
        """The commands that were carried out, by their types."""
        self.asked: deque[tuple[Command, asyncio.Future[Answer]]] = deque()
        self.said: deque[tuple[_Reply, asyncio.Future[Answer]] | Event] = deque()
        self._doors = doors
        self._on_event = on_event
        self._on_died = on_died
        self._on_restarted = on_restarted

    async def start(self) -> None:
        """It runs."""

    async def stop(self) -> None:
        """It is gone with the test."""

    def request(self, command: Command) -> Coroutine[Any, Any, Answer]:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        if self.known_alive:
            self.asked.append((command, future))
        else:
            future.set_exception(WorkerUnavailable("dead"))
        return _answer(future)

    # -- what happens -------------------------------------------------------------------------

    def work(self) -> bool:
        """Carry out the next command; tell whether there was one."""
        if not self.alive or not self.asked:
            return False
        command, future = self.asked.popleft()
        self.done.append(command.type)
        try:
            reply: _Reply = self._carry_out(command)
        except CommandRefused as refusal:
            reply = refusal
        self.said.append((reply, future))
        return True

    def speak(self) -> bool:
        """Let the next thing it said be heard; tell whether there was one."""
        if not self.said:
            return False
        match self.said.popleft():
            case PipeLost() as event:
                self._on_event(event)
            case (CommandRefused() as refusal, asyncio.Future() as future) if not future.done():
                future.set_exception(refusal)
            case (reply, asyncio.Future() as future) if not future.done():
                future.set_result(reply)
        return True

    def look(self) -> bool:
        """Notice pipes whose other end is gone; tell whether there were any."""
        gone = [
            (name, pipe)
            for name, room in self.rooms.items()
            for pipe, other in room.pipes.items()
            if other is not None and pipe not in other.pipes
        ]
        for name, pipe in gone:
            del self.rooms[name].pipes[pipe]
            self.said.append(PipeLost(router=name, pipe=pipe))
        return bool(gone)

    def drop_pipes(self) -> None:
        """Lose its ends of the pipes, as far as somebody at the other ends can tell."""
        for room in self.rooms.values():
            for pipe, other in list(room.pipes.items()):
                if other is not None and pipe in other.pipes:
                    del room.pipes[pipe]

    def die(self) -> None:
        """End; what was said is still heard, and nobody knows yet."""
        self.alive = False
        for room in self.rooms.values():
            room.pipes.clear()
        self.rooms.clear()

    def bury(self) -> bool:
        """Let the death be known, after all that was said."""
        if self.alive or not self.known_alive:
            return False
        while self.speak():
            pass
        self._on_died()
        self.known_alive = False
        for _, future in self.asked:
            if not future.done():
                future.set_exception(WorkerUnavailable("died"))
        self.asked.clear()
        return True

    def rise(self) -> bool:
        """Start again."""
        if self.known_alive:
            return False
        self.alive = self.known_alive = True
        self._on_restarted()
        return True

    # -- commands -----------------------------------------------------------------------------

    def _carry_out(self, command: Command) -> Answer:
        match command:
            case OpenRouter(router=router):
                self.rooms.setdefault(router, RoomDouble())
            case CloseRouter(router=router):
                if router in self.rooms:
                    self.rooms.pop(router).pipes.clear()
            case ConnectTransport(transport=transport):
                self._room(command.router).transports.add(transport)
                return Connected(answer="", slots=())
            case CloseTransport(transport=transport):
                self._room(command.router).transports.discard(transport)
            case LeadRouter():
                self._room(command.router).leads = True
            case OfferPipe(pipe=pipe):
                room = self._room(command.router)
                room.pipes[pipe] = None
                self._doors[pipe] = room
                return PipeOffered(door=pipe, token="", keys="", host="", port=1, video_codec=None)
            case JoinPipe():
                self._join(self._room(command.router), command.pipe)
            case ClosePipe(pipe=pipe):
                self._room(command.router).pipes.pop(pipe, None)
            case _:
                raise CommandRefused("internal", command.type)
        return Done()

    def _room(self, router: str) -> RoomDouble:
        if router not in self.rooms:
            raise CommandRefused("unknown_router", router)
        return self.rooms[router]

    def _join(self, room: RoomDouble, pipe: str) -> None:
        room.pipes.pop(pipe, None)  # an end of the same name makes way, and its door is closed
        leader = self._doors.pop(pipe)
        if self.refuses or pipe not in leader.pipes:
            raise CommandRefused("no_pipe", "[Errno 111] Connection refused")
        leader.pipes[pipe], room.pipes[pipe], room.leads = room, leader, False


async def _answer(future: asyncio.Future[Answer]) -> Answer:
    return await future
