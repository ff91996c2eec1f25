"""A synthetic participant and a server in memory, in virtual time."""

import itertools
import random

import pytest

from media.core import rtcp, rtcp_build, rtp, vp8
from media.synthetic import sdp
from media.synthetic.endpoint import SyntheticEndpoint
from media.transports.dtls import Certificate
from tests.media.synthetic.builders import a_loop, a_voice
from tests.media.synthetic.lite_server import HERE, LiteServer, answer

ME = ("192.0.2.7", 50000)
CERTIFICATE = Certificate.generate()


class Call:
    """An endpoint and its server; `run` moves the time."""

    def __init__(self, *, video: bool = True, simulcast: bool = True, seed: int = 1) -> None:
        self.endpoint = SyntheticEndpoint(
            CERTIFICATE,
            a_loop() if video else None,
            a_voice(),
            audio_slots=3,
            video_slots=5,
            capacity=2_000_000,
            verify_every=16,
            dice=random.Random(seed),
        )
        self.server = LiteServer(self.endpoint.offer())
        self.now = 100.0
        text = answer(self.server.offer, self.server.credentials, simulcast=simulcast)
        self.endpoint.accept(text, self.now)

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while True:
            while out := self.endpoint.take():
                for datagram, address in out:
                    assert address == HERE
                    for reply in self.server.receive(datagram, ME, self.now):
                        self.endpoint.receive(reply, HERE, self.now)
            deadline = self.endpoint.deadline()
            if deadline is not None and deadline <= self.now:
                self.endpoint.advance(self.now)
                continue
            if self.now >= end:
                return
            self.now = end if deadline is None else min(end, deadline)
            self.endpoint.advance(self.now)

    def send(self, packet: bytes) -> None:
        assert self.server.srtp is not None
        protect = (
            self.server.srtp.protect_rtcp
            if 192 <= packet[1] <= 223
            else self.server.srtp.protect_rtp
        )
        self.endpoint.receive(protect(packet), HERE, self.now)

    def streams(self) -> dict[int, list[bytes]]:
        found: dict[int, list[bytes]] = {}
        for packet in self.server.rtp:
            found.setdefault(rtp.parse(packet).ssrc, []).append(packet)
        return found


def rid_of(packet: bytes) -> str | None:
    return rtp.text_extension(packet, rtp.parse(packet), sdp.RID)


def mid_of(packet: bytes) -> str | None:
    return rtp.text_extension(packet, rtp.parse(packet), sdp.MID)


def level_of(packet: bytes) -> int:
    data = rtp.extension(packet, rtp.parse(packet), sdp.AUDIO_LEVEL)
    assert data is not None
    return data[0]


def test_it_connects_at_once_and_nominates_the_server() -> None:
    call = Call()
    call.run(0.1)
    assert call.endpoint.connection.state == "connected"
    assert all(check.use_candidate for check in call.server.checks)


def test_two_layers_come_with_mid_and_rid_at_twelve_frames_a_second() -> None:
    call = Call()
    call.run(10)
    by_rid: dict[str, list[bytes]] = {}
    for packets in call.streams().values():
        if rid := rid_of(packets[0]):
            assert all(rid_of(p) == rid and mid_of(p) == "1" for p in packets)
            by_rid[rid] = packets
    assert set(by_rid) == {"q", "h"}
    for packets in by_rid.values():
        assert len(packets) == pytest.approx(120, abs=2)
        headers = [rtp.parse(p) for p in packets]
        steps = {(b.sequence - a.sequence) & 0xFFFF for a, b in itertools.pairwise(headers)}
        assert steps == {1}
        assert vp8.parse(packets[0], headers[0].payload_start, headers[0].payload_end)
        descriptors = [vp8.parse(p, h.payload_start, h.payload_end)
                       for p, h in zip(packets, headers, strict=True)]  # fmt: skip
        ids = [d.picture_id for d in descriptors]
        assert {(b - a) & 0x7FFF for a, b in itertools.pairwise(ids)} == {1}


def test_an_answer_without_simulcast_gets_the_large_picture_alone() -> None:
    call = Call(simulcast=False)
    call.run(2)
    video = [p for p in call.server.rtp if rtp.parse(p).payload_type == sdp.VP8]
    assert {rid_of(p) for p in video} == {None}
    assert {p[-100:] for p in video} == {bytes(100)}


def test_a_picture_loss_indication_brings_a_key_frame_of_that_layer_next() -> None:
    call = Call()
    call.run(1.02)
    camera = call.endpoint.camera
    assert camera is not None
    high = camera.streams[1].ssrc
    for _ in range(8):
        call.server.rtp.clear()
        call.send(rtcp_build.pli(1, high))
        call.run(0.09)
        packets = call.streams()[high]
        header = rtp.parse(packets[0])
        assert packets[0][header.payload_start + 4 + 2] % 4 == 0  # the builder's key frames
    assert camera.keyframes_asked == 8


