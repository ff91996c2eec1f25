"""The Router: the sans-I/O whole of one room."""

from collections.abc import Sequence
from math import inf

from media.core import demand, feedback, recovery, redundancy, rtcp, rtcp_build, rtp
from media.core.arrivals import Arrivals
from media.core.copies import Copies
from media.core.loudness import UNKNOWN
from media.core.malformed import Malformed
from media.core.outputs import Output, RtcpOut, SlotsChanged, SlotState, SpeakerChanged
from media.core.reports import LOCAL_SSRC, Reports
from media.core.rtp import Header
from media.core.sections import SlotSpec, Source
from media.core.speaker import TICK_S
from media.core.stage import Stage
from media.core.stream import Alarms, Stream
from media.core.table import Forward
from media.core.transport import Transport

REVIEW_S = 0.25
VOICES_APART_S = 1.0
_DTX_OCTETS = 8
"""Opus frames up to this size carry no sound to speak of."""


class Router:
    """Decide for one room which stream goes to which slot, and number what goes out.

    Feed packets with `inbound` and `inbound_rtcp` and time with `advance`, at the latest at
    `deadline()`; after any call take what is to be done with `take()`. No method raises for what
    comes from the network. Not thread-safe.
    """

    def __init__(self, router_id: str, *, uplink_bps: int = 2_500_000) -> None:
        """`uplink_bps` is what a sender is told it may send at most (REMB)."""
        self.id = router_id
        self._transports: dict[str, Transport] = {}
        self._owners: dict[Stream, Transport] = {}
        self._alarms = Alarms()
        self._stage = Stage(self._transports)
        self._outputs: list[Output] = []
        self._tick_at = self._review_at = inf
        self._reports = Reports(uplink_bps)
        self._voices_told_at = -inf
        self._copies = Copies()
        self._numbered: dict[Transport, Arrivals] = {}
        """Those whose packets wait to be acknowledged."""
        self._fir_command = 0
        self._strangers = 0
        """Packets for transports that are not here."""

    # -- people -------------------------------------------------------------------------------

    def add_transport(
        self,
        tid: str,
        sources: Sequence[Source],
        slots: Sequence[SlotSpec],
        now: float,
        *,
        ready: bool = True,
    ) -> tuple[SlotState, ...]:
        """Let a participant in and return the first assignment of its slots.

        The same id again replaces sources and slots (a new offer, a new connection) and keeps the
        place in the order of joining, what is muted and when it last spoke. Not `ready`: its slots
        are assigned and nothing is sent until `set_ready`, so that no key frame goes to a
        connection that is not up.
        """
        transport = Transport(tid, sources, slots, self._alarms, now, ready)
        self._admit(transport, now)
        self._stage.told(tid)
        return transport.slots()

    def _admit(self, transport: Transport, now: float) -> None:
        if not self._transports:
            self._tick_at, self._review_at = now + TICK_S, now + REVIEW_S
        former = self._transports.get(transport.tid)
        self._transports[transport.tid] = transport
        if former is not None:
            transport.mute(*former.muted)
            self._close(former, now)
            self._stage.pictures_changed(now)
        for stream in transport.all_streams():
            self._owners[stream] = transport
        self._reports.add(transport, now)
        self._stage.joined(transport, now)

    def set_ready(self, tid: str, ready: bool, now: float) -> None:
        """Begin or stop to send to a participant as its connection comes and goes; unknown ids are
        ignored. Pictures begin with a key frame each time."""
        transport = self._transports.get(tid)
        if transport is None or transport.ready == ready:
            return
        transport.ready = ready
        if ready:
            self._stage.start(transport, now)
        else:
            transport.stop(now)

    def remove_transport(self, tid: str, now: float) -> None:
        """Free everything of a participant; unknown ids are ignored."""
        transport = self._transports.pop(tid, None)
        if transport is None:
            return
        self._close(transport, now)
        self._hush(tid)
        self._stage.forget(tid, now)
        if not self._transports:
            self._tick_at = self._review_at = self._copies.at = self._stage.due = inf
            self._reports.clear()

    def _close(self, transport: Transport, now: float) -> None:
        """End a transport: first what it sends, then what it receives."""
        self._stage.silence(transport, now)
        self._numbered.pop(transport, None)
        for stream in transport.all_streams():
            stream.close(now)
            self._alarms.streams.discard(stream)
            del self._owners[stream]
        transport.stop(now)

    def set_muted(self, tid: str, audio: bool, video: bool, now: float) -> None:
        """Note what a participant says it does not send; unknown ids are ignored."""
        transport = self._transports.get(tid)
        if transport is None or transport.muted == (audio, video):
            return
        pictures = transport.muted[1] != video
        transport.mute(audio, video)
        if audio:
            self._stage.silence(transport, now)
            self._hush(tid)
        for producer in transport.producers:
            if producer.muted:
                # At once, without waiting for what comes in its place: muted is muted.
                for stream in producer.streams:
                    stream.close(now)
        if pictures:
            self._stage.assign_pictures(now)
            self._tell(now)

    def _hush(self, tid: str) -> None:
        if self._stage.speaker.remove(tid):
            self._outputs.append(SpeakerChanged(None))

    def give_floor(self, tid: str | None, now: float) -> None:
        """Pin a participant to everybody's main slot until told otherwise, None = nobody.

        The pin outlives the transport: whoever comes back under the id has the floor again.
        """
        if tid != self._stage.floor:
            self._stage.floor = tid
            self._stage.assign_pictures(now)
            self._tell(now)

    # -- packets ------------------------------------------------------------------------------

    def inbound(self, tid: str, packet: bytes | memoryview, now: float) -> Forward | None:
        """Take one decrypted RTP packet; None = nothing to send (counted under a reason).

        The packet is copied where it is kept: the buffer may be used again at once.
        """
        transport = self._transports.get(tid)
        if transport is None:
            self._strangers += 1
            return None
        data = bytes(packet)
        try:
            header = rtp.parse(data)
            result = self._take(transport, data, header, now)
        except Malformed as error:
            transport.drop(error.reason)
            return None
        if isinstance(result, str):
            transport.drop(result)
            return None
        return result

    def _take(
        self, transport: Transport, packet: bytes, header: Header, now: float
    ) -> Forward | str:
        ssrc = header.ssrc
        repair = False
        stream = transport.streams.get(ssrc)
        arrivals = transport.arrivals
        if arrivals is not None and header.extension_end and (stream is None or stream.video):
            # Before anything else: the sender wants to know of padding and strangers, too.
            number = rtp.extension(packet, header, arrivals.extension)
            if number:
                self._numbered[transport] = arrivals
                if arrivals.came(int.from_bytes(number[:2], "big"), ssrc, now):
                    self._acknowledge(transport, arrivals, now)
        if stream is None:
            stream = transport.repairs.get(ssrc)
            repair = stream is not None
            if stream is None:
                found = transport.find(packet, header, now)
                if found is None:
                    return "unknown_ssrc"
                stream, repair = found
        if repair:
            if header.payload_type != stream.rtx_payload_type or stream.ssrc is None:
                return "payload_type"
            packet = rtp.unwrap_rtx(packet, header, stream.ssrc, stream.payload_type)
            return stream.take(packet, rtp.parse(packet), now, True)
        red = header.payload_type == stream.red_payload_type
        if header.payload_type != stream.payload_type and not red:
            return "payload_type"
        if stream.highest < 0:
            self._begins(transport, now)
        if not stream.video and not transport.muted[0]:
            self._hear(transport, packet, header, stream, now)
        if red:
            return recovery.take(stream, packet, header, now)
        return stream.take(packet, header, now, False)

    def _acknowledge(self, transport: Transport, arrivals: Arrivals, now: float) -> None:
        del self._numbered[transport]
        packets = arrivals.compile(LOCAL_SSRC, now)
        self._outputs.extend(RtcpOut(transport.tid, packet) for packet in packets)

    def _begins(self, transport: Transport, now: float) -> None:
        """A stream begins: tell a sender that does not estimate by itself at once what it may
        send, and look for pictures.

        Browsers trust an estimate (REMB) that comes in their first two seconds and skip the slow
        start for it.
        """
        self._reports.hurry(transport, now)
        self._stage.pictures_changed(now)

    def _hear(
        self, transport: Transport, packet: bytes, header: Header, stream: Stream, now: float
    ) -> None:
        if transport.far:
            return  # its loudness is told
        level = None
        if header.extension_end:
            level = rtp.extension(packet, header, stream.level_extension)
        if level:
            loudness: float = 127 - (level[0] & 0x7F)
        else:
            begin = header.payload_start
            if header.payload_type == stream.red_payload_type:
                begin = redundancy.parse(packet, begin, header.payload_end)[-1].begin
            loudness = UNKNOWN if header.payload_end - begin > _DTX_OCTETS else 0.0
        transport.voice.hear(loudness, now)
        self._stage.hear(transport.voice, now)

    def inbound_rtcp(self, tid: str, packet: bytes | memoryview, now: float) -> None:
        """Take one decrypted, possibly compound RTCP packet."""
        transport = self._transports.get(tid)
        if transport is None:
            self._strangers += 1
            return
        try:
            packets = rtcp.parse(packet)
        except Malformed as error:
            transport.drop(error.reason)
            return
        for one in packets:
            feedback.take(transport, one, now, self._outputs)
        if not transport.allowance.content:
            self._stage.doubt(transport)

    # -- time ---------------------------------------------------------------------------------

    def deadline(self) -> float | None:
        """Return when `advance` is due next; None while nobody is there."""
        tick, review, report = self._tick_at, self._review_at, self._reports.at
        due = min(tick, review, report, self._copies.at, self._stage.due, self._alarms.at)
        return None if due == inf else due

    def advance(self, now: float) -> None:
        """Do what is due by `now`."""
        stage, alarms = self._stage, self._alarms
        if now >= self._tick_at:
            # After a pause (a suspended machine) one tick is made, not all that were missed.
            late = now - self._tick_at >= TICK_S
            self._tick_at = (now if late else self._tick_at) + TICK_S
            if stage.tick(now):
                self._outputs.append(SpeakerChanged(stage.speaker.speaker))
            self._tell(now)
            self._reports.hasten(self._transports, alarms.begun, now)
            alarms.begun.clear()
            self._copies.review(stage.tried, self._transports, now)
            for transport, arrivals in list(self._numbered.items()):
                if arrivals.due(now):
                    self._acknowledge(transport, arrivals, now)
        if now >= self._copies.at:
            self._outputs.extend(self._copies.due(self._transports, now))
        if now >= stage.due:
            stage.assign_pictures(now)
            self._tell(now)
        if now >= self._review_at:
            self._review_at = now + REVIEW_S
            stage.review(now)
            self._tell(now)
            tops = self._tops()
            self._outputs.extend(demand.review(self._transports, tops, now))
        if now >= alarms.at:
            self._ask(now)
        if now >= self._reports.at:
            self._outputs.extend(self._reports.due(self._transports, now))

    def _tops(self) -> dict[str, int]:
        """Return up to which layer there is use for whose camera."""
        return demand.tops(self._transports, self._stage.likely())

    def _tell(self, now: float) -> None:
        """Tell those whose slots changed: pictures at once, voices alone not more often than every
        `VOICES_APART_S`. Who is heard is heard at once in any case."""
        stage = self._stage
        told = stage.changed
        if stage.changed_in_sound and now >= self._voices_told_at + VOICES_APART_S:
            self._voices_told_at = now
            told = told | stage.changed_in_sound
        for tid in list(told):
            self._outputs.append(SlotsChanged(tid, self._transports[tid].slots()))
            stage.told(tid)

    def _ask(self, now: float) -> None:
        """Send the senders the requests for packets and key frames that are due."""
        alarms = self._alarms
        alarms.at = inf
        for stream in list(alarms.streams):
            transport, ssrc = self._owners[stream], stream.ssrc
            missing, keyframe = stream.due(now, transport.round_trip)
            if stream.deadline == inf:
                alarms.streams.discard(stream)
            alarms.at = min(alarms.at, stream.deadline)
            if ssrc is None:
                continue
            if missing:
                sequences = [extended & 0xFFFF for extended in missing]
                packet = rtcp_build.nack(LOCAL_SSRC, ssrc, sequences)
                self._outputs.append(RtcpOut(transport.route, packet))
            if keyframe:
                if stream.pli:
                    packet = rtcp_build.pli(LOCAL_SSRC, ssrc)
                else:
                    self._fir_command = (self._fir_command + 1) & 0xFF
                    packet = rtcp_build.fir(LOCAL_SSRC, ssrc, self._fir_command)
                self._outputs.append(RtcpOut(transport.route, packet))

    def take(self) -> list[Output]:
        """Return and forget what is to be done, in order."""
        outputs, self._outputs = self._outputs, []
        return outputs

    # -- views --------------------------------------------------------------------------------

    def slots(self, tid: str) -> tuple[SlotState, ...]:
        """Return the current assignment of a participant: audio slots, then video.

        Raises KeyError for an unknown id.
        """
        return self._transports[tid].slots()

    def dump(self) -> dict[str, object]:
        """Describe the state of the room and everything in it, as plain JSON values."""
        return {
            "id": self.id,
            **self._stage.dump(),
            "transports": {tid: t.dump() for tid, t in self._transports.items()},
        }

    def stats(self) -> dict[str, object]:
        """Return the counters of the room, summed over its transports, as plain JSON values."""
        drops: dict[str, int] = {}
        if self._strangers:
            drops["unknown_transport"] = self._strangers
        for transport in self._transports.values():
            for reason, count in transport.drops.items():
                drops[reason] = drops.get(reason, 0) + count
        streams = [stream for stream, owner in self._owners.items() if not owner.far]
        return {
            "transports": sum(not transport.far for transport in self._transports.values()),
            "streams": sum(stream.highest >= 0 for stream in streams),
            "watched": sum(stream.watched for stream in streams),
            "rows": sum(
                len(part.feeding) for stream in self._owners for part in (stream, *stream.branches)
            ),
            "packets": sum(stream.packets for stream in streams),
            "octets": sum(stream.octets for stream in streams),
            "lost": sum(max(0, s.expected() - s.received()) for s in streams),
            "keyframes_asked": sum(stream.keyframes.sent for stream in streams),
            "nacked": sum(stream.nacked for stream in streams),
            "drops": drops,
        }
