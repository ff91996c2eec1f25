"""All sessions of this node: who returns, who replaces whom, whose grace is over."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime

from scheduler.accounts import Identity
from scheduler.clock import Clock
from signaling.sessions.session import EndReason, Line, Session

PER_PERSON = 8
"""Sessions that one person without an enrolled device may hold; the oldest gives way."""


class Sessions:
    """Finds, replaces and ends sessions. Listeners are called at once and must not wait.

    `on_away(session)`: its connection is gone, the grace runs. `on_end(session, reason)`: it is
    over; `session.away_since` still says when it was last there, if it was away.
    """

    def __init__(self, clock: Clock, grace_s: float, queue_messages: int) -> None:
        self.grace_s = grace_s
        self._clock = clock
        # Half of a connection's queue, so that a replay alone cannot make a device too slow.
        self._kept = queue_messages // 2
        self._by_token: dict[str, Session] = {}
        self._by_who: defaultdict[str, list[Session]] = defaultdict(list)
        self._arriving: dict[Line, tuple[Identity, str]] = {}
        self._expiries: dict[str, asyncio.TimerHandle] = {}
        self.on_away: Callable[[Session], None] = _nobody_listens
        self.on_end: Callable[[Session, EndReason], None] = _nobody_listens

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._by_token.values()))

    def __len__(self) -> int:
        return len(self._by_token)

    def expect(self, line: Line, identity: Identity, credential: str) -> None:
        """Note a connection that has not said hello: `dismiss` ends it like a session. Call
        `greeted` when it has, or when it is gone."""
        self._arriving[line] = identity, credential

    def greeted(self, line: Line) -> None:
        """Expect a connection no more."""
        self._arriving.pop(line, None)

    def claim(
        self, identity: Identity, credential: str, language: str, resume: str | None
    ) -> tuple[Session, bool]:
        """Return the session to go on with, and whether it is the one asked back by `resume`.

        An older connection of the same session, and older sessions of the same device, are told
        that they are replaced.
        """
        session = Session(identity, credential, language, self._kept)
        found = self._by_token.get(resume) if resume else None
        if found is not None and found.same_as(session):
            self._stop_expiry(found)
            if found.line is not None:
                found.line.end("replaced")
                found.line = None
            found.away_since = None
            found.identity, found.credential = identity, credential
            found.language = language
            return found, True
        for older in self._to_replace(session):
            self.end(older, "replaced")
        self._by_token[session.token] = session
        self._by_who[session.who].append(session)
        return session, False

    def detach(self, session: Session, line: Line) -> None:
        """Note that `line` is gone; the grace begins unless another line carries the session."""
        if session.line is not line or session.over is not None:
            return
        session.line = None
        session.away_since = self._clock.now()
        self._expiries[session.token] = asyncio.get_running_loop().call_later(
            self.grace_s, self.end, session, "expired"
        )
        self.on_away(session)

    def end(self, session: Session, reason: EndReason) -> None:
        """End a session: say `bye`, forget it, tell the listener. Again is harmless."""
        if session.over is not None:
            return
        session.over = reason
        self._stop_expiry(session)
        self._forget(session)
        if session.line is not None:
            session.line.end(reason)
            session.line = None
        self.on_end(session, reason)

    def dismiss(
        self, reason: EndReason, *, device: str | None = None, credential: str | None = None
    ) -> None:
        """End the sessions of a device (it was revoked) or of a sign-in (it was ended)."""

        def is_meant(identity: Identity, key: str) -> bool:
            its = identity.device
            return (its is not None and its.id == device) or key == credential

        for session in self:
            if is_meant(session.identity, session.credential):
                self.end(session, reason)
        for line, known in tuple(self._arriving.items()):
            if is_meant(*known):
                line.end(reason)

    def end_outdated(self, now: datetime) -> None:
        """End the sessions whose sign-in has run out."""
        for session in self:
            if session.identity.expires_at <= now:
                self.end(session, "signed_out")

    def stop(self) -> None:
        """End all sessions because the server stops."""
        for session in self:
            self.end(session, "server_stopping")

    def _to_replace(self, newcomer: Session) -> list[Session]:
        same = list(self._by_who.get(newcomer.who, ()))
        if newcomer.identity.device is not None:
            return same
        return same[: max(0, len(same) - PER_PERSON + 1)]

    def _forget(self, session: Session) -> None:
        if self._by_token.pop(session.token, None) is None:
            return
        same = self._by_who[session.who]
        same.remove(session)
        if not same:
            del self._by_who[session.who]

    def _stop_expiry(self, session: Session) -> None:
        timer = self._expiries.pop(session.token, None)
        if timer is not None:
            timer.cancel()


def _nobody_listens(*_: object) -> None:
    return None
