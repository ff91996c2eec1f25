"""A room counts persons, not devices, and knows whom the meeting calls."""

import pytest

from scheduler.accounts import Identity
from signaling.protocol.server import Speaker
from signaling.protocol.views import Counts
from tests.signaling.builders import (
    RecordedLine,
    device,
    expected,
    identity,
    peer,
    phone,
    room,
)


def test_a_person_at_two_devices_is_counted_once() -> None:
    it = room(expected("p1"), expected("p2"))
    it.add(peer("a", identity(phone("d1")), "p1"))
    it.add(peer("b", identity(None, "p1"), "p1"))
    assert it.counts() == Counts(expected=2, present=1, on_leave=0, uncounted_rooms=0)


def test_who_came_and_left_again_is_still_counted_as_come_but_not_as_here() -> None:
    it = room(expected("p1"))
    there = peer("a", identity(phone("d1")), "p1")
    it.add(there)
    assert it.remove(there)
    assert it.counts().present == 1
    assert it.here() == set()


def test_leave_counts_until_the_person_comes_after_all() -> None:
    it = room(expected("p1", leave=True))
    assert it.counts().on_leave == 1
    it.add(peer("a", identity(phone("d1")), "p1"))
    assert (it.counts().on_leave, it.counts().present) == (0, 1)


def test_non_voting_attendees_are_in_no_count() -> None:
    it = room(expected("p1", standing="non_voting"))
    it.add(peer("a", identity(phone("d1")), "p1"))
    assert it.counts() == Counts(expected=0, present=0, on_leave=0, uncounted_rooms=0)


def test_a_meeting_room_is_uncounted_until_its_roll_call() -> None:
    it = room(expected("p1", site="s1"), expected("p2", site="s1"), sites=("s1",))
    it.add(peer("a", identity(device("meeting_room", "d1", site="s1"))))
    assert it.counts() == Counts(expected=2, present=0, on_leave=0, uncounted_rooms=1)
    it.mark("s1", "p1", "present", None)
    it.mark("s1", "p2", "leave", None)
    assert it.counts() == Counts(expected=2, present=1, on_leave=1, uncounted_rooms=0)
    assert it.here() == {"p1"}


def test_the_last_tick_of_a_roll_call_counts() -> None:
    it = room(expected("p1", site="s1"), sites=("s1",))
    it.mark("s1", "p1", "present", None)
    it.mark("s2", "p1", "absent", None)
    assert it.counts().present == 0


def test_somebody_for_whom_a_substitute_came_did_not_come() -> None:
    it = room(expected("p1", site="s1"), sites=("s1",))
    it.mark("s1", "p1", "present", "p9")
    assert it.counts().present == 0


@pytest.mark.parametrize(
    "who",
    [
        identity(phone(site="s1")),
        identity(phone(holder="p1")),
        identity(phone(holder="host")),
        identity(None, "p1"),
        identity(None, "recorder"),
        identity(phone(site="elsewhere"), "p1"),
    ],
    ids=lambda who: str(who)[:60],
)
def test_a_meeting_calls_its_sites_its_people_and_who_runs_it(who: Identity) -> None:
    it = room(expected("p1"), sites=("s1",), host="host", recorder="recorder")
    assert it.invites(who)


@pytest.mark.parametrize(
    "who", [identity(phone(site="s2", holder="p2")), identity(phone()), identity(None, "p2")]
)
def test_a_meeting_calls_nobody_else(who: Identity) -> None:
    assert not room(expected("p1"), sites=("s1",)).invites(who)


def test_a_broadcast_reaches_everybody_but_the_one_it_is_about() -> None:
    it, lines = room(), [RecordedLine() for _ in range(3)]
    peers = [peer(str(n), identity(phone(f"d{n}"))) for n in range(3)]
    for one, line in zip(peers, lines, strict=True):
        one.session.line = line
        it.add(one)
    it.broadcast(Speaker(peer="0"), besides=peers[0])
    assert [line.types() for line in lines] == [[], ["speaker"], ["speaker"]]
