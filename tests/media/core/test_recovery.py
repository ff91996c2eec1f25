"""Lossy lines in virtual time: what is lost on the way in or out comes again."""

from dataclasses import replace
from itertools import pairwise

import pytest

from media.core import rtcp, rtcp_build
from media.core.outputs import Resend, RtcpOut
from media.core.sequence import timestamp_delta
from media.core.timing import middle, ntp
from tests.media.core.building import camera, microphone, receiving, rtp_packet
from tests.media.core.meeting import Meeting


def packets_to(meeting: Meeting, tid: str) -> list[tuple[float, rtcp.Packet]]:
    return [
        (at, packet)
        for at, output in meeting.outputs
        if isinstance(output, RtcpOut) and output.transport == tid
        for packet in rtcp.parse(output.packet)
    ]


@pytest.mark.parametrize("loss", [0.01, 0.05, 0.1, 0.2])
@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_lost_on_both_ways_is_recovered(loss: float, seed: int) -> None:
    meeting = Meeting(seed)
    meeting.join("a")
    meeting.join("b")
    meeting.run(1)
    meeting.loss = loss
    for _ in range(100):
        meeting.run(0.05)
        meeting.ask_again("a", 2000)
    meeting.loss = 0.0
    for _ in range(4):
        meeting.run(0.1)
        meeting.ask_again("a", 2000)
    frames = meeting.frames("a")
    sources = {frame.source[1] for frame in frames}
    assert meeting.viewers["a"].missing(2000) == []
    assert len(sources) >= 2 * 25 * 6
    assert meeting.router.stats()["nacked"]
    assert any(isinstance(output, Resend) for _, output in meeting.outputs)
    meeting.check()


def test_a_packet_lost_on_the_way_in_is_asked_for_within_a_moment() -> None:
    meeting = Meeting()
    meeting.join("a")
    meeting.join("b")
    meeting.run(1)
    meeting.delay = 0.0
    packets = meeting.cameras["b"][0].frame() + meeting.cameras["b"][0].frame()
    for packet in (packets[0], packets[3]):
        meeting.arrive("b", packet)
    lost = [int.from_bytes(packet[2:4], "big") for packet in packets[1:3]]
    begun = meeting.now
    meeting.run(0.04)
    asked = [(at, p) for at, p in packets_to(meeting, "b") if isinstance(p, rtcp.Nack)]
    assert asked[0][1] == rtcp.Nack(21, tuple(lost))
    assert asked[0][0] - begun <= 0.02


def test_a_layer_that_nobody_watches_is_not_asked_for_again() -> None:
    meeting = Meeting()
    meeting.join("a")
    meeting.run(0.5)
    meeting.loss = 0.2
    meeting.run(2)
    assert not [p for _, p in packets_to(meeting, "a") if isinstance(p, rtcp.Nack | rtcp.Pli)]


def test_when_nobody_watches_any_more_nothing_is_asked_for_again() -> None:
    meeting = Meeting()
    meeting.join("a")
    meeting.join("b")
    meeting.run(1)
    meeting.delay = 0.0
    packets = meeting.cameras["b"][0].frame() + meeting.cameras["b"][0].frame()
    for packet in (packets[0], packets[3]):
        meeting.arrive("b", packet)
    meeting.leave("a")
    meeting.run(1)
    assert not [p for _, p in packets_to(meeting, "b") if isinstance(p, rtcp.Nack)]


def test_after_a_gap_too_large_a_key_frame_is_asked_for() -> None:
    meeting = Meeting()
    meeting.join("a")
    meeting.join("b")
    meeting.run(1)
    before = len(meeting.requests("b"))
    meeting.cameras["b"][0].sequence += 1000
    meeting.run(0.5)
    assert len(meeting.requests("b")) == before + 1
    assert not [p for _, p in packets_to(meeting, "b") if isinstance(p, rtcp.Nack)]


def test_a_line_that_was_away_for_long_comes_back() -> None:
    meeting = Meeting()
    meeting.join("a")
    meeting.join("b")
    meeting.run(1)
    meeting.dead_layers.add(21)
    meeting.run(6)
    meeting.cameras["b"][0].sequence += 40_000
    meeting.dead_layers.clear()
    frames = len(meeting.frames("a"))
    meeting.run(1)
    assert len(meeting.frames("a")) > frames + 20
    assert meeting.viewers["a"].missing(2000) == []
    meeting.check()


def test_a_resend_goes_by_rtx_with_numbers_of_its_own() -> None:
    meeting = Meeting()
    meeting.join("a")
    meeting.join("b")
    meeting.run(1)
    meeting.router.take()
    numbers = [frame.sequence for frame in meeting.frames("a")[-3:]]
    for _ in range(2):  # the second time is too soon
        packet = rtcp_build.nack(9, 2000, numbers)
        meeting.router.inbound_rtcp("a", packet, meeting.now)
    found = [output for output in meeting.router.take() if isinstance(output, Resend)]
    assert [(r.forward.sequence + r.row.sequence_offset) & 0xFFFF for r in found] == numbers
    assert [r.rtx_sequence for r in found] == [3000, 3001, 3002]
    assert {(r.transport, r.row.rtx_ssrc) for r in found} == {("a", 3000)}


