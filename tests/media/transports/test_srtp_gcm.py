"""RTP that goes out without libsrtp, against libsrtp: the same bytes, whatever the order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.transports.libc import ffi
from media.transports.multi_buffer import TAG_BYTES, MultiBuffer, open_library
from media.transports.srtp import SrtpPair
from media.transports.srtp_gcm import Progress, SentIndex, nearest
from media.transports.srtp_keys import PROFILES, SrtpKeys

SSRC = 0x8000_0007
KEYS = SrtpKeys.from_exporter(PROFILES[0], bytes(range(3, 59)), server=True)


@pytest.fixture(scope="module")
def library() -> MultiBuffer:
    found = open_library()
    if found is None:
        pytest.skip("libipsec-mb is not installed")
    return found


def rtp(sequence: int, ssrc: int = SSRC) -> bytes:
    return b"\x80\x60" + sequence.to_bytes(2, "big") + bytes(4) + ssrc.to_bytes(4, "big") + b"voice"


def sealed(pair: SrtpPair, packet: bytes) -> bytes:
    memory = ffi.new("char[]", packet + bytes(TAG_BYTES))
    address = int(ffi.cast("uintptr_t", memory))
    ssrc, sequence = int.from_bytes(packet[8:12], "big"), int.from_bytes(packet[2:4], "big")
    assert pair.gcm is not None
    assert pair.gcm.seal(address, 12, len(packet), ssrc, sequence)
    return bytes(ffi.buffer(memory, len(packet) + TAG_BYTES))


@given(first=st.integers(200, 0x7FFF), steps=st.lists(st.integers(-100, 3000), max_size=100))
def test_a_stream_comes_out_as_libsrtp_would_have_sent_it(
    library: MultiBuffer, first: int, steps: list[int]
) -> None:
    ours, theirs = SrtpPair(KEYS, library), SrtpPair(KEYS)
    sequence = newest = first
    for step in [0, *steps]:
        sequence = newest + step
        newest = max(newest, sequence)
        packet = rtp(sequence & 0xFFFF)
        assert sealed(ours, packet) == theirs.protect_rtp(packet)


def test_every_stream_counts_by_itself(library: MultiBuffer) -> None:
    ours, theirs = SrtpPair(KEYS, library), SrtpPair(KEYS)
    for sequence in (0x7000, 0xE000, 0x5000, 0xC000, 0x3000):  # comes round twice
        for ssrc in (SSRC, 8):
            packet = rtp(sequence, ssrc)
            assert sealed(ours, packet) == theirs.protect_rtp(packet)
    packet = rtp(3, ssrc=9)
    assert sealed(ours, packet) == theirs.protect_rtp(packet)


def test_another_profile_stays_with_libsrtp(library: MultiBuffer) -> None:
    keys = SrtpKeys.from_exporter(PROFILES[1], bytes(60), server=True)
    assert SrtpPair(keys, library).gcm is None


def test_what_goes_out_by_the_other_library_is_never_given_to_libsrtp(
    library: MultiBuffer,
) -> None:
    with pytest.raises(AssertionError):
        SrtpPair(KEYS, library).protect_rtp(rtp(1))


@given(st.integers(0, 0xFFFF), st.integers(0, 2**40))
def test_the_nearest_number_is_less_than_half_a_round_away(sequence: int, to: int) -> None:
    apart = nearest(sequence, to)
    assert -(2**15) <= apart < 2**15
    assert (to + apart) % 2**16 == sequence


def test_an_index_begins_with_the_number_of_the_first_packet() -> None:
    index = SentIndex()
    assert index.of(0xFFFF) == 0xFFFF
    index.reach(0xFFFF)
    assert index.of(0) == 0x1_0000
    index.reach(0x1_0000)
    index.reach(0xFFFE)  # a resend does not take it back
    assert index.of(0x8000) == 0x8000 + 0x1_0000 - 0x1_0000
    assert index.of(0x7FFF) == 0x1_7FFF


def test_an_index_goes_on_with_whom_it_follows() -> None:
    index, progress = SentIndex(), Progress()
    index.follow(progress, 0xFFF0)
    progress.packets = 0x20
    assert index.of(0x0010) == 0x1_0010
    index.reach(0x1_0000)  # a resend, while it follows
    progress.packets = 0x1_0000
    assert index.of(0x0010) == 0x2_0010


def test_a_packet_sent_by_itself_does_not_part_an_index_from_whom_it_follows() -> None:
    index, progress = SentIndex(), Progress()
    index.follow(progress, 100)
    index.reach(101)  # before the packet itself, which is still on its way
    progress.packets = 0x2_0000
    assert index.of(0x00F0) == 0x2_00F0
    other = Progress()
    index.follow(other, 0x2_00F0)
    assert index.of(0x00F1) == 0x2_00F1


def test_a_packet_older_than_the_first_number_of_all_has_no_index_of_another_packet() -> None:
    index = SentIndex()
    index.reach(2)
    assert index.of(0xFFFF) == -1
