"""RTP headers and their extensions, with literal packets and hostile bytes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core import rtp
from media.core.malformed import Malformed

HEAD = bytes.fromhex("80e01234 00bc614e 11223344")


def with_extension(profile: str, block: str, payload: bytes = b"xyz") -> bytes:
    data = bytes.fromhex(block)
    head = bytes([HEAD[0] | 0x10]) + HEAD[1:]
    return head + bytes.fromhex(profile) + (len(data) // 4).to_bytes(2, "big") + data + payload


def test_the_fixed_header_is_read() -> None:
    header = rtp.parse(HEAD + b"payload")
    assert (header.marker, header.payload_type) == (0x80, 96)
    assert (header.sequence, header.timestamp, header.ssrc) == (0x1234, 12345678, 0x11223344)
    assert (header.payload_start, header.payload_end) == (12, 19)


def test_contributing_sources_are_passed_over() -> None:
    header = rtp.parse(bytes([0x82]) + HEAD[1:] + bytes(8) + b"pay")
    assert (header.payload_start, header.payload_end) == (20, 23)


def test_padding_is_left_out_of_the_payload() -> None:
    header = rtp.parse(bytes([0xA0]) + HEAD[1:] + b"pay" + b"\0\0\3")
    assert (header.payload_start, header.payload_end) == (12, 15)


def test_a_packet_may_be_padding_only() -> None:
    header = rtp.parse(bytes([0xA0]) + HEAD[1:] + b"\0\0\0\4")
    assert header.payload_start == header.payload_end == 12


def test_one_byte_extensions_are_found_by_id() -> None:
    # id 1 of 1 byte, two bytes of padding, id 4 of 3 bytes
    packet = with_extension("bede", "1085 0000 42 663030 00000000"[:-2] + "00")
    header = rtp.parse(packet)
    assert rtp.extension(packet, header, 1) == b"\x85"
    assert rtp.text_extension(packet, header, 4) == "f00"
    assert rtp.extension(packet, header, 2) is None
    assert packet[header.payload_start : header.payload_end] == b"xyz"


def test_two_byte_extensions_may_be_empty_and_have_any_appbits() -> None:
    packet = with_extension("1005", "0100 1402 6869 00 00")
    header = rtp.parse(packet)
    assert rtp.extension(packet, header, 1) == b""
    assert rtp.extension(packet, header, 0x14) == b"hi"


def test_nothing_is_read_behind_the_reserved_id() -> None:
    packet = with_extension("bede", "f0 10 85 00")
    assert rtp.extension(packet, rtp.parse(packet), 1) is None


def test_an_unknown_profile_has_no_elements() -> None:
    packet = with_extension("abcd", "10850000")
    assert rtp.extension(packet, rtp.parse(packet), 1) is None


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (b"", "rtp_short"),
        (HEAD[:11], "rtp_short"),
        (b"\x40" + HEAD[1:], "rtp_version"),
        (b"\x8f" + HEAD[1:], "rtp_short"),
        (b"\x90" + HEAD[1:] + b"\xbe\xde", "rtp_extension"),
        (b"\x90" + HEAD[1:] + b"\xbe\xde\x00\x02" + bytes(7), "rtp_extension"),
        (b"\xa0" + HEAD[1:], "rtp_padding"),
        (b"\xa0" + HEAD[1:] + b"\0", "rtp_padding"),
        (b"\xa0" + HEAD[1:] + b"ab\4", "rtp_padding"),
    ],
)
def test_broken_headers_name_what_is_wrong(packet: bytes, reason: str) -> None:
    with pytest.raises(Malformed) as caught:
        rtp.parse(packet)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("profile", "block"), [("bede", "13000000"), ("1000", "01ff0000"), ("1000", "00000001")]
)
def test_an_element_must_end_inside_its_block(profile: str, block: str) -> None:
    packet = with_extension(profile, block, payload=b"")
    with pytest.raises(Malformed):
        rtp.extension(packet, rtp.parse(packet), 9)


def test_a_rid_must_be_text() -> None:
    packet = with_extension("bede", "11ff fe00")
    with pytest.raises(Malformed):
        rtp.text_extension(packet, rtp.parse(packet), 1)


def test_a_retransmission_becomes_the_original_again() -> None:
    packet = with_extension("bede", "10850000", b"\x00\x07original")
    original = rtp.unwrap_rtx(packet, rtp.parse(packet), 0xAABBCCDD, 100)
    assert original == bytes.fromhex("80e40007 00bc614e aabbccdd") + b"original"


def test_a_retransmission_of_nothing_is_refused() -> None:
    with pytest.raises(Malformed):
        rtp.unwrap_rtx(HEAD + b"\0", rtp.parse(HEAD + b"\0"), 1, 96)


@given(st.binary(max_size=80), st.integers(0, 255), st.booleans())
def test_any_bytes_are_read_or_refused(data: bytes, wanted: int, rtp_like: bool) -> None:
    packet = memoryview(bytes([0x90]) + data if rtp_like else data)
    with suppress(Malformed):
        header = rtp.parse(packet)
        assert 12 <= header.payload_start <= header.payload_end <= len(packet)
        rtp.text_extension(packet, header, wanted)
        rtp.unwrap_rtx(packet, header, 1, 96)
