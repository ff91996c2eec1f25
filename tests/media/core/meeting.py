"""A room in virtual time: senders, the router, and receivers that check what they get."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from random import Random

from media.core import rtcp, rtcp_build
from media.core.outputs import Output, Resend, RtcpOut, SlotsChanged, SpeakerChanged
from media.core.router import Router
from media.core.sections import SlotSpec, Source
from media.core.sequence import extend
from media.core.table import Forward, Row
from tests.media.core.building import (
    EXTENSIONS,
    RTX,
    VP8,
    Camera,
    Microphone,
    camera,
    elements,
    microphone,
    receiving,
    rtp_packet,
)


@dataclass(frozen=True)
class Sent:
    """One outgoing packet, made by the recipe of the forwarding table."""

    ssrc: int
    sequence: int
    timestamp: int
    picture_id: int | None
    tl0: int | None
    marker: bool
    begins_keyframe: bool
    source: tuple[int, int]
    """SSRC and sequence number it came in with."""
    octets: int = field(default=0, compare=False)
    """Of the packet as it goes out, with 60 for RTP, SRTP, UDP and IP."""
    number: int | None = field(default=None, compare=False)
    """Among all that goes to the same transport, where that is agreed."""


def go_out(forward: Forward, row: Row) -> Sent:
    picture_id = tl0 = None
    if forward.picture_id_at:
        picture_id = (forward.picture_id + row.picture_id_offset) & forward.picture_id_mask
    if forward.tl0_at:
        tl0 = (forward.tl0 + row.tl0_offset) & 0xFF
    return Sent(
        row.ssrc,
        (forward.sequence + row.sequence_offset) & 0xFFFF,
        (forward.timestamp + row.timestamp_offset) & 0xFFFFFFFF,
        picture_id,
        tl0,
        forward.marker != 0,
        forward.keyframe,
        (
            int.from_bytes(forward.packet[8:12], "big"),
            int.from_bytes(forward.packet[2:4], "big"),
        ),
        forward.payload_end - forward.payload_start + 60,
    )


@dataclass
class Viewer:
    """Collects what one participant receives, by slot SSRC and extended sequence number."""

    received: dict[int, dict[int, Sent]] = field(default_factory=dict)
    highest: dict[int, int] = field(default_factory=dict)

    def receive(self, sent: Sent) -> None:
        highest = self.highest.setdefault(sent.ssrc, 0x10000 + sent.sequence)
        number = extend(sent.sequence, highest)
        self.highest[sent.ssrc] = max(highest, number)
        slot = self.received.setdefault(sent.ssrc, {})
        assert slot.get(number, sent) == sent, "one number for two packets"
        slot[number] = sent

    def of(self, ssrc: int) -> list[Sent]:
        """Return what came in one slot, in the order of its numbers."""
        slot = self.received.get(ssrc, {})
        return [slot[number] for number in sorted(slot)]

    def missing(self, ssrc: int) -> list[int]:
        """Return the numbers that are missing between the first and the last packet."""
        slot = self.received.get(ssrc, {})
        return [n for n in range(min(slot, default=0), max(slot, default=0)) if n not in slot]

    def check(self, ssrc: int) -> None:
        """Check that the slot looks like one unbroken source."""
        slot = self.received.get(ssrc, {})
        numbers = sorted(slot)
        for earlier, later in itertools.pairwise(numbers):
            old, new = slot[earlier], slot[later]
            step = (new.timestamp - old.timestamp) & 0xFFFFFFFF
            assert step < 0x80000000, "time runs backwards"
            if old.source[0] != new.source[0]:
                assert step >= 900
            if old.picture_id is None or new.picture_id is None:
                continue
            if old.source[0] != new.source[0]:
                assert new.begins_keyframe or later - earlier > 1, "a switch without a key frame"
            frames = (new.picture_id - old.picture_id) & 0x7FFF
            assert frames <= later - earlier, "picture ids run away from the packets"
            assert (frames == 0) == (step == 0), "a picture with two times, or two with one"


class Meeting:
    """Time goes on by `run`; lines deliver after `delay` and lose by `loss` with a seed."""

    def __init__(self, seed: int = 1) -> None:
        self.router = Router("room")
        self.now = 100.0
        self.random = Random(seed)
        self.loss = 0.0
        self.delay = 0.02
        self.reordering = 0.0
        self.viewers: dict[str, Viewer] = {}
        self.cameras: dict[str, list[Camera]] = {}
        self.microphones: dict[str, Microphone] = {}
        self.levels: dict[str, int] = {}
        self.noises: set[str] = set()
        """Whose sound is as loud all the time, as a fan is."""
        self.key_wanted: set[str] = set()
        self.outputs: list[tuple[float, Output]] = []
        self.dead_layers: set[int] = set()
        self._kept: dict[int, dict[int, bytes]] = {}
        self._later: list[tuple[float, int, Callable[[], object]]] = []
        self._count = 0

    # -- people -------------------------------------------------------------------------------

    def join(
        self,
        tid: str,
        *,
        rids: tuple[str, ...] = (),
        video: bool = True,
        slots: list[SlotSpec] | None = None,
        ready: bool = True,
    ) -> None:
        number = len(self.viewers) + 1
        sources: list[Source] = [microphone()]
        self.microphones[tid] = Microphone(10 * number, 0xFFF0 + number)
        self.cameras[tid] = []
        if video:
            sources.append(camera(rids=rids))
            self.cameras[tid] = [
                Camera(
                    10 * number + 1 + index,
                    sequence=0xFF00 + 17 * number + index,
                    timestamp=0xFFFF0000 + 1000 * number,
                    picture_id=0x7FF0 + number,
                    tl0=250 + number,
                    rid=rid,
                    fps=25,
                )
                for index, rid in enumerate(rids or (None,))
            ]
        self.viewers[tid] = Viewer()
        self.levels[tid] = 127
        self.router.add_transport(tid, sources, slots or receiving(), self.now, ready=ready)

    def leave(self, tid: str) -> None:
        del self.cameras[tid], self.microphones[tid]
        self.router.remove_transport(tid, self.now)

    # -- time ---------------------------------------------------------------------------------

    def run(self, seconds: float) -> None:
        """Let everybody send: sound every 20 ms, 25 pictures a second; then deliver."""
        end = round(self.now + seconds, 6)
        while self.now < end:
            step = round(self.now * 100)
            if step % 2 == 0:
                for tid, mic in self.microphones.items():
                    if self.levels[tid] < 127 or step % 40 == 0:
                        wave = (0, 6, 11, 3, 8)[step // 2 % 5]  # speech is never steady
                        wave = 0 if tid in self.noises else wave
                        self._up(tid, mic.packet(min(127, self.levels[tid] + wave)))
            if step % 4 == 0:
                for tid, layers in self.cameras.items():
                    self._shoot(tid, layers)
            self.now = round(self.now + 0.01, 6)
            self._deliver()

    def _shoot(self, tid: str, layers: list[Camera]) -> None:
        key = tid in self.key_wanted
        self.key_wanted.discard(tid)
        for layer in layers:
            if layer.ssrc in self.dead_layers:
                continue
            for packet in layer.frame(key=key, size=100 * (1 + 4 * (layer.ssrc % 10))):
                kept = self._kept.setdefault(layer.ssrc, {})
                kept[int.from_bytes(packet[2:4], "big")] = packet
                self._up(tid, packet)

    def _up(self, tid: str, packet: bytes) -> None:
        if self.random.random() >= self.loss:
            self._after(lambda: self.arrive(tid, packet))

    def _after(self, what: Callable[[], object]) -> None:
        extra = 0.015 if self.random.random() < self.reordering else 0.0
        self._count += 1
        heappush(self._later, (self.now + self.delay + extra, self._count, what))

    def _deliver(self) -> None:
        while self._later and self._later[0][0] <= self.now:
            heappop(self._later)[2]()
        deadline = self.router.deadline()
        if deadline is not None and deadline <= self.now:
            self.router.advance(self.now)
        for output in self.router.take():
            self.outputs.append((self.now, output))
            self._do(output)

    def _do(self, output: Output) -> None:
        if isinstance(output, RtcpOut):
            self._to_sender(output)
        elif isinstance(output, Resend):
            self._go_out(output.forward, output.row)

    # -- packets ------------------------------------------------------------------------------

    def arrive(self, tid: str, packet: bytes) -> Forward | None:
        """Let a packet reach the router now, and go on from there."""
        forward = self.router.inbound(tid, packet, self.now)
        part = forward
        while part is not None:
            for row in part.rows:
                assert row.transport != tid, "nobody hears or sees itself"
                self._go_out(part, row)
            part = part.thinner
        return forward

    def _go_out(self, forward: Forward, row: Row) -> None:
        sent = go_out(forward, row)
        if row.departures is not None:
            sent = replace(sent, number=row.departures.take(sent.octets - 28, self.now))
        self._down(row.transport, sent)

    def _down(self, tid: str, sent: Sent) -> None:
        if self.random.random() >= self.loss and tid in self.viewers:
            self.viewers[tid].receive(sent)

    def _to_sender(self, output: RtcpOut) -> None:
        for packet in rtcp.parse(output.packet):
            if isinstance(packet, rtcp.Pli):
                if self.random.random() >= self.loss:
                    tid = output.transport
                    self._after(lambda tid=tid: self.key_wanted.add(tid))  # type: ignore[misc]
            elif isinstance(packet, rtcp.Nack):
                for sequence in packet.sequences:
                    self._retransmit(output.transport, packet.media_ssrc, sequence)

    def _retransmit(self, tid: str, ssrc: int, sequence: int) -> None:
        original = self._kept.get(ssrc, {}).get(sequence)
        layer = next((one for one in self.cameras.get(tid, []) if one.ssrc == ssrc), None)
        if original is None or layer is None:
            return
        payload_at = 12 if not original[0] & 0x10 else 16 + 4 * original[15]
        head = [(EXTENSIONS.mid, layer.mid.encode())]
        if layer.rid is not None:
            head.append((EXTENSIONS.repaired_rid, layer.rid.encode()))
        self._up(
            tid,
            rtp_packet(
                ssrc + 10_000,
                self._count,
                int.from_bytes(original[4:8], "big"),
                sequence.to_bytes(2, "big") + original[payload_at:],
                RTX,
                bool(original[1] & 0x80),
                elements(*head),
            ),
        )

    def ask_again(self, tid: str, ssrc: int) -> int:
        """Let a viewer send a NACK for all it misses in one slot; return how many that are."""
        missing = self.viewers[tid].missing(ssrc)
        if missing:
            packet = rtcp_build.nack(9, ssrc, [number & 0xFFFF for number in missing])
            self.router.inbound_rtcp(tid, packet, self.now)
        return len(missing)

    # -- views --------------------------------------------------------------------------------

    def shown(self, tid: str) -> list[str | None]:
        return [slot.transport for slot in self.router.slots(tid) if slot.kind == "video"]

    def heard(self, tid: str) -> set[str]:
        return {s.transport for s in self.router.slots(tid) if s.kind == "audio" and s.transport}

    def frames(self, tid: str, slot: int = 0) -> list[Sent]:
        return self.viewers[tid].of(2000 + slot)

    def said(self, kind: type[SpeakerChanged] | type[SlotsChanged]) -> list[Output]:
        return [output for _, output in self.outputs if isinstance(output, kind)]

    def requests(self, tid: str) -> list[float]:
        """Return when a participant was asked for a key frame."""
        return [
            at
            for at, output in self.outputs
            if isinstance(output, RtcpOut)
            and output.transport == tid
            and output.packet[1] == rtcp.PSFB
            and output.packet[0] & 0x1F == rtcp.FMT_PLI
        ]

    def check(self) -> None:
        for viewer in self.viewers.values():
            for ssrc in viewer.received:
                viewer.check(ssrc)


__all__ = ["VP8", "Meeting", "Sent", "Viewer", "go_out"]
