"""Checks that come again are answered as the first one was, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.transports import stun
from media.transports.consent import Consent

SERVER = stun.Credentials("srvufrag", "server-password-of-24-chs")
CLIENT = stun.Credentials("cliufrag", "client-password-of-24-chs")
ADDRESSES = [("192.0.2.7", 50123), ("2001:db8::17", 40000)]
transactions = st.binary(min_size=12, max_size=12)


def a_check(
    transaction: bytes, *, password: str = SERVER.password, use_candidate: bool = True
) -> bytes:
    return stun.check(
        transaction,
        local=CLIENT,
        remote=stun.Credentials(SERVER.ufrag, password),
        tie_breaker=7,
        priority=2130706431,
        use_candidate=use_candidate,
    )


CONSENT = {
    address: Consent(a_check(b"transaction1"), address, SERVER.password) for address in ADDRESSES
}


@given(transactions, st.sampled_from(ADDRESSES))
def test_the_answer_is_the_one_that_reading_the_check_gives(
    transaction: bytes, address: stun.Address
) -> None:
    check = a_check(transaction)
    read = stun.answer(stun.parse(check), address, SERVER.password)
    assert CONSENT[address].answer(check) == read


@given(transactions, st.data())
def test_whatever_was_changed_on_the_way_is_not_answered(
    transaction: bytes, data: st.DataObject
) -> None:
    check = bytearray(a_check(transaction))
    at = data.draw(st.integers(0, len(check) - 1))
    check[at] ^= data.draw(st.integers(1, 255))
    assert CONSENT[ADDRESSES[0]].answer(bytes(check)) is None


@given(st.binary(max_size=200), st.integers(0, 120))
def test_other_bytes_are_not_answered(data: bytes, kept: int) -> None:
    check = a_check(b"transaction2")
    for other in (data, check[:kept], check[:kept] + data, check + data[:1]):
        if other != check:
            assert CONSENT[ADDRESSES[0]].answer(other) is None


@pytest.mark.parametrize(
    "other",
    [
        a_check(b"transaction2", password=CLIENT.password),
        a_check(b"transaction2", use_candidate=False),
    ],
)
def test_another_password_or_another_question_is_not_answered(other: bytes) -> None:
    assert CONSENT[ADDRESSES[0]].answer(other) is None
