"""The call of a meeting to the devices it invites, and when it falls silent."""

import asyncio
from collections.abc import Iterator
from typing import Literal

from signaling.protocol.codec import Frame
from signaling.protocol.server import Invited, Ring, RingStop
from signaling.protocol.views import Invitation
from signaling.rooms.room import Room
from signaling.sessions.registry import Sessions
from signaling.sessions.session import Session

StopReason = Literal["joined_elsewhere", "rung_out", "closed", "cancelled"]


class Ringing:
    """Rings for one room. A device that answered once, or declined, is not rung again.

    Devices are known by `Session.who`, so that one that reconnects stays silent too.
    """

    def __init__(self, room: Room, sessions: Sessions) -> None:
        self._room = room
        self._sessions = sessions
        self._timer: asyncio.TimerHandle | None = None
        self._answered: set[str] = set()

    def invite(self) -> None:
        """Tell the devices invited that they may join, without ringing."""
        frame = Frame.event(Invited(invitation=self._room.invitation(ringing=False)))
        for session in self._outside():
            session.post(frame)

    def start(self, for_s: float) -> None:
        """Ring the devices that are invited and not in the room, and those that connect meanwhile;
        fall silent after `for_s` seconds."""
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(for_s, self._ring_out)
        frame = Frame.event(Ring(invitation=self._room.invitation(ringing=True)))
        for session in self._outside():
            if self.rings(session):
                session.post(frame)

    def rings(self, session: Session) -> bool:
        """Say whether an invited device rings now."""
        return self._timer is not None and session.who not in self._answered

    def invitation(self, session: Session) -> Invitation | None:
        """Return what a device that connects is told, None if the meeting does not call it."""
        if not self._room.invites(session.identity):
            return None
        return self._room.invitation(ringing=self.rings(session))

    def answered(self, session: Session) -> None:
        """Note that a device joined or declined: it rings no more."""
        self._answered.add(session.who)

    def joined(self, session: Session, person: str | None) -> None:
        """Note a join; the other devices of the same person fall silent."""
        self.answered(session)
        if person is None or self._timer is None:
            return
        for other in self._outside():
            its = other.identity
            holder = its.device.holder if its.device is not None else None
            user = its.person.id if its.person is not None else None
            if person in (holder, user) and self.rings(other):
                self.answered(other)
                other.post(RingStop(occurrence=self._room.id, reason="joined_elsewhere"))

    def end(self, reason: StopReason) -> None:
        """Withdraw the invitation from all devices it went to."""
        self._stop_timer()
        frame = Frame.event(RingStop(occurrence=self._room.id, reason=reason))
        for session in self._outside():
            session.post(frame)

    def _ring_out(self) -> None:
        frame = Frame.event(RingStop(occurrence=self._room.id, reason="rung_out"))
        ringing = [session for session in self._outside() if self.rings(session)]
        self._stop_timer()
        for session in ringing:
            session.post(frame)

    def _outside(self) -> Iterator[Session]:
        return (
            session
            for session in self._sessions
            if self._room.peer_of(session) is None and self._room.invites(session.identity)
        )

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
