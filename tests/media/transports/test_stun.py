"""Checks of a client and the answers of an ice-lite server."""

import binascii
import hmac
import socket
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.transports import stun
from media.transports.addresses import packed
from media.transports.dtls import Certificate
from media.transports.transport import Transport

SERVER = stun.Credentials("srvufrag", "server-password-of-24-chs")
CLIENT = stun.Credentials("cliufrag", "client-password-of-24-chs")
ME = ("192.0.2.7", 50123)
SOURCE = packed(socket.AF_INET, *ME)


def a_check(**changes: bool) -> bytes:
    return stun.check(
        b"transaction1",
        local=CLIENT,
        remote=SERVER,
        tie_breaker=7,
        priority=2130706431,
        use_candidate=changes.get("use_candidate", True),
    )


def test_a_check_names_both_sides_and_is_signed_with_the_servers_password() -> None:
    check = stun.parse(a_check())
    assert (check.kind, check.receiver_ufrag, check.sender_ufrag) == (
        "request",
        "srvufrag",
        "cliufrag",
    )
    assert check.use_candidate
    assert check.is_from(SERVER.password)
    assert not check.is_from(CLIENT.password)


def test_a_check_without_nomination_says_so() -> None:
    assert not stun.parse(a_check(use_candidate=False)).use_candidate


@pytest.mark.parametrize("address", [ME, ("2001:db8::17", 40000)])
def test_the_answer_tells_the_client_its_address(address: stun.Address) -> None:
    answer = stun.parse(stun.answer(stun.parse(a_check()), address, SERVER.password))
    assert (answer.kind, answer.transaction, answer.mapped) == (
        "response",
        b"transaction1",
        address,
    )
    assert answer.is_from(SERVER.password)


@given(
    st.ip_addresses().map(str),
    st.integers(0, 0xFFFF),
    st.binary(min_size=12, max_size=12),
    st.text("abcXYZ09+/", min_size=22, max_size=32),
)
def test_the_answer_is_what_the_codec_would_write(
    host: str, port: int, transaction: bytes, password: str
) -> None:
    from aioice import stun as wire

    server = stun.Credentials("srvufrag", password)
    check = stun.check(
        transaction, local=CLIENT, remote=server, tie_breaker=7, priority=1, use_candidate=True
    )
    message = wire.Message(wire.Method.BINDING, wire.Class.RESPONSE, transaction)
    message.attributes["XOR-MAPPED-ADDRESS"] = (host, port)
    message.add_message_integrity(password.encode())
    assert stun.answer(stun.parse(check), (host, port), password) == bytes(message)


def test_a_client_that_wants_to_be_controlled_gets_a_role_conflict() -> None:
    from aioice import stun as wire

    message = wire.Message(wire.Method.BINDING, wire.Class.REQUEST, b"transaction1")
    message.attributes["USERNAME"] = "srvufrag:cliufrag"
    message.attributes["ICE-CONTROLLED"] = 9
    message.add_message_integrity(SERVER.password.encode())
    answer = stun.parse(stun.answer(stun.parse(bytes(message)), ME, SERVER.password))
    assert (answer.kind, answer.error_code) == ("error", stun.ROLE_CONFLICT)


def asking_for(*attributes: int, password: str = SERVER.password) -> bytes:
    """Build a check with attributes of these types before its signature."""
    asked = a_check()[20:-32] + b"".join(kind.to_bytes(2, "big") + b"\0\0" for kind in attributes)
    head = b"\0\1" + (len(asked) + 24).to_bytes(2, "big") + a_check()[4:20]
    signature = hmac.digest(password.encode(), head + asked, "sha1")
    return with_body(asked + b"\0\x08\0\x14" + signature)


@pytest.mark.parametrize("unknown", [(0x7F00,), (0x0002, 0x7F00), (0x0003, 0x0026, 0x7FFF)])
def test_what_has_to_be_understood_and_is_not_is_named(unknown: tuple[int, ...]) -> None:
    reply = stun.answer(stun.parse(asking_for(0xC001, *unknown)), ME, SERVER.password)
    answer = stun.parse(reply)
    assert (answer.kind, answer.error_code) == ("error", stun.UNKNOWN_ATTRIBUTE)
    assert answer.transaction == b"transaction1"
    assert answer.is_from(SERVER.password)
    names = b"".join(kind.to_bytes(2, "big") for kind in unknown)
    assert b"\0\x0a" + len(names).to_bytes(2, "big") + names in reply


def test_what_need_not_be_understood_is_passed_over() -> None:
    answer = stun.parse(stun.answer(stun.parse(asking_for(0x8054, 0xC057)), ME, SERVER.password))
    assert answer.kind == "response"


