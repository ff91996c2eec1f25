"""Packets in a byte stream, however it is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.transports.framing import LONGEST, Deframer, FramingError, framed

PACKETS = st.lists(st.binary(min_size=1, max_size=LONGEST), max_size=8)


@given(PACKETS, st.lists(st.integers(1, 3000), min_size=1))
def test_packets_come_out_as_they_went_in_however_the_stream_is_cut(
    packets: list[bytes], cuts: list[int]
) -> None:
    stream, deframer, found, turn = framed(packets), Deframer(), [], 0
    while stream:
        size = cuts[turn % len(cuts)]
        found += deframer.feed(stream[:size])
        stream, turn = stream[size:], turn + 1
    assert found == packets


def test_an_empty_packet_is_left_out() -> None:
    assert Deframer().feed(b"\0\0" + framed([b"x"])) == [b"x"]


def test_a_length_that_none_of_ours_has_ends_the_stream() -> None:
    with pytest.raises(FramingError):
        Deframer().feed(b"GET / HTTP/1.1\r\n")


@given(st.lists(st.binary(max_size=5000)))
def test_it_keeps_at_most_the_beginning_of_one_packet(pieces: list[bytes]) -> None:
    deframer = Deframer()
    try:
        for piece in pieces:
            deframer.feed(piece)
    except FramingError:
        return
    assert len(deframer._begun) < LONGEST + 2
