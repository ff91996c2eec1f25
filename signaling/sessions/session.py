"""A device's session: numbered events, kept for replay, over one connection after another."""

import secrets
from collections import deque
from datetime import datetime
from itertools import islice
from typing import Literal, Protocol

from scheduler.accounts import Identity
from scheduler.errors import Refused
from signaling.protocol.codec import Frame
from signaling.protocol.server import Event

EndReason = Literal["expired", "replaced", "revoked", "signed_out", "server_stopping", "removed"]
"""Why a session is over; `expired`: it was away for longer than the grace."""


class Line(Protocol):
    """Where a session's messages go: a Connection."""

    def post(self, message: bytes) -> None: ...

    def end(self, reason: str) -> None: ...


class Session:
    """Who is there, how many events they were told, and the last of these to ask for again.

    Events posted while no connection is attached are kept only. `kept` bounds them; whoever
    missed more is told the state of things afresh.
    """

    def __init__(self, identity: Identity, credential: str, language: str, kept: int) -> None:
        self.identity = identity
        self.credential = credential
        self.language = language
        self.token = secrets.token_urlsafe(24)
        self.key = secrets.token_hex(8)
        """Names this session in logs; unlike `token` it opens nothing."""
        self.seq = 0
        self.line: Line | None = None
        self.away_since: datetime | None = None
        """When its connection was lost, UTC; None while there is one, and at first."""
        self.over: EndReason | None = None
        self._kept: deque[Frame] = deque(maxlen=kept)

    @property
    def who(self) -> str:
        """The device, or without one the person: the same over all their sessions."""
        identity = self.identity
        if identity.device is not None:
            return f"device {identity.device.id}"
        return f"person {identity.person.id}" if identity.person is not None else "nobody"

    @property
    def is_there(self) -> bool:
        """Whether its device is connected, as far as is known."""
        return self.away_since is None

    @property
    def author(self) -> str:
        """The id under which an act of this session is written down: the person, else the device.

        Raises Refused("not_signed_in") for nobody.
        """
        known = self.identity.person or self.identity.device
        if known is None:
            raise Refused("not_signed_in")
        return known.id

    def same_as(self, other: "Session") -> bool:
        """Say whether both are the same device in the hands of the same person."""
        mine, its = self.identity.person, other.identity.person
        return self.who == other.who and (mine and mine.id) == (its and its.id)

    def post(self, message: Event | Frame) -> None:
        """Number an event, keep it, and send it where a connection is attached."""
        frame = message if isinstance(message, Frame) else Frame.event(message)
        self.seq += 1
        self._kept.append(frame)
        if self.line is not None:
            self.line.post(frame.on_wire(self.seq))

    def covers(self, seq: int) -> bool:
        """Say whether everything after event `seq` can still be replayed."""
        return self.seq - len(self._kept) <= seq <= self.seq

    def attach(self, line: Line, first: Frame, seq: int) -> None:
        """Go on over `line`: say `first`, then replay what came after `seq`, which is covered."""
        self.line = line
        line.post(first.on_wire(0))
        missed = self.seq - seq
        for number, frame in enumerate(
            islice(self._kept, len(self._kept) - missed, None), start=seq + 1
        ):
            line.post(frame.on_wire(number))