def test_where_much_is_lost_a_packet_is_sent_again_twice() -> None:
    meeting = Meeting()
    # Who estimates and sees no queue loses by itself, not for want of room.
    meeting.join("a", slots=[replace(slot, abs_send_time=3) for slot in receiving()])
    meeting.join("b")
    meeting.run(3)
    for turn in range(8):
        block = rtcp.ReportBlock(2000, 51, 0, 70_000 + 100 * turn, 0, 0, 0)
        meeting.router.inbound_rtcp("a", rtcp_build.receiver_report(9, [block]), meeting.now)
    meeting.router.take()
    number = meeting.frames("a")[-1].sequence
    meeting.router.inbound_rtcp("a", rtcp_build.nack(9, 2000, [number]), meeting.now)
    first, second = [output for output in meeting.router.take() if isinstance(output, Resend)]
    assert first.forward is second.forward
    assert first.rtx_sequence is not None
    assert second.rtx_sequence == first.rtx_sequence + 1


def test_who_asks_in_vain_for_long_is_given_a_key_frame() -> None:
    meeting = Meeting()
    meeting.join("a")
    meeting.join("b")
    meeting.run(3)
    asked = len(meeting.requests("b"))
    for _ in range(40):
        long_ago = (meeting.frames("a")[-1].sequence - 600) & 0xFFFF
        meeting.router.inbound_rtcp("a", rtcp_build.nack(9, 2000, [long_ago]), meeting.now)
        meeting.run(0.05)
    assert len(meeting.requests("b")) == asked + 1
    meeting.run(3)
    assert len(meeting.requests("b")) == asked + 1
    meeting.check()


def test_without_rtx_the_same_bytes_go_again() -> None:
    meeting = Meeting()
    meeting.join("a", slots=receiving(rtx=False))
    meeting.join("b")
    meeting.run(1)
    number = meeting.frames("a")[-1].sequence
    meeting.router.inbound_rtcp("a", rtcp_build.nack(9, 2000, [number]), meeting.now)
    (resend,) = [output for output in meeting.router.take() if isinstance(output, Resend)]
    assert (resend.rtx_sequence, resend.row.abs_send_time) == (None, 0)


def test_packets_from_before_a_switch_can_still_be_asked_for() -> None:
    meeting = Meeting()
    for name in "abc":
        meeting.join(name)
    meeting.run(1)
    meeting.router.give_floor("c", meeting.now)
    meeting.run(0.2)
    frames = meeting.frames("a")
    before = max(i for i, frame in enumerate(frames) if frame.source[0] == 21)
    numbers = [frames[before].sequence, frames[before + 1].sequence]
    meeting.router.inbound_rtcp("a", rtcp_build.nack(9, 2000, numbers), meeting.now)
    found = [output for output in meeting.router.take() if isinstance(output, Resend)]
    assert [int.from_bytes(r.forward.packet[8:12], "big") for r in found] == [21, 31]
    assert [(r.forward.sequence + r.row.sequence_offset) & 0xFFFF for r in found] == numbers


def test_a_flood_of_requests_is_answered_in_moderation() -> None:
    meeting = Meeting()
    meeting.join("a")
    meeting.join("b")
    meeting.run(1)
    everything = rtcp_build.nack(9, 2000, range(0, 0x10000, 17)[:300])
    for _ in range(200):
        meeting.router.inbound_rtcp("a", everything, meeting.now)
    assert len(meeting.router.take()) <= 300
    drops = meeting.router.stats()["drops"]
    assert isinstance(drops, dict)
    assert drops["resend_throttled"] >= 199


def test_senders_learn_what_was_lost_and_when_their_report_came() -> None:
    meeting = Meeting(3)
    meeting.join("a")
    meeting.run(1)
    report = rtcp_build.sender_report(11, 5000 << 32, 90_000, 1, 1)
    meeting.router.inbound_rtcp("a", report, meeting.now)
    meeting.loss = 0.25
    meeting.run(4)
    reports = [p for _, p in packets_to(meeting, "a") if isinstance(p, rtcp.ReceiverReport)]
    (block,) = [block for block in reports[-1].blocks if block.ssrc == 11]
    assert 0.1 < block.fraction_lost / 256 < 0.45
    assert block.lost > 10
    assert block.last_sr == middle(5000 << 32)
    assert 2.5 * 65536 < block.delay_since_sr < 4 * 65536
    assert 0 < meeting.cameras["a"][0].sequence - block.highest <= 60


def test_reports_go_every_second_to_whoever_is_connected() -> None:
    meeting = Meeting()
    meeting.join("a", ready=False)
    meeting.run(3)
    assert packets_to(meeting, "a") == []
    meeting.router.set_ready("a", True, meeting.now)
    meeting.run(5)
    reports = [at for at, p in packets_to(meeting, "a") if isinstance(p, rtcp.ReceiverReport)]
    assert 4 <= len(reports) <= 6
    assert all(later - at >= 0.99 for at, later in pairwise(reports))


