"""Who resumes, who is replaced, and whose grace runs out."""

import asyncio
from datetime import timedelta

from scheduler.accounts import Identity
from scheduler.clock import SystemClock
from signaling.protocol.codec import Frame
from signaling.sessions.registry import PER_PERSON, Sessions
from signaling.sessions.session import EndReason, Session
from tests.signaling.builders import START, RecordedLine, identity, phone

WELCOME = Frame.answer(0, None)


class Listener:
    """Hears of sessions that are away or over."""

    def __init__(self, sessions: Sessions) -> None:
        self.away: list[Session] = []
        self.ended: asyncio.Queue[tuple[Session, EndReason]] = asyncio.Queue()
        sessions.on_away = self.away.append
        sessions.on_end = lambda session, reason: self.ended.put_nowait((session, reason))


def registry(grace_s: float = 30.0) -> Sessions:
    return Sessions(SystemClock(), grace_s, 64)


def enter(
    sessions: Sessions, who: Identity, resume: str | None = None, credential: str = "key"
) -> tuple[Session, bool, RecordedLine]:
    session, resumed = sessions.claim(who, credential, "en", resume)
    line = RecordedLine()
    session.attach(line, WELCOME, session.seq)
    return session, resumed, line


async def test_a_device_comes_back_to_its_session_within_the_grace() -> None:
    sessions = registry()
    first, _, line = enter(sessions, identity(phone()))
    sessions.detach(first, line)
    second, resumed, _ = enter(sessions, identity(phone()), first.token)
    assert resumed
    assert second is first
    assert second.is_there
    sessions.stop()


async def test_a_device_that_stays_away_loses_its_session() -> None:
    sessions = registry(grace_s=0.01)
    listener = Listener(sessions)
    session, _, line = enter(sessions, identity(phone()))
    sessions.detach(session, line)
    assert listener.away == [session]
    assert await asyncio.wait_for(listener.ended.get(), 5) == (session, "expired")
    assert session.away_since is not None
    _, resumed, _ = enter(sessions, identity(phone()), session.token)
    assert not resumed
    sessions.stop()


async def test_a_second_connection_of_a_session_replaces_the_first() -> None:
    sessions = registry()
    session, _, first = enter(sessions, identity(phone()))
    _, resumed, second = enter(sessions, identity(phone()), session.token)
    assert resumed
    assert first.ended == "replaced"
    sessions.detach(session, first)  # the old connection notices only now
    assert session.is_there
    assert second.ended is None
    sessions.stop()


async def test_a_device_that_comes_anew_replaces_its_older_session() -> None:
    sessions = registry()
    listener = Listener(sessions)
    older, _, line = enter(sessions, identity(phone()))
    newer, resumed, _ = enter(sessions, identity(phone()))
    assert not resumed
    assert newer is not older
    assert line.ended == "replaced"
    assert listener.ended.get_nowait() == (older, "replaced")
    assert list(sessions) == [newer]


async def test_nobody_resumes_the_session_of_another_device_or_person() -> None:
    sessions = registry()
    mine, _, _ = enter(sessions, identity(phone("d1")))
    for stranger in (identity(phone("d2")), identity(None, "p1"), identity(phone("d1"), "p1")):
        theirs, resumed, _ = enter(sessions, stranger, mine.token)
        assert not resumed
        assert theirs is not mine


async def test_one_person_may_look_from_several_pages_but_not_from_any_number() -> None:
    sessions = registry()
    lines = [enter(sessions, identity(None, "p1"))[2] for _ in range(PER_PERSON + 2)]
    assert [line.ended for line in lines] == ["replaced"] * 2 + [None] * PER_PERSON
    assert len(sessions) == PER_PERSON


async def test_a_revoked_device_is_put_out() -> None:
    sessions = registry()
    _, _, line = enter(sessions, identity(phone("d1")))
    _, _, other = enter(sessions, identity(phone("d2")))
    sessions.dismiss("revoked", device="d1")
    assert (line.ended, other.ended) == ("revoked", None)


async def test_a_device_that_is_revoked_before_it_says_hello_is_put_out_too() -> None:
    sessions = registry()
    early, other, late = RecordedLine(), RecordedLine(), RecordedLine()
    for line, name in ((early, "d1"), (other, "d2"), (late, "d1")):
        sessions.expect(line, identity(phone(name)), "key")
    sessions.greeted(late)
    sessions.dismiss("revoked", device="d1")
    assert (early.ended, other.ended, late.ended) == ("revoked", None, None)


async def test_a_sign_out_ends_the_sessions_of_that_sign_in_only() -> None:
    sessions = registry()
    _, _, here = enter(sessions, identity(None, "p1"), credential="here")
    _, _, there = enter(sessions, identity(None, "p1"), credential="there")
    sessions.dismiss("signed_out", credential="here")
    assert (here.ended, there.ended) == ("signed_out", None)


async def test_a_sign_in_that_ran_out_ends() -> None:
    sessions = registry()
    _, _, line = enter(sessions, identity(None, "p1"))
    sessions.end_outdated(START)
    assert line.ended is None
    sessions.end_outdated(START + timedelta(days=9001))
    assert line.ended == "signed_out"
