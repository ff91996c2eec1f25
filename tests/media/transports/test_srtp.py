"""SRTP of both profiles, by copy and in place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.transports.srtp import RESEND_WINDOW, TRAILER, SrtpError, SrtpPair, ffi, lib
from media.transports.srtp_keys import PROFILES, Profile, SrtpKeys


def pairs(profile: Profile) -> tuple[SrtpPair, SrtpPair]:
    material = bytes(range(2 * (profile.key_length + profile.salt_length)))
    return (
        SrtpPair(SrtpKeys.from_exporter(profile, material, server=False)),
        SrtpPair(SrtpKeys.from_exporter(profile, material, server=True)),
    )


def rtp(sequence: int, payload: bytes = b"picture") -> bytes:
    return b"\x80\x60" + sequence.to_bytes(2, "big") + bytes(4) + b"\0\0\0\7" + payload


RTCP = bytes.fromhex("80c90001000000aa")


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
def test_both_directions_of_both_protocols(profile: Profile) -> None:
    client, server = pairs(profile)
    for one, other in ((client, server), (server, client)):
        assert other.unprotect_rtp(one.protect_rtp(rtp(1))) == rtp(1)
        assert other.unprotect_rtcp(one.protect_rtcp(RTCP)) == RTCP


def test_what_was_sent_may_be_sent_again_as_it_was_for_a_while() -> None:
    server = pairs(PROFILES[0])[1]
    first = server.protect_rtp(rtp(1))
    for number in range(2, RESEND_WINDOW):
        server.protect_rtp(rtp(number))
    assert server.protect_rtp(rtp(1)) == first
    for number in range(RESEND_WINDOW, RESEND_WINDOW + 10):
        server.protect_rtp(rtp(number))
    with pytest.raises(SrtpError, match="old"):
        server.protect_rtp(rtp(1))


def test_a_packet_twice_is_a_replay() -> None:
    client, server = pairs(PROFILES[0])
    packet = client.protect_rtp(rtp(5))
    server.unprotect_rtp(packet)
    with pytest.raises(SrtpError, match="replay"):
        server.unprotect_rtp(packet)


def test_a_resend_gives_the_same_bytes() -> None:
    client, _ = pairs(PROFILES[0])
    assert client.protect_rtp(rtp(5)) == client.protect_rtp(rtp(5))


def test_a_packet_500_late_is_still_taken() -> None:
    client, server = pairs(PROFILES[0])
    late = client.protect_rtp(rtp(1))
    for sequence in range(2, 502):
        server.unprotect_rtp(client.protect_rtp(rtp(sequence)))
    assert server.unprotect_rtp(late) == rtp(1)


def test_a_changed_byte_fails_authentication() -> None:
    client, server = pairs(PROFILES[0])
    packet = bytearray(client.protect_rtp(rtp(1)))
    packet[14] ^= 1
    with pytest.raises(SrtpError, match="auth"):
        server.unprotect_rtp(bytes(packet))


@given(st.binary(max_size=3000))
def test_garbage_is_refused_by_name(data: bytes) -> None:
    _, server = pairs(PROFILES[0])
    with pytest.raises(SrtpError):
        server.unprotect_rtp(data)
    with pytest.raises(SrtpError):
        server.unprotect_rtcp(data)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
def test_protecting_in_place_is_the_same_as_by_copy(profile: Profile) -> None:
    client, server = pairs(profile)
    by_copy = client.protect_rtp(rtp(9))
    assert len(by_copy) == len(rtp(9)) + client.tag_size
    slab = ffi.new("char[]", len(rtp(9)) + TRAILER)
    ffi.buffer(slab)[0 : len(rtp(9))] = rtp(9)
    length = ffi.new("int *", len(rtp(9)))
    assert lib.srtp_protect(client.outbound, slab, length) == 0
    assert ffi.buffer(slab)[0 : length[0]] == by_copy
    assert server.unprotect_rtp(by_copy) == rtp(9)
