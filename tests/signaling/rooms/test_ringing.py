"""A meeting rings the devices it calls until they answer, decline, or the time is over."""

import itertools

import pytest

from scheduler.accounts import Identity
from scheduler.clock import SystemClock
from signaling.protocol.codec import Frame
from signaling.rooms.peer import Peer
from signaling.rooms.ringing import Ringing
from signaling.rooms.room import Room
from signaling.sessions.registry import Sessions
from signaling.sessions.session import Session
from tests.signaling.builders import RecordedLine, expected, identity, phone, room

LONG_S = 1000.0


class Hall:
    """A room, its ringing, and the devices that are connected."""

    def __init__(self, it: Room) -> None:
        self.sessions = Sessions(SystemClock(), 30, 64)
        self.room = it
        self.ringing = Ringing(it, self.sessions)
        self._names = itertools.count()

    def connect(self, who: Identity) -> tuple[Session, RecordedLine]:
        session, _ = self.sessions.claim(who, "key", "en", None)
        line = RecordedLine()
        session.attach(line, Frame.answer(0, None), session.seq)
        line.sent.clear()
        return session, line

    def enter(self, session: Session, person: str | None = None) -> None:
        its = Peer(f"peer{next(self._names)}", session, "video_phone", "", None)
        self.room.add(its)
        self.ringing.joined(session, person)


@pytest.fixture
def hall() -> Hall:
    return Hall(room(expected("p1"), expected("p2"), sites=("s1",)))


async def test_those_who_are_called_ring_and_others_do_not(hall: Hall) -> None:
    _, called = hall.connect(identity(phone("d1", site="s1")))
    _, stranger = hall.connect(identity(phone("d2", site="s2")))
    hall.ringing.start(LONG_S)
    assert [m["invitation"]["ringing"] for m in called.sent] == [True]
    assert stranger.sent == []
    hall.ringing.end("closed")


async def test_a_device_in_the_room_does_not_ring(hall: Hall) -> None:
    session, line = hall.connect(identity(phone("d1", site="s1")))
    hall.enter(session)
    hall.ringing.start(LONG_S)
    assert line.sent == []
    hall.ringing.end("closed")


async def test_a_device_that_connects_while_it_rings_is_told_so(hall: Hall) -> None:
    hall.ringing.start(LONG_S)
    session, _ = hall.connect(identity(phone("d1", site="s1")))
    found = hall.ringing.invitation(session)
    assert found is not None
    assert found.ringing
    hall.ringing.end("closed")


async def test_a_device_that_declined_stays_silent_also_after_it_reconnects(hall: Hall) -> None:
    session, _ = hall.connect(identity(phone("d1", site="s1")))
    hall.ringing.start(LONG_S)
    hall.ringing.answered(session)
    again, line = hall.connect(identity(phone("d1", site="s1")))
    found = hall.ringing.invitation(again)
    assert found is not None
    assert not found.ringing
    hall.ringing.start(LONG_S)
    assert line.sent == []
    hall.ringing.end("closed")


async def test_other_devices_of_a_person_fall_silent_when_one_joins(hall: Hall) -> None:
    _, phone_line = hall.connect(identity(phone("d1", holder="p1")))
    _, neighbour = hall.connect(identity(phone("d2", holder="p2")))
    mobile, mobile_line = hall.connect(identity(None, "p1"))
    hall.ringing.start(LONG_S)
    hall.enter(mobile, "p1")
    assert phone_line.types() == ["ring", "ring.stop"]
    assert phone_line.sent[-1]["reason"] == "joined_elsewhere"
    assert neighbour.types() == ["ring"]
    assert mobile_line.types() == ["ring"]
    hall.ringing.end("closed")


async def test_the_ringing_ends_by_itself(hall: Hall) -> None:
    session, line = hall.connect(identity(phone("d1", site="s1")))
    hall.ringing.start(0.01)
    await line.until(2)
    assert line.sent[-1]["reason"] == "rung_out"
    found = hall.ringing.invitation(session)
    assert found is not None
    assert not found.ringing


async def test_the_end_of_the_meeting_withdraws_every_invitation(hall: Hall) -> None:
    session, declined = hall.connect(identity(phone("d1", site="s1")))
    _, ringing = hall.connect(identity(phone("d2", holder="p2")))
    hall.ringing.start(LONG_S)
    hall.ringing.answered(session)
    hall.ringing.end("closed")
    assert [line.sent[-1]["reason"] for line in (declined, ringing)] == ["closed", "closed"]
