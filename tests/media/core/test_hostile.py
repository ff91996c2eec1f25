"""Whatever bytes arrive, the room goes on, counts them, and does not grow."""

import sys
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from media.core import rtcp_build
from tests.media.core.building import Camera, Microphone
from tests.media.core.meeting import Meeting

KNOWN_REASONS = {
    "before_start",
    "duplicate",
    "nack_unknown_ssrc",
    "payload_type",
    "pli_unknown_ssrc",
    "resend_not_kept",
    "resend_repeated",
    "resend_throttled",
    "rtcp_content",
    "rtcp_length",
    "rtcp_padding",
    "rtcp_short",
    "rtcp_version",
    "rtp_extension",
    "rtp_padding",
    "rtp_short",
    "rtp_version",
    "rtx_padding",
    "rtx_unasked",
    "too_late",
    "unknown_ssrc",
    "unknown_transport",
    "unwatched",
    "vp8_descriptor",
}


def good_packets() -> list[bytes]:
    layer, microphone = Camera(21, rid="f"), Microphone(20)
    reports = (
        rtcp_build.receiver_report(1)
        + rtcp_build.source_description([1], "x")
        + rtcp_build.remb(1, 10**6, [2000])
        + rtcp_build.nack(1, 2000, [1, 2, 70])
        + rtcp_build.pli(1, 2000)
    )
    return [*layer.frame(key=True), microphone.packet(30), reports]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A good packet, cut, and with some bytes changed."""
    data = bytearray(draw(st.sampled_from(good_packets())))
    for _ in range(draw(st.integers(0, 4))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)))])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=60), mutated()), max_size=30))
def test_no_packet_raises_and_every_drop_has_a_name(packets: list[bytes]) -> None:
    meeting = Meeting()
    meeting.join("a", rids=("q", "h", "f"))
    meeting.join("b", rids=("q", "h", "f"))
    for step, packet in enumerate(packets):
        now = 100.0 + step / 20
        for tid in ("a", "b", "nobody"):
            meeting.router.inbound(tid, memoryview(packet), now)
            meeting.router.inbound_rtcp(tid, memoryview(packet), now)
        meeting.router.advance(now)
        meeting.router.take()
    drops = meeting.router.stats()["drops"]
    assert isinstance(drops, dict)
    assert set(drops) <= KNOWN_REASONS


def test_a_meeting_goes_on_through_garbage_and_nothing_grows() -> None:
    meeting, chance = Meeting(), Random(7)
    for name in "abc":
        meeting.join(name, rids=("q", "h", "f"))
    meeting.run(2)
    good = good_packets()

    def garbage(count: int) -> None:
        for _ in range(count):
            packet = bytearray(chance.choice(good))
            for _ in range(chance.randint(1, 8)):
                packet[chance.randrange(len(packet))] = chance.randrange(256)
            meeting.router.inbound(
                "c", bytes(packet[: chance.randrange(len(packet) + 1)]), meeting.now
            )
            meeting.router.inbound_rtcp("c", bytes(packet), meeting.now)

    for _ in range(20):
        garbage(100)
        meeting.run(0.1)
    before = sys.getsizeof(repr(meeting.router.dump()))
    for _ in range(20):
        garbage(200)
        meeting.run(0.1)
    frames = len(meeting.frames("a"))
    meeting.run(1)
    assert len(meeting.frames("a")) - frames > 40
    assert sys.getsizeof(repr(meeting.router.dump())) < before * 1.1
