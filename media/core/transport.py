"""One participant: what it sends, what it receives, and the way its streams are found."""

import math
from collections.abc import Iterator, Sequence
from math import inf

from media.core import rtp
from media.core.allocation import NOTHING, OVERHEAD
from media.core.allowance import SETTLING_S, Allowance
from media.core.arrivals import Arrivals
from media.core.consumer import Consumer
from media.core.departures import Departures
from media.core.estimator import Estimator
from media.core.loudness import Voice
from media.core.outputs import Resend, SlotState
from media.core.producer import Producer
from media.core.protection import Losses, Protection
from media.core.rtp import Header
from media.core.sections import Kind, SlotSpec, Source
from media.core.stream import Alarms, Stream
from media.core.timing import SenderClock

DEFAULT_ROUND_TRIP_S = 0.1
RENAME_PAUSE_S = 0.5
"""A stream changes its SSRC at most this often: all its receivers have to begin anew for it."""
AUDIO_OVERHEAD = 1.5
"""Headers make so much of small packets of sound."""
RESENDS_PER_S = 300
RESEND_BURST = 300
RESEND_SHARE = 0.25
"""On a line with a limit resends take at most so much of it: more would be lost again, and what
is new with it."""
RESEND_LEAST_BPS = 50_000
QUEUED_SHARE, QUEUED_LEAST_BPS = 0.1, 15_000
"""Through a long queue even less: what is asked for there may only be late."""
RESEND_BURST_S = 1.0