def test_only_a_check_with_the_right_signature_is_told_what_is_not_understood() -> None:
    transport = Transport("a", Certificate.generate(), [("sha-256", "AB" * 32)], 0.0)
    ours = transport.credentials.password
    wrong = stun.parse(asking_for(0x7F00, password=CLIENT.password))
    assert transport.receive_check(wrong, SOURCE, 1.0) is None
    right = stun.parse(asking_for(0x7F00, password=ours))
    reply = transport.receive_check(right, SOURCE, 2.0)
    assert reply is not None
    assert stun.parse(reply).error_code == stun.UNKNOWN_ATTRIBUTE
    # It opens no way, and is no sign of life.
    assert (transport.sources, transport.destination, transport.heard) == ({}, None, 0.0)
    assert transport.receive_again(asking_for(0x7F00, password=ours), SOURCE, 3.0) is None


def test_a_stranger_is_told_without_a_signature() -> None:
    answer = stun.parse(stun.refuse(stun.parse(a_check()), stun.UNAUTHORIZED, "Unauthorized"))
    assert (answer.kind, answer.error_code) == ("error", 401)
    assert not answer.is_from(SERVER.password)


def test_a_changed_bit_is_noticed() -> None:
    check = a_check()
    for at in range(len(check)):
        broken = bytearray(check)
        broken[at] ^= 1
        try:
            parsed = stun.parse(bytes(broken))
        except stun.StunError:
            continue
        pytest.fail(f"byte {at} changed unnoticed: {parsed}")


@given(st.binary(max_size=200))
def test_random_bytes_raise_only_stun_errors(data: bytes) -> None:
    for datagram in (data, b"\0\1" + len(data).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + data):
        with pytest.raises(stun.StunError):
            stun.parse(datagram)


@given(st.integers(0, len(a_check()) - 1), st.binary(min_size=1, max_size=8))
def test_mutated_checks_raise_only_stun_errors(at: int, noise: bytes) -> None:
    check = a_check()
    mutated = check[:at] + noise + check[at + len(noise) :]
    if mutated != check:
        with pytest.raises(stun.StunError):
            stun.parse(mutated)


def with_body(body: bytes) -> bytes:
    """Build a request with these attributes and a right FINGERPRINT at the end."""
    head = b"\0\1" + (len(body) + 8).to_bytes(2, "big") + a_check()[4:20]
    crc = binascii.crc32(head + body) ^ 0x5354554E
    return head + body + b"\x80\x28\0\4" + crc.to_bytes(4, "big")


def test_what_stands_behind_the_signature_does_not_count() -> None:
    signed = a_check(use_candidate=False)[20:-8]
    check = stun.parse(with_body(signed + b"\0\x25\0\0"))  # USE-CANDIDATE, put in on the way
    assert check.is_from(SERVER.password)
    assert not check.use_candidate


@pytest.mark.parametrize(
    "broken",
    [b"\0\6\0\x40name", b"\0\6", b"\0\6\0\2\xff\xff\0\0", b"\0\x08\0\4abcd", b"\0\x09\0\0"],
    ids=["too long", "no length", "no text", "short signature", "no error code"],
)
def test_attributes_that_contradict_themselves_are_refused(broken: bytes) -> None:
    with pytest.raises(stun.StunError, match="malformed"):
        stun.parse(with_body(broken))


@given(
    st.ip_addresses().map(str),
    st.integers(0, 0xFFFF),
    st.sampled_from([400, 401, 487, 500]),
    st.booleans(),
)
def test_what_the_codec_writes_is_read(host: str, port: int, code: int, controlled: bool) -> None:
    from aioice import stun as wire

    message = wire.Message(wire.Method.BINDING, wire.Class.ERROR, b"transaction1")
    message.attributes["SOFTWARE"] = "another"
    message.attributes["USERNAME"] = "连村:cliufrag"
    message.attributes["XOR-MAPPED-ADDRESS"] = (host, port)
    message.attributes["ERROR-CODE"] = (code, "no")
    if controlled:
        message.attributes["ICE-CONTROLLED"] = 9
    message.add_message_integrity(SERVER.password.encode())
    read = stun.parse(bytes(message))
    assert read.mapped is not None
    assert (ip_address(read.mapped[0]), read.mapped[1]) == (ip_address(host), port)
    assert (read.kind, read.error_code) == ("error", code)
    assert (read.username, read.controlled) == ("连村:cliufrag", controlled)
    assert read.is_from(SERVER.password)


def test_credentials_are_long_enough_and_differ() -> None:
    drawn = {stun.Credentials.generate() for _ in range(100)}
    assert len(drawn) == 100
    assert all(len(c.ufrag) >= 4 and len(c.password) >= 22 for c in drawn)


def test_whom_a_check_is_for_is_found_without_reading_it_all() -> None:
    assert stun.receiver_name(a_check()) == "srvufrag"
    assert stun.receiver_name(a_check()[:60]) == "srvufrag"
    assert stun.receiver_name(stun.answer(stun.parse(a_check()), ME, SERVER.password)) is None


@given(st.binary(max_size=120))
def test_a_name_is_looked_for_in_anything(data: bytes) -> None:
    found = stun.receiver_name(data)
    assert found is None or isinstance(found, str)
