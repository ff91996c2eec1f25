"""The floor: everything behind the WebSocket, put together, started and stopped in order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import web

from config.settings import Media, Settings
from media.messages import Answer, Command, RoomEvent
from media.pool import Lost, Workers
from scheduler.accounts import Accounts
from scheduler.attendance.log import AttendanceLog
from scheduler.attendance.model import Cause
from scheduler.attendance.reports import Reports
from scheduler.clock import Clock
from scheduler.directory.service import Directory
from scheduler.errors import Conflict
from scheduler.meetings.service import Meetings
from scheduler.papers.pages import PaperPages
from signaling.access import Access
from signaling.conductor import Conductor
from signaling.http.texts import Texts
from signaling.liveness import show_life
from signaling.protocol.views import IceServer
from signaling.rooms.entrance import Entrance
from signaling.rooms.errands import Errands
from signaling.rooms.hub import RoomHub
from signaling.rooms.peer import Peer
from signaling.rooms.room import Room
from signaling.rooms.voting import Voting
from signaling.sessions.connection import Connection
from signaling.sessions.registry import Sessions
from signaling.sessions.session import Session
from signaling.streams.streams import Streams
from signaling.turn import ice_servers


class WorkerHandle(Protocol):
    """The media workers, started and stopped with the floor; media.pool.Workers."""

    async def start(self) -> None: ...

    async def request(self, command: Command) -> Answer: ...

    async def stop(self) -> None: ...


class WorkerMaker(Protocol):
    """Makes the workers' handle; the class media.pool.Workers is one."""

    def __call__(
        self,
        settings: Media,
        *,
        on_event: Callable[[RoomEvent], None],
        on_lost: Callable[[Lost], None],
    ) -> WorkerHandle: ...


@dataclass(frozen=True, kw_only=True)
class Floor:
    """The parts that handlers and HTTP routes call."""

    settings: Settings
    clock: Clock
    texts: Texts
    access: Access
    accounts: Accounts
    directory: Directory
    meetings: Meetings
    attendance: AttendanceLog
    sessions: Sessions
    hub: RoomHub
    entrance: Entrance
    conductor: Conductor
    errands: Errands
    streams: Streams
    pages: PaperPages
    worker: WorkerHandle
    connections: set[Connection] = field(default_factory=set)

    def place(self, session: Session) -> tuple[Room, Peer]:
        """Return where a session is; raise Conflict("not_in_room")."""
        place = self.hub.place_of(session)
        if place is None:
            raise Conflict("not_in_room")
        return place

    def ice_servers(self, session: Session) -> tuple[IceServer, ...]:
        """Return the TURN servers for a session's media, with credentials that begin now."""
        name = session.who.rpartition(" ")[2]
        return ice_servers(self.settings.turn, name, self.clock.now())

    async def say_goodbye(self, app: web.Application | None = None) -> None:
        """End all connections because the server stops. For `on_shutdown`, which comes before
        aiohttp waits for the handlers to return."""
        self.sessions.stop()
        for connection in tuple(self.connections):
            connection.end("server_stopping")


FLOOR = web.AppKey("floor", Floor)


@asynccontextmanager
async def open_floor(
    *,
    settings: Settings,
    clock: Clock,
    texts: Texts,
    access: Access,
    accounts: Accounts,
    directory: Directory,
    meetings: Meetings,
    attendance: AttendanceLog,
    reports: Reports,
    voting: Voting,
    pages: PaperPages,
    make_worker: WorkerMaker = Workers,
) -> AsyncIterator[Floor]:
    """Start worker, rooms and signs of life; yield the floor; stop all, leaving nothing behind.

    Presences of a former run are ended first, then the rooms of open meetings are there again.
    Raises media.handle.WorkerUnavailable when a media worker cannot start.
    """
    sessions = Sessions(clock, settings.signaling.resume_grace_s, settings.signaling.queue_messages)
    errands = Errands()
    worker = make_worker(
        settings.media,
        on_event=lambda event: hub.stage.on_event(event),
        on_lost=lambda lost: errands.run(hub.stage.restart(lost)),
    )
    hub = RoomHub(
        sessions=sessions,
        meetings=meetings,
        directory=directory,
        attendance=attendance,
        reports=reports,
        worker=worker,
        voting=voting,
    )
    entrance = Entrance(hub, attendance, directory, access, errands)
    sessions.on_away = entrance.away
    sessions.on_end = entrance.ended
    conductor = Conductor(
        hub=hub,
        entrance=entrance,
        sessions=sessions,
        meetings=meetings,
        directory=directory,
        clock=clock,
        settings=settings.meeting,
    )
    floor = Floor(
        settings=settings,
        clock=clock,
        texts=texts,
        access=access,
        accounts=accounts,
        directory=directory,
        meetings=meetings,
        attendance=attendance,
        sessions=sessions,
        hub=hub,
        entrance=entrance,
        conductor=conductor,
        errands=errands,
        streams=Streams(hub, entrance, errands),
        pages=pages,
        worker=worker,
    )
    await attendance.recover()
    await worker.start()
    life = asyncio.create_task(show_life(attendance, sessions, hub, clock), name="signs of life")
    try:
        await conductor.reopen()
        yield floor
    finally:
        try:
            await floor.say_goodbye()
            for room in list(hub):
                await entrance.empty(room, Cause.SERVER_STOPPED, None, None)
            life.cancel()
            await asyncio.gather(life, return_exceptions=True)
        finally:
            # Before whatever may ask it something: a worker that hangs would be waited for.
            await worker.stop()
        await errands.finish()
        await hub.stop()
