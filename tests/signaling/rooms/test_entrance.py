"""What happens at the door when joining, ending and failing meet in the same moment."""

import asyncio
from typing import Any, cast

import pytest

from scheduler.attendance.log import AttendanceLog
from scheduler.attendance.model import Cause
from scheduler.clock import SystemClock
from scheduler.directory.service import Directory
from scheduler.errors import Conflict
from scheduler.meetings.service import Meetings
from signaling.access import Access
from signaling.rooms import entrance as door
from signaling.rooms.entrance import Entrance
from signaling.rooms.errands import Errands
from signaling.rooms.hub import RoomHub
from signaling.rooms.ringing import Ringing
from signaling.rooms.room import Room
from signaling.sessions.registry import Sessions
from signaling.sessions.session import Session
from tests.signaling.builders import expected, identity, phone, room
from tests.signaling.media_double import MediaDouble


class SlowLog:
    """An attendance log whose writes wait for `let`, and fail `failures` times."""

    def __init__(self) -> None:
        self.let = asyncio.Event()
        self.let.set()
        self.asked = asyncio.Event()
        self.written: list[str] = []
        self.failures = 0
        self.begun = asyncio.Semaphore(0)

    async def _write(self, what: str) -> None:
        self.asked.set()
        self.begun.release()
        await self.let.wait()
        if self.failures:
            self.failures -= 1
            raise OSError("disk full")
        self.written.append(what)

    async def joined(self, *_: object) -> None:
        await self._write("joined")

    async def left(self, _room: str, _peer: str, cause: Cause, _at: object) -> None:
        await self._write(f"left {cause.value}")

    async def left_together(self, _room: str, ends: dict[str, Any], cause: Cause) -> None:
        for _ in ends:
            await self._write(f"left {cause.value}")


class OneRoomHub(RoomHub):
    """A hub whose one room needs no store."""

    def __init__(self, it: Room, sessions: Sessions) -> None:
        nothing = cast("Any", None)
        super().__init__(
            sessions=sessions,
            meetings=nothing,
            directory=nothing,
            attendance=nothing,
            reports=nothing,
            voting=nothing,
            worker=MediaDouble(),
        )
        self._room, self._call = it, Ringing(it, sessions)

    def __iter__(self) -> Any:
        return iter([self._room])

    def ringing(self, room: Room) -> Ringing:
        return self._call


class Door:
    """A room with one expected person, and what guards it."""

    def __init__(self) -> None:
        self.room = room(expected("p1"))
        self.sessions = Sessions(SystemClock(), 30, 64)
        self.log = SlowLog()
        self.errands = Errands()
        self.entrance = Entrance(
            OneRoomHub(self.room, self.sessions),
            cast("AttendanceLog", self.log),
            cast("Directory", None),
            Access(cast("Directory", None), cast("Meetings", None)),
            self.errands,
        )
        self.sessions.on_away = self.entrance.away
        self.sessions.on_end = self.entrance.ended

    def session(self, device: str = "d1") -> Session:
        return self.sessions.claim(identity(phone(device, holder="p1")), "key", "en", None)[0]


@pytest.fixture
def guarded(monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setattr(door, "RETRY_S", (0.001, 0.001, 0.001))
    return Door()


async def test_nobody_is_in_before_it_is_written_down(guarded: Door) -> None:
    guarded.log.let.clear()
    joining = asyncio.create_task(guarded.entrance.join(guarded.room, guarded.session()))
    await guarded.log.asked.wait()
    assert guarded.room.peers == {}
    guarded.log.let.set()
    peer = await joining
    assert list(guarded.room.peers) == [peer.id]


async def test_a_join_that_cannot_be_written_down_fails(guarded: Door) -> None:
    guarded.log.failures = 1
    with pytest.raises(OSError, match="disk full"):
        await guarded.entrance.join(guarded.room, guarded.session())
    assert guarded.room.peers == {}
    assert guarded.log.written == []


async def test_two_devices_are_written_down_together(guarded: Door) -> None:
    guarded.log.let.clear()
    sessions = [guarded.session(), guarded.session("d2")]
    joining = [
        asyncio.create_task(guarded.entrance.join(guarded.room, session)) for session in sessions
    ]
    async with asyncio.timeout(5):
        for _ in joining:
            await guarded.log.begun.acquire()
    guarded.log.let.set()
    await asyncio.gather(*joining)
    assert len(guarded.room.peers) == 2


async def test_a_session_is_in_once_though_two_of_its_connections_join(guarded: Door) -> None:
    session = guarded.session()
    first, second = await asyncio.gather(
        *(guarded.entrance.join(guarded.room, session) for _ in range(2))
    )
    assert first is second
    assert guarded.log.written == ["joined"]


async def test_a_join_that_is_given_up_while_it_is_written_is_no_endless_stay(
    guarded: Door,
) -> None:
    guarded.log.let.clear()
    joining = asyncio.create_task(guarded.entrance.join(guarded.room, guarded.session()))
    await guarded.log.asked.wait()
    joining.cancel()
    guarded.log.let.set()
    with pytest.raises(asyncio.CancelledError):
        await joining
    await guarded.errands.finish()
    assert guarded.room.peers == {}
    assert guarded.log.written == ["left lost"]


async def test_a_session_that_ends_while_it_joins_leaves_again(guarded: Door) -> None:
    session = guarded.session()
    guarded.log.let.clear()
    joining = asyncio.create_task(guarded.entrance.join(guarded.room, session))
    await guarded.log.asked.wait()
    guarded.sessions.end(session, "replaced")
    guarded.log.let.set()
    await joining
    await guarded.errands.finish()
    assert guarded.room.peers == {}
    assert guarded.log.written == ["joined", "left replaced"]


async def test_who_joins_while_the_meeting_ends_is_either_let_out_or_not_let_in(
    guarded: Door,
) -> None:
    guarded.log.let.clear()
    joining = asyncio.create_task(guarded.entrance.join(guarded.room, guarded.session()))
    await guarded.log.asked.wait()
    ending = asyncio.create_task(guarded.entrance.empty(guarded.room, Cause.CLOSED, None, None))
    guarded.log.let.set()
    await joining
    await ending
    assert guarded.log.written == ["joined", "left closed"]
    with pytest.raises(Conflict, match="occurrence_not_open"):
        await guarded.entrance.join(guarded.room, guarded.session())


async def test_a_leave_is_written_once_the_store_is_well_again(guarded: Door) -> None:
    peer = await guarded.entrance.join(guarded.room, guarded.session())
    guarded.log.failures = 2
    await guarded.entrance.leave(guarded.room, peer, "left")
    assert guarded.room.peers == {}
    assert guarded.log.written == ["joined", "left left"]


async def test_leaving_twice_is_written_once(guarded: Door) -> None:
    peer = await guarded.entrance.join(guarded.room, guarded.session())
    await asyncio.gather(*(guarded.entrance.leave(guarded.room, peer, "left") for _ in range(3)))
    assert guarded.log.written == ["joined", "left left"]