def test_a_sender_is_told_at_once_what_it_may_send() -> None:
    meeting = Meeting()
    meeting.join("a")
    meeting.run(0.1)
    estimates = [(at, p) for at, p in packets_to(meeting, "a") if isinstance(p, rtcp.Remb)]
    at, estimate = estimates[0]
    assert isinstance(estimate, rtcp.Remb)
    assert at - 100.0 < 0.08
    assert 2_490_000 < estimate.bps <= 2_500_000
    assert estimate.ssrcs == (11,)


def test_sound_and_picture_of_one_sender_share_the_time_that_receivers_are_told() -> None:
    meeting = Meeting()
    meeting.join("a")
    meeting.join("b")
    meeting.run(1)
    # b's own clock stands at 7000 s when the router's stands at `now`.
    mic, cam = meeting.microphones["b"], meeting.cameras["b"][0]
    stamp = int((7000 - meeting.delay) * 2**32)
    for ssrc, timestamp in ((20, mic.timestamp), (21, cam.timestamp)):
        report = rtcp_build.sender_report(ssrc, stamp, timestamp & 0xFFFFFFFF, 0, 0)
        meeting.router.inbound_rtcp("b", report, meeting.now)
    shot, said = cam.timestamp, mic.timestamp
    at = meeting.now
    meeting.run(2.5)
    reports = {
        p.ssrc: (when, p)
        for when, p in packets_to(meeting, "a")
        if isinstance(p, rtcp.SenderReport)
    }
    rows = {
        row.ssrc: row.timestamp_offset
        for packet in (cam.frame()[0], mic.packet(127))
        if (forward := meeting.arrive("b", packet))
        for row in forward.rows
        if row.transport == "a"
    }
    for ssrc, rate, timestamp in ((1000, 48_000, said), (2000, 90_000, shot)):
        when, report_out = reports[ssrc]
        assert isinstance(report_out, rtcp.SenderReport)
        assert report_out.ntp == ntp(when)
        shown = (timestamp + rows[ssrc] + round((when - at) * rate)) & 0xFFFFFFFF
        assert abs(timestamp_delta(report_out.timestamp, shown)) < rate / 1000
    assert reports[2000][1].packets > 100


def test_the_round_trip_of_a_receiver_is_measured() -> None:
    meeting = Meeting()
    meeting.join("a")
    meeting.join("b")
    meeting.run(1)
    for _ in range(30):
        sent = middle(ntp(meeting.now - 0.35))
        block = rtcp.ReportBlock(2000, 26, 5, 0, 900, sent, int(0.05 * 65536))
        packet = rtcp_build.receiver_report(9, [block])
        meeting.router.inbound_rtcp("a", packet, meeting.now)
        meeting.run(0.05)
    dump = meeting.router.dump()["transports"]
    assert isinstance(dump, dict)
    assert abs(dump["a"]["round_trip"] - 0.3) < 0.01
    (slot,) = [c for c in dump["a"]["consumers"] if c["ssrc"] == 2000]
    assert (slot["fraction_lost"], slot["jitter"]) == (0.102, 0.01)


def test_sound_is_never_asked_for_again() -> None:
    meeting = Meeting(5)
    meeting.join("a", video=False)
    meeting.join("b", video=False)
    meeting.loss = 0.2
    meeting.levels["a"] = 30
    meeting.run(3)
    for name in "ab":
        assert not [p for _, p in packets_to(meeting, name) if isinstance(p, rtcp.Nack)]
    stamps = [sent.timestamp for sent in meeting.viewers["b"].of(1000)]
    assert all(timestamp_delta(later, earlier) > 0 for earlier, later in pairwise(stamps))


def test_a_goodbye_frees_the_picture_at_once() -> None:
    meeting = Meeting()
    for name in "abc":
        meeting.join(name)
    meeting.run(1)
    meeting.dead_layers.add(21)
    meeting.run(0.05)
    meeting.router.inbound_rtcp("b", rtcp_build.bye([21]), meeting.now)
    meeting.run(0.3)
    assert meeting.shown("a")[0] == "c"


def test_a_sender_without_pli_is_asked_by_fir() -> None:
    meeting = Meeting()
    meeting.join("a")
    source = camera(ssrcs=(77,))
    plain = type(source)(source.mid, "video", "vp8", 96, 90_000, ssrcs=(77,))
    meeting.router.add_transport("b", [microphone(), plain], [], meeting.now)
    meeting.router.inbound("b", rtp_packet(77, 1, 0, b"\x10\x01\x00"), meeting.now)
    meeting.run(0.3)
    asked = [p for _, p in packets_to(meeting, "b") if isinstance(p, rtcp.Fir)]
    assert asked[0] == rtcp.Fir(((77, 1),))
