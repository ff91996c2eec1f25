"""One incoming RTP stream: a microphone, or one simulcast layer of a camera."""

from math import inf

from media.core import h264, vp8
from media.core.feed import Branch, Taker
from media.core.flow import Flow
from media.core.history import History
from media.core.keyframes import KeyframeRequests
from media.core.nack import MissingPackets
from media.core.numbering import Point
from media.core.redundancy import Recovered, Redundancy
from media.core.rtp import Header
from media.core.sections import Source
from media.core.sequence import timestamp_delta
from media.core.table import Forward, Row
from media.core.timing import SenderClock

MAX_LATE = 1024
"""Packets this far behind the newest are of no use to anybody."""
RESTART_S = 5.0
"""After such a silence any number may come next."""
_FIRST_CYCLE = 0x10000
"""Extended numbers begin here, so that what comes before the first packet is not negative."""


class Alarms:
    """Streams that want something at a certain time, and whom to report to soon."""

    __slots__ = ("at", "begun", "streams")

    def __init__(self) -> None:
        self.at: float = inf
        self.streams: set[Stream] = set()
        self.begun: set[str] = set()  # ids of those in one of whose slots a stream has begun


class Stream:
    """Tracks, numbers and keeps what comes in, and knows the rows by which it goes out."""

    __slots__ = (
        "_alarms",
        "_newest_start",
        "_rows",
        "base",
        "before",
        "branches",
        "clock",
        "clock_rate",
        "codec",
        "feeding",
        "flow",
        "highest",
        "history",
        "index",
        "jitter",
        "keyframes",
        "keyframes_seen",
        "late",
        "level_extension",
        "missing",
        "nack",
        "nacked",
        "named_at",
        "octets",
        "octets_of",
        "packets",
        "payload_type",
        "picture_id",
        "pli",
        "recovered",
        "red_payload_type",
        "redundancy",
        "reported",
        "rid",
        "rtx_payload_type",
        "sender_report",
        "ssrc",
        "timestamp",
        "tl0",
        "unanswered",
        "video",
        "waiting",
    )

    def __init__(self, source: Source, index: int, clock: SenderClock, alarms: Alarms) -> None:
        self.clock = clock
        self.video = source.kind == "video"
        self.codec = source.codec
        self.payload_type = source.payload_type
        self.rtx_payload_type = source.rtx_payload_type
        self.red_payload_type = source.red_payload_type
        self.clock_rate = source.clock_rate
        self.nack = source.nack
        self.pli = source.pli
        self.level_extension = source.extensions.audio_level
        self.index = index
        self.rid = source.rids[index] if source.rids else None
        self.ssrc: int | None = None
        self.named_at = -inf
        """When it got its SSRC from a packet."""
        self.feeding: dict[Taker, Row] = {}
        self.waiting: dict[Taker, None] = {}
        """Who begins at the next key frame, or with sound at the next packet, in order."""
        self.branches: tuple[Branch, ...] = ()
        """Parts without upper temporal layers, from the thinnest."""
        self.octets_of = [0, 0, 0, 0]
        """Payload octets by temporal layer."""
        self.missing = MissingPackets()
        self.keyframes = KeyframeRequests()
        self.history = History()
        self._alarms = alarms
        self._rows: tuple[Row, ...] | None = ()
        self.redundancy: Redundancy | None = None
        """Makes packets of sound for those who lose them, while there is anybody."""
        self.packets = self.octets = self.late = self.nacked = self.unanswered = 0
        self.keyframes_seen, self.recovered = 0, Recovered()
        self._forget_numbers()

    def _forget_numbers(self) -> None:
        self.base = self.highest = -1
        """Extended number of the first and of the newest packet, -1 before the first."""
        self.before = self.packets
        """Packets that came before `base`, under another SSRC."""
        self.timestamp = 0
        self.flow = Flow(self.octets)
        self.picture_id: int | None = None
        self.tl0: int | None = None
        self.jitter = 0.0
        self.reported = (0, 0)
        """Packets expected and received at the last report."""
        self.sender_report: tuple[int, int, float] | None = None
        """NTP (64 bits), RTP timestamp, and when it came."""
        self._newest_start = 0

    # -- packets ------------------------------------------------------------------------------

    def take(self, packet: bytes, header: Header, now: float, repaired: bool) -> Forward | str:
        """Take one packet; return what goes out, or the reason why nothing does.

        `repaired` says that it came as a retransmission: only what is missing is welcome then.
        Raises Malformed for a broken payload descriptor.
        """
        sequence, timestamp = header.sequence, header.timestamp
        start, end = header.payload_start, header.payload_end
        picture_id_at = picture_id_mask = tl0_at = picture_id = tl0 = 0
        layer = 0
        begins = False
        if self.codec == "vp8":
            if end > start:
                picture_id, picture_id_at, picture_id_mask, tl0, tl0_at, layer, begins = vp8.parse(
                    packet, start, end
                )
                self.octets_of[layer] += end - start
        elif self.codec == "h264":
            begins = h264.begins_keyframe(packet, start, end)

        ahead = self._place(sequence, repaired, now)
        if isinstance(ahead, str):
            return ahead
        extended = self.highest + ahead
        whole: Forward | None = None
        if self.branches and self._branching():
            whole = Forward(
                packet, (), header.marker, sequence, extended, timestamp, start, end, begins,
                picture_id, picture_id_at, picture_id_mask, tl0, tl0_at,
            )  # fmt: skip
            if ahead > 0 and timestamp != self.timestamp:
                for branch in self.branches:
                    branch.prepare(whole, layer, ahead == 1, now)
        if ahead > 0:
            self._arrive(extended, timestamp, now)
            if picture_id_at:
                self.picture_id = picture_id
            if tl0_at:
                self.tl0 = tl0
            if begins:
                self.keyframes_seen += 1
                self.keyframes.settled()
            if self.waiting and (begins or not self.video):
                self._begin_waiting()
        self.octets += end - start
        # After those that wait have begun: nobody gets a packet twice.
        thinner = None if whole is None else self._branch(whole, layer, ahead > 0, now)

        rows = self._rows
        if rows is None:
            rows = self._compile()
        if self.redundancy is not None:
            thinner = self.redundancy.take(packet, header, extended)
        if extended < self._newest_start:
            # Overtaken by the packet at which somebody began: for those it is too early.
            rows = tuple(row for row in rows if row.start <= extended)
            if not rows:
                return thinner or "before_start"
        if not rows:
            return thinner or "unwatched"
        forward = Forward(
            packet, rows, header.marker, sequence, extended, timestamp, start, end, begins,
            picture_id, picture_id_at, picture_id_mask, tl0, tl0_at,
        )  # fmt: skip
        forward.thinner = thinner
        if self.video:
            self.history.add(forward, now)
        return forward

    def _compile(self) -> tuple[Row, ...]:
        rows = tuple(self.feeding.values())
        self._newest_start = max((row.start for row in rows), default=0)
        if not any(row.redundancy for row in rows):
            self.redundancy = None
        else:
            self.redundancy = self.redundancy or Redundancy()
            rows = self.redundancy.divide(rows)
        self._rows = rows
        return rows

    def _branching(self) -> bool:
        for branch in self.branches:  # noqa: SIM110 for every packet: twice as fast as any()
            if branch.feeding or branch.waiting:
                return True
        return False

    def _branch(self, whole: Forward, layer: int, in_order: bool, now: float) -> Forward | None:
        """Let the parts of the stream take a packet; return what goes out of them, chained."""
        chain: Forward | None = None
        for branch in self.branches:
            if branch.feeding:
                forward = branch.take(whole, layer, in_order, now)
                if forward is not None:
                    forward.thinner, chain = chain, forward
        return chain

    @property
    def watched(self) -> bool:
        """Somebody gets it, or a part of it."""
        return bool(self.feeding) or any(branch.feeding for branch in self.branches)

    def rest(self) -> None:
        """Stop to ask for what is missing when nobody gets anything."""
        if not self.watched:
            self.missing.forget()

    def _place(self, sequence: int, repaired: bool, now: float) -> int | str:
        """Return how far ahead of the newest packet this one is, or why it is not welcome."""
        highest = self.highest
        if highest < 0:
            if repaired:
                return "rtx_unasked"
            self.highest = sequence + _FIRST_CYCLE - 1
            self.base = self.highest + 1
            return 1
        ahead = ((sequence - highest + 0x8000) & 0xFFFF) - 0x8000
        if ahead == 1 and not repaired:
            return ahead
        if ahead > 0:
            if repaired:
                return "rtx_unasked"
            if self.nack and self.watched:
                if not self.missing.skipped(highest + 1, highest + ahead, now):
                    self.want_keyframe(now)
                self._ring(self.missing.deadline)
            return ahead
        missed = self.missing.arrived(highest + ahead)
        if repaired:
            return ahead if missed else "rtx_unasked"
        if ahead == 0:
            return "duplicate"
        if ahead < -MAX_LATE:
            if self.ssrc is None or self.flow.within(RESTART_S, now):
                return "too_late"
            # More than half of all numbers passed unseen while the line was away.
            self.rename(self.ssrc, now)
            return self._place(sequence, repaired, now)
        self.packets += 1
        self.late += 1
        return ahead

    def _arrive(self, extended: int, timestamp: int, now: float) -> None:
        self.packets += 1
        self.highest = extended
        if timestamp != self.timestamp or self.flow.at == -inf:
            passed = self.flow.frame(now)
            if passed is not None:
                # RFC 3550 section 6.4.1; per frame, because its packets share a timestamp.
                meant = timestamp_delta(timestamp, self.timestamp)
                self.jitter += (abs(passed * self.clock_rate - meant) - self.jitter) / 16
            self.timestamp = timestamp

    def _begin_waiting(self) -> None:
        first = self.newest()
        waiting, self.waiting = list(self.waiting), {}
        for taker in waiting:
            taker.begin(self, first)
        self._alarms.begun.update(taker.tid for taker in waiting)

    def newest(self) -> Point:
        """Return the numbers of the newest packet (the newest that had them)."""
        return Point(self.highest, self.timestamp, self.flow.at, self.picture_id, self.tl0)

    # -- takers -------------------------------------------------------------------------------

    def add(self, taker: Taker, row: Row) -> None:
        self.feeding[taker] = row
        self._rows = None

    def remove(self, taker: Taker) -> None:
        """Stop feeding a taker; it may still be waiting."""
        if self.feeding.pop(taker, None) is not None:
            self._rows = None
            self.rest()

    def wait(self, taker: Taker, now: float) -> None:
        """Let a taker begin as soon as the stream allows it."""
        self.waiting[taker] = None
        if self.video:
            self.want_keyframe(now)

    def rename(self, ssrc: int, now: float) -> None:
        """Go on under another SSRC: numbers begin anew, takers keep their place."""
        self.ssrc, self.named_at = ssrc, now
        if self.highest >= 0:
            takers = [*self.feeding, *self.waiting]
            self.close(now)
            self._forget_numbers()
            for taker in takers:
                taker.aim(self, now)

    def close(self, now: float) -> None:
        """Let go of all takers; those that waited and those that were fed have nothing then."""
        for taker in [*self.feeding, *self.waiting]:
            taker.lose(self, now)
        for branch in self.branches:
            branch.close(now)
        self.missing.forget()
        self.keyframes.settled()
        self.history.clear()

    # -- requests to the sender ---------------------------------------------------------------

    def want_keyframe(self, now: float) -> None:
        self.keyframes.want(now)
        self._ring(self.keyframes.deadline)

    def _ring(self, at: float) -> None:
        alarms = self._alarms
        alarms.streams.add(self)
        if at < alarms.at:
            alarms.at = at

    def due(self, now: float, round_trip: float) -> tuple[list[int], bool]:
        """Return the extended numbers to ask for again now, and whether to ask for a key frame."""
        if self.keyframes.wanted and not (self.waiting or self.watched or self._branching()):
            self.keyframes.settled()
        ask, given_up = self.missing.due(now, round_trip)
        self.nacked += len(ask)
        if given_up:
            self.unanswered += given_up
            self.keyframes.want(now)
        return ask, self.keyframes.due(now, round_trip)

    @property
    def deadline(self) -> float:
        return min(self.missing.deadline, self.keyframes.deadline)

    # -- counters -----------------------------------------------------------------------------

    def measure(self, now: float) -> None:
        """Renew the rate and let go of what nobody can ask for any more; every few 100 ms."""
        self.flow.measure(self.octets, now)
        if not self.feeding and not self.flow.flows(now):
            self.history.clear()

    def expected(self) -> int:
        """Return how many packets there should be by their numbers."""
        return self.highest - self.base + 1 if self.highest >= 0 else 0

    def received(self) -> int:
        """Return how many of them came by themselves."""
        return self.packets - self.before

    def stats(self) -> dict[str, object]:
        """Return the counters; octets are of payload."""
        return {
            "ssrc": self.ssrc,
            "rid": self.rid,
            "packets": self.packets,
            "octets": self.octets,
            "bps": round(self.flow.bps),
            "lost": max(0, self.expected() - self.received()),
            "late": self.late,
            "recovered": self.recovered.count,
            "nacked": self.nacked,
            "unanswered": self.unanswered,
            "jitter": round(self.jitter / self.clock_rate, 4),
            "keyframes": self.keyframes_seen,
            "keyframes_asked": self.keyframes.sent,
            "feeding": len(self.feeding),
            "waiting": len(self.waiting),
        }
