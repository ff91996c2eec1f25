"""A client's checks, as the side that controls and as the one that does not."""

import random

import pytest

from media.synthetic import sdp
from media.synthetic.ice import Checks
from media.transports import stun

CLIENT = stun.Credentials.generate()
SERVER = stun.Credentials.generate()
FIRST, SECOND = ("192.0.2.1", 40000), ("192.0.2.2", 40000)
ME = ("192.0.2.7", 50000)


def the_checks(*, controlling: bool) -> Checks:
    return Checks(CLIENT, SERVER, (FIRST, SECOND), 0.0, random.Random(1), controlling=controlling)


def answer_from(checks: Checks, address: stun.Address, now: float) -> stun.Binding:
    """Answer what was asked of this address; return the question."""
    checks.advance(now)
    datagram = next(datagram for datagram, to in checks.take() if to == address)
    asked = stun.parse(datagram)
    answered = stun.answer(asked, ME, SERVER.password, controlling=not checks.controlling)
    checks.receive(stun.parse(answered), now)
    return asked


def test_who_controls_uses_the_first_candidate_that_answers() -> None:
    checks = the_checks(controlling=True)
    asked = answer_from(checks, SECOND, 0.1)
    assert asked.use_candidate
    assert not asked.controlled
    checks.nominate(FIRST, 0.2)
    assert checks.selected == SECOND


def test_who_does_not_control_moves_to_what_the_server_nominates() -> None:
    checks = the_checks(controlling=False)
    asked = answer_from(checks, SECOND, 0.1)
    assert not asked.use_candidate
    assert asked.controlled
    checks.nominate(FIRST, 0.2)
    assert (checks.state, checks.selected) == ("connected", FIRST)
    assert answer_from(checks, FIRST, 0.3).controlled


def test_what_was_nominated_before_it_answered_is_waited_for() -> None:
    checks = the_checks(controlling=False)
    unannounced = ("192.0.2.9", 9)
    checks.nominate(unannounced, 0.0)
    answer_from(checks, FIRST, 0.0)
    assert (checks.state, checks.selected) == ("checking", None)
    answer_from(checks, unannounced, 0.3)
    assert (checks.state, checks.selected) == ("connected", unannounced)


@pytest.mark.parametrize("controlling", [True, False])
def test_two_sides_with_the_same_role_are_a_conflict(controlling: bool) -> None:
    check = stun.check(
        bytes(12),
        local=CLIENT,
        remote=SERVER,
        tie_breaker=1,
        priority=1,
        use_candidate=False,
        controlling=controlling,
    )
    reply = stun.parse(stun.answer(stun.parse(check), ME, SERVER.password, controlling=controlling))
    assert reply.error_code == stun.ROLE_CONFLICT


@pytest.mark.parametrize(
    ("says", "controlling"),
    [("passive", True), ("actpass", False), ("actpass\r\na=ice-lite", True)],
)
def test_who_offered_controls_unless_it_is_lite(says: str, controlling: bool) -> None:
    text = (
        "v=0\r\na=ice-ufrag:name\r\na=ice-pwd:word\r\na=fingerprint:sha-256 AB\r\n"
        f"a=setup:{says}\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
    )
    assert sdp.parse_answer(text).controlling is controlling