def test_a_full_intra_request_counts_as_well() -> None:
    call = Call()
    call.run(1)
    camera = call.endpoint.camera
    assert camera is not None
    call.send(rtcp_build.fir(1, camera.streams[0].ssrc, 1))
    assert camera.keyframes_asked == 1


def test_silence_is_two_or_three_packets_a_second_and_a_voice_fifty() -> None:
    call = Call(video=False)
    call.run(10)
    assert 23 <= len(call.server.rtp) <= 27
    assert {level_of(p) for p in call.server.rtp} == {127}
    call.server.rtp.clear()
    call.endpoint.speak(True, call.now)
    call.run(2)
    assert 99 <= len(call.server.rtp) <= 101
    assert {level_of(p) for p in call.server.rtp} == {0x80 | 20}
    headers = [rtp.parse(p) for p in call.server.rtp]
    assert [h.marker for h in headers[:2]] == [0x80, 0]
    steps = {(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in itertools.pairwise(headers)}
    assert steps == {960}
    call.endpoint.speak(False, call.now)
    call.server.rtp.clear()
    call.run(4)
    assert len(call.server.rtp) <= 12


def test_a_nack_is_answered_with_the_same_packets() -> None:
    call = Call()
    call.run(2)
    ssrc, packets = next((s, p) for s, p in call.streams().items() if rid_of(p[0]) == "h")
    missing = [rtp.parse(p).sequence for p in packets[3:6]]
    before = call.endpoint.nacked
    call.send(rtcp_build.nack(1, ssrc, missing))
    assert call.endpoint.nacked == before + 3


def test_what_comes_is_counted_by_slot_and_reported() -> None:
    call = Call()
    call.run(0.2)
    main = next(s for s, place in call.endpoint.slots.items() if place == ("video", 0))
    for sequence in [*range(10), *range(12, 40)]:  # two are lost
        header = b"\x80\x60" + sequence.to_bytes(2, "big") + bytes(4) + main.to_bytes(4, "big")
        call.send(header + b"x")
    assert call.endpoint.incoming[main].packets == 38
    assert call.endpoint.incoming[main].lost == 2
    call.run(1.1)
    reports = [p for p in call.server.reports if isinstance(p, rtcp.ReceiverReport) and p.blocks]
    assert reports[-1].blocks[0].ssrc == main
    assert reports[0].blocks[0].lost == 2
    assert any(isinstance(p, rtcp.Remb) and p.bps <= 2_000_000 for p in call.server.reports)
    assert sum(isinstance(p, rtcp.SenderReport) for p in call.server.reports) >= 3


def test_a_strangers_packets_are_not_counted() -> None:
    call = Call()
    call.run(0.2)
    main = next(iter(call.endpoint.slots))
    call.endpoint.receive(b"\x80\x60" + bytes(6) + main.to_bytes(4, "big") + bytes(30), HERE, 101.0)
    call.endpoint.receive(b"\x80\x60" + bytes(40), HERE, 101.0)
    call.endpoint.receive(b"", HERE, 101.0)
    assert call.endpoint.incoming[main].packets == 0
    assert call.endpoint.connection.undecipherable == 1
    assert call.endpoint.unknown_streams == 1


def test_consent_is_asked_every_five_seconds_and_its_loss_ends_the_connection() -> None:
    call = Call()
    call.run(20)
    assert 4 <= len(call.server.checks) <= 7
    call.server.receive = lambda datagram, source, now: []  # type: ignore[method-assign]
    call.run(31)
    assert call.endpoint.connection.state == "failed"
    assert call.endpoint.deadline() is None


def test_closing_says_bye_and_close_notify() -> None:
    call = Call()
    call.run(1)
    call.endpoint.close()
    call.endpoint.close()
    call.run(0.1)
    assert any(isinstance(p, rtcp.Bye) for p in call.server.reports)
    assert call.server.dtls.state == "closed"


def test_the_server_saying_goodbye_closes() -> None:
    call = Call()
    call.run(1)
    call.server.dtls.close()
    for datagram in call.server.dtls.take():
        call.endpoint.receive(datagram, HERE, call.now)
    assert call.endpoint.connection.state == "closed"


@pytest.mark.parametrize(
    "broken",
    ["", "hello", "v=0\r\nm=audio", "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"],
)
def test_a_useless_answer_is_refused_by_name(broken: str) -> None:
    endpoint = SyntheticEndpoint(
        CERTIFICATE,
        None,
        a_voice(),
        audio_slots=1,
        video_slots=1,
        capacity=1,
        verify_every=1,
        dice=random.Random(1),
    )
    with pytest.raises(sdp.AnswerError):
        endpoint.accept(broken, 0.0)
