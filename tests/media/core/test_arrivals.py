"""Feedback about arrivals, read back by the book (sections 3.1 to 3.1.5 of the draft)."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.arrivals import ENOUGH, LONGEST_S, MAX_STATUSES, SHORTEST_S, Arrivals, chunks
from media.core.outputs import RtcpOut
from media.core.rtcp import TransportFeedback, parse
from tests.media.core.building import RTX, camera, elements, rtp_packet, vp8_payload
from tests.media.core.meeting import Meeting

NUMBERED = 5


@dataclass
class Read:
    base: int
    count: int
    media: int
    times: dict[int, float]
    """Seconds by number."""


def statuses(data: bytes, count: int) -> tuple[list[int], int]:
    found: list[int] = []
    at = 0
    while len(found) < count:
        chunk = int.from_bytes(data[at : at + 2], "big")
        at += 2
        if not chunk & 0x8000:
            found += [chunk >> 13 & 3] * (chunk & 0x1FFF)
        elif not chunk & 0x4000:
            found += [chunk >> (13 - i) & 1 for i in range(14)]
        else:
            found += [chunk >> (12 - 2 * i) & 3 for i in range(7)]
    return found[:count], at


def read(packet: bytes) -> Read:
    assert packet[:2] == bytes((0x8F, 205))
    assert len(packet) == 4 * (int.from_bytes(packet[2:4], "big") + 1)
    base, count = int.from_bytes(packet[12:14], "big"), int.from_bytes(packet[14:16], "big")
    clock = int.from_bytes(packet[16:19], "big") * 0.064
    symbols, at = statuses(packet[20:], count)
    at += 20
    times = {}
    for index, symbol in enumerate(symbols):
        if symbol == 0:
            continue
        size = symbol
        clock += int.from_bytes(packet[at : at + size], "big", signed=symbol == 2) * 0.00025
        at += size
        times[(base + index) & 0xFFFF] = clock
    assert 0 <= len(packet) - at < 4
    (ours,) = parse(packet)
    assert isinstance(ours, TransportFeedback)
    assert (ours.base, ours.statuses) == (base, count)
    assert {n: ours.reference * 0.064 + t * 0.00025 for n, t in ours.received} == pytest.approx(
        times
    )
    return Read(base, count, int.from_bytes(packet[8:12], "big"), times)


def test_every_number_is_told_with_the_time_it_came() -> None:
    arrivals = Arrivals(NUMBERED)
    for number, now in ((7, 100.0), (8, 100.004), (10, 100.1), (9, 100.2)):
        arrivals.came(number, 21, now)
    (packet,) = arrivals.compile(1, 100.3)
    told = read(packet)
    assert (told.base, told.count, told.media) == (7, 4, 21)
    assert told.times == pytest.approx({7: 100.0, 8: 100.004, 10: 100.1, 9: 100.2}, abs=0.001)


def test_what_did_not_come_is_told_as_missing_up_to_the_newest() -> None:
    arrivals = Arrivals(NUMBERED)
    arrivals.came(65534, 21, 5.0)
    arrivals.compile(1, 5.0)
    arrivals.came(3, 21, 5.1)
    (packet,) = arrivals.compile(1, 5.1)
    told = read(packet)
    assert (told.base, told.count) == (65535, 5)
    assert list(told.times) == [3]


def test_what_comes_after_it_was_told_missing_is_told_alone() -> None:
    arrivals = Arrivals(NUMBERED)
    arrivals.came(1, 21, 5.0)
    arrivals.came(3, 21, 5.0)
    arrivals.compile(1, 5.0)
    arrivals.came(2, 21, 5.1)
    arrivals.came(4, 21, 5.1)
    late, fresh = map(read, arrivals.compile(1, 5.1))
    assert (late.base, late.count, fresh.base, fresh.count) == (2, 1, 4, 1)


def test_feedback_is_due_after_some_packets_or_some_time() -> None:
    arrivals = Arrivals(NUMBERED)
    due = [arrivals.came(number, 21, 5.0 + number / 1000) for number in range(ENOUGH)]
    assert due == [False] * (ENOUGH - 1) + [True]
    arrivals.compile(1, 5.01)
    due = [arrivals.came(50 + n, 21, 5.011) for n in range(2 * ENOUGH)]
    assert not any(due), "not more often than that"
    assert arrivals.came(90, 21, 5.011 + SHORTEST_S)
    arrivals.compile(1, 5.1)
    assert not arrivals.due(9.0)
    arrivals.came(91, 21, 9.0)
    assert not arrivals.due(9.0)
    assert arrivals.due(9.0 + LONGEST_S)


def test_nothing_is_said_where_nothing_came() -> None:
    assert Arrivals(NUMBERED).compile(1, 5.0) == []


@given(
    st.lists(st.tuples(st.integers(-40, 3000), st.floats(0, 20)), min_size=1, max_size=60),
    st.integers(0, 0xFFFF),
)
def test_whatever_comes_is_told_and_nothing_else(
    jumps: list[tuple[int, float]], first: int
) -> None:
    arrivals, number, now = Arrivals(NUMBERED), first, 1000.0
    came, told = set(), set()
    for jump, wait in jumps:
        number = (number + jump) & 0xFFFF
        now += wait
        arrivals.came(number, 21, now)
        came.add(number)
        if wait > 5:
            for packet in arrivals.compile(1, now):
                assert len(packet) < 1400
                feedback = read(packet)
                assert feedback.count <= MAX_STATUSES
                told |= set(feedback.times)
    for packet in arrivals.compile(1, now):
        told |= set(read(packet).times)
    assert told == came


@given(st.lists(st.integers(0, 2), min_size=1, max_size=400))
def test_chunks_say_what_they_are_made_of(symbols: list[int]) -> None:
    data = b"".join(chunk.to_bytes(2, "big") for chunk in chunks(symbols))
    found, used = statuses(data, len(symbols))
    assert found == symbols
    assert used == len(data)


# -- in a room --------------------------------------------------------------------------------


def numbered(number: int, ssrc: int = 21, payload_type: int = 96) -> bytes:
    head = elements((4, b"1"), (NUMBERED, number.to_bytes(2, "big")))
    payload = vp8_payload(1, 1, first=True, key=True)
    return rtp_packet(ssrc, number, 5000, payload, payload_type, extensions=head)


def room_of_one() -> Meeting:
    meeting = Meeting()
    source = camera()
    extensions = replace(source.extensions, transport_sequence=NUMBERED)
    meeting.router.add_transport("a", [replace(source, extensions=extensions)], [], meeting.now)
    return meeting


def feedback(meeting: Meeting) -> list[Read]:
    packets = [o.packet for o in meeting.router.take() if isinstance(o, RtcpOut)]
    return [read(packet) for packet in packets if packet[0] == 0x8F and packet[1] == 205]


def test_a_sender_is_told_at_once_when_enough_came_and_soon_when_little_did() -> None:
    meeting = room_of_one()
    for number in range(ENOUGH):
        meeting.router.inbound("a", numbered(number), meeting.now)
    (told,) = feedback(meeting)
    assert list(told.times) == list(range(ENOUGH))
    meeting.router.inbound("a", numbered(ENOUGH), meeting.now + 0.01)
    begun = meeting.now
    while not (later := feedback(meeting)):
        meeting.now += 0.01
        meeting.router.advance(meeting.now)
    assert meeting.now - begun <= 0.3
    assert list(later[0].times) == [ENOUGH]


def test_padding_of_a_probe_and_streams_unknown_are_told_too() -> None:
    meeting = room_of_one()
    head = elements((NUMBERED, (40).to_bytes(2, "big")))
    padding = rtp_packet(9000, 1, 5000, b"", RTX, extensions=head)
    meeting.router.inbound("a", padding, meeting.now)
    meeting.router.inbound("a", numbered(41, ssrc=777, payload_type=99), meeting.now)
    meeting.now += LONGEST_S
    meeting.router.advance(meeting.now)
    (told,) = feedback(meeting)
    assert list(told.times) == [40, 41]


def test_who_does_not_number_packets_is_told_nothing() -> None:
    meeting = Meeting()
    meeting.join("a")
    meeting.run(1)
    packets = [o.packet for _, o in meeting.outputs if isinstance(o, RtcpOut)]
    assert not [packet for packet in packets if packet[0] == 0x8F and packet[1] == 205]


def test_padding_and_repeats_by_which_a_browser_probes_are_no_loss() -> None:
    meeting = room_of_one()
    for number in range(40):
        meeting.router.inbound("a", numbered(number), meeting.now)
        meeting.now = round(meeting.now + 0.01, 6)
    feedback(meeting)
    for number in range(40, 70):
        head = elements((4, b"1"), (NUMBERED, number.to_bytes(2, "big")))
        if number % 2:  # the padding bit, and nothing else (RFC 3550 section 5.1)
            probe = rtp_packet(9000, number, 5000, bytes(223) + b"\xe0", RTX, extensions=head)
            probe = bytes((probe[0] | 0x20,)) + probe[1:]
        else:  # a packet that came already once more
            body = (39).to_bytes(2, "big") + vp8_payload(1, 1, first=True, key=True)
            probe = rtp_packet(9000, number, 5000, body, RTX, extensions=head)
        meeting.router.inbound("a", probe, meeting.now)
        meeting.now = round(meeting.now + 0.01, 6)
        meeting.router.advance(meeting.now)
    head = elements((4, b"1"), (NUMBERED, (70).to_bytes(2, "big")))
    picture = vp8_payload(1, 1, first=True, key=True)
    meeting.router.inbound("a", rtp_packet(21, 40, 5000, picture, extensions=head), meeting.now)
    meeting.now += LONGEST_S
    meeting.router.advance(meeting.now)
    told = [number for one in feedback(meeting) for number in one.times]
    assert sorted(set(told) & set(range(40, 71))) == list(range(40, 71))
    stats = meeting.router.stats()
    assert stats["nacked"] == 0
    assert stats["lost"] == 0
    assert stats["drops"] == {"unwatched": 41, "rtx_padding": 15, "rtx_unasked": 15}