class Transport:
    __slots__ = (
        "_copies",
        "_drops",
        "_resend_octets",
        "_resend_tokens",
        "_resend_tokens_at",
        "allowance",
        "arrivals",
        "audio",
        "camera",
        "clock",
        "consumers",
        "departures",
        "estimator",
        "losses",
        "microphone",
        "muted",
        "next_report",
        "plan",
        "producers",
        "protection",
        "ready",
        "repairs",
        "round_trip",
        "streams",
        "tid",
        "video",
        "voice",
    )

    far = False
    """It is on another worker (media.core.far)."""

    def __init__(
        self,
        tid: str,
        sources: Sequence[Source],
        slots: Sequence[SlotSpec],
        alarms: Alarms,
        now: float,
        ready: bool = True,
    ) -> None:
        self.tid = tid
        self.ready = ready
        """Whether packets can be sent to it."""
        self.voice = Voice(tid)
        self.clock = SenderClock()
        self.muted = (False, False)
        """Audio and video, as the participant says."""
        self.producers = tuple(self._producer(source, alarms) for source in sources)
        # Asked for in every review: looked for once.
        self.microphone = self._first("audio")
        """What it sends of sound, None where it sends none."""
        self.camera = self._first("video")
        self.streams: dict[int, Stream] = {}
        """By the SSRC it comes under; one for each stream at most."""
        self.repairs: dict[int, Stream] = {}
        """By the SSRC of its retransmissions."""
        for producer in self.producers:
            for stream, ssrc in zip(producer.streams, producer.source.ssrcs, strict=False):
                self.streams[ssrc] = stream
            for stream, ssrc in zip(producer.streams, producer.source.rtx_ssrcs, strict=False):
                self.repairs[ssrc] = stream
        numbers = any(spec.transport_sequence for spec in slots)
        self.departures = Departures() if numbers else None
        """Where it is to tell when what it gets came."""
        self.estimator = Estimator()
        """Out of what it tells."""
        consumers = [Consumer(tid, spec, self.departures) for spec in slots]
        self.audio = [c for c in consumers if c.spec.kind == "audio"]
        self.video = [c for c in consumers if c.spec.kind == "video"]
        self.consumers = {consumer.spec.ssrc: consumer for consumer in consumers}
        numbered = (p.source.extensions.transport_sequence for p in self.producers)
        extension = next((number for number in numbered if number), 0)
        self.arrivals = Arrivals(extension) if extension else None
        """Where it numbers its packets across streams."""
        self.allowance = Allowance(estimating=any(c.spec.abs_send_time for c in self.video))
        self.losses = Losses()
        self.protection = Protection()
        self.plan = NOTHING
        """How the budget was divided last, while there is one."""
        self.round_trip = DEFAULT_ROUND_TRIP_S
        """Seconds, smoothed over what receiver reports say."""
        self.next_report = now
        self._resend_tokens, self._resend_tokens_at = float(RESEND_BURST), now
        self._resend_octets = 0.0
        self._copies = 0.0
        """Octets of copies that are due; what was sent beyond that counts below zero."""
        self._drops: dict[str, int] = {}

    def _producer(self, source: Source, alarms: Alarms) -> Producer:
        return Producer(self.tid, source, self.clock, alarms)

    def _first(self, kind: Kind) -> Producer | None:
        return next((p for p in self.producers if p.source.kind == kind), None)

    @property
    def route(self) -> str:
        """Whom RTCP to it is sent to: itself."""
        return self.tid

    # -- finding streams ----------------------------------------------------------------------

    def find(self, packet: bytes, header: Header, now: float) -> tuple[Stream, bool] | None:
        """Find the stream of a packet whose SSRC is new, and learn the SSRC.

        By MID and RID or repaired RID (RFC 8843 section 9.2, RFC 8852); without a MID by a payload
        type that only one section without layers uses. The answer's second part says whether the
        SSRC is one of retransmissions. A stream that already had an SSRC gets the new one, so
        that however many a sender tries, none is kept but the last. Raises Malformed.
        """
        producer = self._section(packet, header)
        if producer is None:
            return None
        source, kind = producer.source, header.payload_type
        repair = kind == source.rtx_payload_type
        if kind not in (source.payload_type, source.red_payload_type) and not repair:
            return None
        stream = producer.streams[0]
        if source.rids:
            wanted = source.extensions.repaired_rid if repair else source.extensions.rid
            rid = rtp.text_extension(packet, header, wanted)
            if rid not in source.rids:
                return None
            stream = producer.streams[source.rids.index(rid)]
        if not repair:
            if now - stream.named_at < RENAME_PAUSE_S:
                return None
            stream.rename(header.ssrc, now)
        known = self.repairs if repair else self.streams
        for ssrc in [ssrc for ssrc, other in known.items() if other is stream]:
            del known[ssrc]
        known[header.ssrc] = stream
        return stream, repair

    def _section(self, packet: bytes, header: Header) -> Producer | None:
        mid: str | None = None
        for producer in self.producers:
            source = producer.source
            mid = mid or rtp.text_extension(packet, header, source.extensions.mid)
            if mid == source.mid:
                return producer
        if mid is not None:
            return None
        fitting = [
            producer
            for producer in self.producers
            if header.payload_type
            in (
                producer.source.payload_type,
                producer.source.rtx_payload_type,
                producer.source.red_payload_type,
            )
            and not producer.source.rids
        ]
        return fitting[0] if len(fitting) == 1 else None

    # -- views on the parts -------------------------------------------------------------------

    def all_streams(self) -> Iterator[Stream]:
        for producer in self.producers:
            yield from producer.streams

    def mute(self, audio: bool, video: bool) -> None:
        self.muted = audio, video
        for producer in self.producers:
            producer.muted = audio if producer.source.kind == "audio" else video

    def lost(self, share: float, packets: int, now: float) -> None:
        """Take the share lost (0..1) of so many packets: what is sent follows it, and the
        redundancy of sound."""
        enough = self.losses.add(share, packets, now)
        if enough is not None:
            pictures = self.pictures_bps
            if pictures > 0:  # without them there is nothing to send less of
                self.allowance.lost(enough, self.sound_bps, pictures, now)
        if share and now - self.allowance.full_at < SETTLING_S:
            share = 0.0  # what a full line lost was too much, not too little
        thin = self.limited and self.pictures_bps > 0
        if self.protection.reported(share, packets, now, thin=thin):
            for consumer in self.audio:
                consumer.protect(self.protection.level)

    def stop(self, now: float) -> None:
        """Send it nothing more; its slots stay assigned."""
        for consumer in self.consumers.values():
            consumer.aim(None, now)

    def probes(self, seconds: float) -> Iterator[Resend]:
        """Yield what makes up the probe of the line for a time: pictures sent once more."""
        self._copies = min(0.0, self._copies) + self.allowance.probe_bps * seconds / 8
        for consumer in self.video:
            if self._copies <= 0:
                return
            for resend in consumer.repeat(math.ceil(self._copies)):
                self._copies -= len(resend.forward.packet)
                yield resend

    @property
    def sound_bps(self) -> float:
        """What goes out to it of sound, bit/s."""
        return AUDIO_OVERHEAD * sum(c.feed.flow.bps for c in self.audio if c.feed is not None)

    @property
    def pictures_bps(self) -> float:
        """What goes out to it of pictures, bit/s."""
        return OVERHEAD * sum(c.feed.flow.bps for c in self.video if c.feed is not None)

    @property
    def repeatable(self) -> bool:
        """There are packets that a probe can repeat."""
        return any(c.row is not None and c.row.rtx_ssrc != 0 for c in self.video)

    def slots(self) -> tuple[SlotState, ...]:
        return tuple(consumer.state() for consumer in (*self.audio, *self.video))

    @property
    def limited(self) -> bool:
        """The line showed how much it carries."""
        return self.allowance.budget < inf and not self.allowance.opening

    @property
    def estimate_by(self) -> str | None:
        """By what kind of feedback the line is estimated; None where it is judged by loss."""
        if not self.allowance.estimating and self.allowance.estimate is None:
            return None
        return "goog-remb" if self.departures is None else "transport-cc"

    def may_resend(self, now: float) -> bool:
        """Tell whether this receiver may get a packet again: `RESENDS_PER_S` on average, and on a
        line with a limit `RESEND_SHARE` of that."""
        passed, self._resend_tokens_at = now - self._resend_tokens_at, now
        self._resend_tokens = min(RESEND_BURST, self._resend_tokens + passed * RESENDS_PER_S)
        share, least = RESEND_SHARE, RESEND_LEAST_BPS
        if self.allowance.trips.queued:
            share, least = QUEUED_SHARE, QUEUED_LEAST_BPS
        rate = max(least, share * self.allowance.budget) / 8
        if self.limited:
            self._resend_octets = min(rate * RESEND_BURST_S, self._resend_octets + passed * rate)
        if self._resend_tokens < 1 or (self.limited and self._resend_octets <= 0):
            return False
        self._resend_tokens -= 1
        return True

    def resent(self, octets: int) -> None:
        """Note what was sent again."""
        if self.limited:
            self._resend_octets -= octets

    def drop(self, reason: str) -> None:
        """Count what was not forwarded or not answered."""
        self._drops[reason] = self._drops.get(reason, 0) + 1

    @property
    def drops(self) -> dict[str, int]:
        return dict(self._drops)

    def dump(self) -> dict[str, object]:
        return {
            "ready": self.ready,
            "muted": {"audio": self.muted[0], "video": self.muted[1]},
            "loudness": round(self.voice.loudness, 1),
            "round_trip": round(self.round_trip, 4),
            "sending_bps": round(self.sound_bps + self.pictures_bps),
            "estimate_bps": self.allowance.estimate,
            "estimate_by": self.estimate_by,
            "budget_bps": None if self.allowance.budget == inf else round(self.allowance.budget),
            "probe_bps": round(self.allowance.probe_bps),
            "lost": round(self.protection.share, 3),
            "producers": [producer.dump() for producer in self.producers],
            "consumers": [consumer.dump() for consumer in (*self.audio, *self.video)],
            "drops": self.drops,
        }
