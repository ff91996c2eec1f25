"""Sound with redundancy (RFC 2198): who loses packets gets each frame twice."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core import redundancy, rtcp_build, rtp
from media.core.malformed import Malformed
from media.core.outputs import RtcpOut
from media.core.router import Router
from media.core.rtcp import ReceiverReport, ReportBlock, parse
from media.core.sections import SlotSpec, Source
from media.core.table import Forward, Row
from tests.media.core.building import EXTENSIONS, OPUS, elements, microphone, rtp_packet
from tests.media.core.spanning_meeting import run, spread

RED = 63
FRAME = 960
SENDER, OTHER_OPUS = 7, 109


def blocks(payload: bytes) -> list[tuple[int, int, bytes]]:
    """Read a payload: payload type, offset and frame of each block, the primary one last."""
    found = redundancy.parse(payload, 0, len(payload))
    return [(b.payload_type, b.offset, payload[b.begin : b.end]) for b in found]


class Talk:
    """One microphone that sends numbered frames, and listeners whose reports say what is lost."""

    def __init__(self, *listeners: str, red: int | None = RED) -> None:
        self.router = Router("room")
        self.now = 100.0
        self.sequence, self.timestamp, self.number = 65_530, 0xFFFF_F000, 0
        self.sent: list[tuple[Row, Forward]] = []
        self.reported = dict.fromkeys(listeners, 0)
        source = Source("0", "audio", "opus", OPUS, 48_000, extensions=EXTENSIONS,
                        red_payload_type=RED)  # fmt: skip
        self.router.add_transport("s", [source], [], self.now)
        for tid in listeners:
            opus = OTHER_OPUS if tid.startswith("f") else OPUS
            slot = SlotSpec(0, "audio", "opus", 1000, opus, 48_000, red_payload_type=red)
            self.router.add_transport(tid, [], [slot], self.now)

    def frame(self, number: int) -> bytes:
        return b"\x78" + number.to_bytes(4, "big") * 12

    def say(self, count: int = 1, *, lose: int = 0, silence: int = 0) -> None:
        """Send frames; `lose` of them are lost before, after `silence` frames that DTX kept."""
        self.timestamp += silence * FRAME
        for _ in range(lose):
            self._next()
        for _ in range(count):
            self.arrive(self.frame(self.number), OPUS)
            self._next()

    def arrive(self, payload: bytes, payload_type: int, *, told: bool = True) -> None:
        """Let a packet come; `told` says that it carries its loudness."""
        level = 20 + (0, 6, 11, 3, 8)[self.number % 5]  # speech is never steady
        loudness = ((EXTENSIONS.audio_level, bytes((level,))),) if told else ()
        head = elements((EXTENSIONS.mid, b"0"), *loudness)
        packet = rtp_packet(
            SENDER, self.sequence, self.timestamp, payload, payload_type, extensions=head
        )
        part = self.router.inbound("s", packet, self.now)
        while part is not None:
            self.sent += [(row, part) for row in part.rows]
            part = part.thinner

    def _next(self) -> None:
        self.sequence, self.timestamp = self.sequence + 1, self.timestamp + FRAME
        self.number += 1
        self.now += 0.02
        self.router.advance(self.now)

    def report(self, tid: str, lost: float, packets: int = 100) -> None:
        self.reported[tid] += packets
        block = ReportBlock(1000, int(lost * 256), 0, 70_000 + self.reported[tid], 0, 0, 0)
        self.router.inbound_rtcp(tid, rtcp_build.receiver_report(9, [block]), self.now)

    def losing(self, tid: str, lost: float = 0.05) -> None:
        self.now += 2.5  # a slot that just began to flow says nothing of its line
        for _ in range(4):
            self.report(tid, lost)

    def to(self, tid: str) -> list[tuple[int, int, int, bytes]]:
        """Return what went out to a listener: payload type, sequence, timestamp, payload."""
        return [
            (
                row.payload_type,
                (part.sequence + row.sequence_offset) & 0xFFFF,
                (part.timestamp + row.timestamp_offset) & 0xFFFFFFFF,
                part.packet[part.payload_start : part.payload_end],
            )
            for row, part in self.sent
            if row.transport == tid
        ]


def test_who_loses_packets_gets_each_frame_twice_and_the_others_plain_sound() -> None:
    talk = Talk("a", "b")
    talk.say(5)
    talk.losing("a")
    talk.say(5)
    assert [kind for kind, *_ in talk.to("b")] == [OPUS] * 10
    assert [kind for kind, *_ in talk.to("a")] == [OPUS] * 5 + [RED] * 5
    assert blocks(talk.to("a")[5][3]) == [(OPUS, 0, talk.frame(5))], "nothing was kept before"
    for number, (_, _, _, payload) in list(enumerate(talk.to("a")))[6:]:
        assert blocks(payload) == [
            (OPUS, FRAME, talk.frame(number - 1)),
            (OPUS, 0, talk.frame(number)),
        ]


def test_numbers_go_on_unbroken_when_redundancy_begins_and_ends() -> None:
    talk = Talk("a", "b")
    talk.say(20)
    talk.losing("a")
    talk.say(20)
    for _ in range(24):
        talk.report("a", 0.0)
        talk.say(30)
    numbers = [(sequence, timestamp) for _, sequence, timestamp, _ in talk.to("a")]
    first = numbers[0]
    assert numbers == [
        ((first[0] + n) & 0xFFFF, (first[1] + n * FRAME) & 0xFFFFFFFF) for n in range(len(numbers))
    ]
    assert talk.to("a")[-1][0] == OPUS
    assert {kind for kind, *_ in talk.to("a")} == {OPUS, RED}


def test_heavy_loss_repeats_two_frames() -> None:
    talk = Talk("a")
    talk.say(5)
    talk.losing("a", 0.2)
    talk.say(5)
    assert [offset for _, offset, _ in blocks(talk.to("a")[-1][3])] == [2 * FRAME, FRAME, 0]


def test_every_receiver_gets_payload_types_of_its_own() -> None:
    talk = Talk("a", "f")
    talk.say(3)
    talk.losing("a")
    talk.losing("f")
    talk.say(3)
    assert {kind for kind, _, _ in blocks(talk.to("a")[-1][3])} == {OPUS}
    assert {kind for kind, _, _ in blocks(talk.to("f")[-1][3])} == {OTHER_OPUS}


def test_after_a_silence_nothing_old_is_repeated() -> None:
    talk = Talk("a")
    talk.losing("a")
    talk.say(3)
    talk.say(1, silence=19)  # 400 ms: more than an offset of 14 bits says
    assert blocks(talk.to("a")[-1][3]) == [(OPUS, 0, talk.frame(3))]
    talk.say(1, silence=5)
    assert [offset for _, offset, _ in blocks(talk.to("a")[-1][3])] == [6 * FRAME, 0]


def test_what_the_sender_lost_is_not_made_up() -> None:
    talk = Talk("a")
    talk.losing("a")
    talk.say(3)
    talk.say(1, lose=1)
    assert len(blocks(talk.to("a")[-1][3])) == 1, "the packet before it is not there"


def test_a_listener_who_does_not_take_redundancy_gets_none() -> None:
    talk = Talk("a", red=None)
    talk.losing("a", 0.2)
    talk.say(5)
    assert {kind for kind, *_ in talk.to("a")} == {OPUS}


def test_loss_around_the_limit_does_not_make_it_flicker() -> None:
    talk = Talk("a")
    for turn in range(60):
        talk.report("a", 0.02 if turn % 2 else 0.04, 50)
        talk.say(50)
    kinds = [kind for kind, *_ in talk.to("a")]
    changes = sum(kind != before for before, kind in pairwise(kinds))
    assert changes == 1


@pytest.mark.parametrize(("loss", "least"), [(0.05, 0.99), (0.1, 0.98), (0.2, 0.97)])
def test_who_loses_packets_still_hears_nearly_every_frame(loss: float, least: float) -> None:
    talk, dice = Talk("a"), Random(3)
    heard: set[bytes] = set()
    lost = sent = 0
    for _ in range(40):
        talk.sent.clear()
        talk.say(50)
        arrived = [packet for packet in talk.to("a") if dice.random() >= loss]
        for kind, _, _, payload in arrived:
            heard |= {frame for *_, frame in blocks(payload)} if kind == RED else {payload}
        talk.report("a", 1 - len(arrived) / 50, 50)
        sent, lost = sent + 50, lost + 50 - len(arrived)
        if talk.number == 500:  # by then it is known that packets are lost
            heard.clear()
    assert lost > 0.8 * loss * sent
    assert len(heard) >= least * 1_500


def test_rows_stay_the_same_object_while_nothing_changes() -> None:
    talk = Talk("a", "b")
    talk.losing("a")
    talk.say(1)
    talk.sent.clear()
    talk.say(10)
    tables = {(row.transport, id(part.rows)) for row, part in talk.sent}
    assert len(tables) == 2


# -- senders who send it -----------------------------------------------------------------------


def test_redundancy_of_a_sender_is_taken_apart_and_fills_what_was_lost() -> None:
    talk = Talk("a")
    talk.say(3)
    talk._next()
    talk._next()  # two packets are lost
    earlier = [(2 * FRAME, talk.frame(3)), (FRAME, talk.frame(4))]
    talk.arrive(redundancy.join(talk.frame(5), OPUS, earlier), RED)
    heard = talk.to("a")
    assert [payload for *_, payload in heard] == [talk.frame(n) for n in range(6)]
    assert [kind for kind, *_ in heard] == [OPUS] * 6
    steps = {(later[1] - at[1]) & 0xFFFF for at, later in pairwise(heard)}
    assert steps == {1}
    times = {(later[2] - at[2]) & 0xFFFFFFFF for at, later in pairwise(heard)}
    assert times == {FRAME}
    stream = talk.router._transports["s"].streams[SENDER]
    assert stream.recovered.count == 2
    assert stream.expected() - stream.received() == 2, "its encoder is to know of the loss"


def test_what_came_already_is_not_sent_twice() -> None:
    talk = Talk("a")
    talk.say(3)
    talk.arrive(redundancy.join(talk.frame(3), OPUS, [(FRAME, talk.frame(2))]), RED)
    assert [payload for *_, payload in talk.to("a")] == [talk.frame(n) for n in range(4)]


@pytest.mark.parametrize("late", [1, 2, 5])
def test_a_packet_that_was_only_late_goes_out_once_and_was_not_lost(late: int) -> None:
    talk = Talk("a", "b")
    talk.losing("b")
    packets = [
        (redundancy.join(talk.frame(n), OPUS, [(FRAME, talk.frame(n - 1))] if n else []), n)
        for n in range(10)
    ]
    overtaken = packets.pop(3)
    packets.insert(3 + late, overtaken)
    first_sequence, first_timestamp = talk.sequence, talk.timestamp
    for payload, n in packets:
        talk.sequence, talk.timestamp = first_sequence + n, first_timestamp + n * FRAME
        talk.arrive(payload, RED)
    for listener in "ab":
        numbers = [sequence for _, sequence, _, _ in talk.to(listener)]
        assert len(numbers) == len(set(numbers)) == 10
    stream = talk.router._transports["s"].streams[SENDER]
    assert stream.expected() == stream.received() == 10


def test_redundancy_that_is_received_goes_on_to_those_who_lose() -> None:
    talk = Talk("a", "b")
    talk.losing("b")
    for number in range(4):
        earlier = [(FRAME, talk.frame(number - 1))] if number else []
        talk.arrive(redundancy.join(talk.frame(number), OPUS, earlier), RED)
        talk._next()
    assert [payload for *_, payload in talk.to("a")] == [talk.frame(n) for n in range(4)]
    assert [frame for *_, frame in blocks(talk.to("b")[-1][3])] == [talk.frame(2), talk.frame(3)]


def test_the_room_hears_how_loud_a_sender_of_redundancy_is() -> None:
    talk = Talk("a")
    for number in range(30):
        talk.arrive(redundancy.join(talk.frame(number), OPUS, []), RED)
        talk._next()
    assert talk.router.dump()["speaker"] == "s"


def test_who_is_on_another_worker_hears_what_came_as_redundancy() -> None:
    here, there = spread()
    source = replace(microphone(), red_payload_type=RED)
    here.spanning.add_transport("s", [source], [], here.now)
    there.join("b", video=False)
    run([here, there], 0.5)
    head = elements((EXTENSIONS.mid, b"0"), (EXTENSIONS.audio_level, b"\x14"))
    for number in range(100):
        payload = redundancy.join(b"new" * 20, OPUS, [(FRAME, b"old" * 20)])
        sent = rtp_packet(SENDER, number, number * FRAME, payload, RED, extensions=head)
        if number % 4 != 2:
            here.arrive("s", sent)
        run([here, there], 0.02)
    (ssrc,) = there.viewers["b"].received
    assert there.viewers["b"].missing(ssrc) == []
    assert len(there.viewers["b"].of(ssrc)) > 90
    assert {packet.octets for packet in there.viewers["b"].of(ssrc)} == {60 + 60}, "plain"


@pytest.mark.parametrize(("primary", "speaker"), [(b"\x78\xff\xfe", None), (b"\x78" * 60, "s")])
def test_a_silence_that_repeats_speech_is_silence_where_no_loudness_is_told(
    primary: bytes, speaker: str | None
) -> None:
    talk = Talk("a")
    for number in range(30):
        payload = redundancy.join(primary, OPUS, [(FRAME, talk.frame(number))])
        talk.arrive(payload, RED, told=False)
        talk._next()
    assert talk.router.dump()["speaker"] == speaker


@pytest.mark.parametrize(
    "payload",
    [b"", b"\xef", b"\xef\x00\x00", b"\xef\x0f\x00\x30", b"\xef\x0f\x00\x30\x6f", b"\x80" * 60],
)
def test_a_broken_payload_is_dropped_under_its_reason(payload: bytes) -> None:
    talk = Talk("a")
    talk.say(3)
    talk.arrive(payload, RED)
    assert len(talk.to("a")) == 3
    drops = talk.router.stats()["drops"]
    assert isinstance(drops, dict)
    assert drops == {"red": 1}


@given(st.binary(max_size=200))
def test_no_payload_raises_anything_but_malformed(payload: bytes) -> None:
    header = rtp.parse(rtp_packet(1, 2, 3, payload, RED))
    packet = rtp_packet(1, 2, 3, payload, RED)
    try:
        found = redundancy.take_apart(packet, header, OPUS)
    except Malformed:
        return
    assert found[-1][1].sequence == 2


@given(
    st.binary(min_size=1, max_size=400),
    st.lists(st.tuples(st.integers(1, 0x3FFF), st.binary(max_size=0x3FF)), max_size=3),
)
def test_what_is_joined_comes_apart_again(primary: bytes, earlier: list[tuple[int, bytes]]) -> None:
    joined = redundancy.join(primary, OPUS, earlier)
    assert blocks(joined) == [*((OPUS, *one) for one in earlier), (OPUS, 0, primary)]


def test_a_report_of_the_room_counts_what_came_by_itself() -> None:
    talk = Talk("a")
    talk.say(50)
    talk._next()
    talk.arrive(redundancy.join(talk.frame(51), OPUS, [(FRAME, talk.frame(50))]), RED)
    talk.router.take()
    talk.now += 2
    talk.router.advance(talk.now)
    reports = [
        packet
        for output in talk.router.take()
        if isinstance(output, RtcpOut) and output.transport == "s"
        for packet in parse(output.packet)
        if isinstance(packet, ReceiverReport)
    ]
    assert [block.lost for block in reports[-1].blocks] == [1]
