"""One outgoing slot of a participant."""

from math import inf

from media.core.departures import Departures
from media.core.feed import Feed
from media.core.numbering import Numbering, Offsets, Point
from media.core.outputs import Resend, SlotState
from media.core.producer import Producer
from media.core.sections import SlotSpec
from media.core.sequence import extend
from media.core.table import Row

RESEND_PAUSE_S = 0.02
"""The same packet is not sent again sooner, and not before half a round trip; from the third time
on the pause doubles: a queue makes receivers ask for what is on its way."""
RESENDS_REMEMBERED = 256
HELPLESS_S, HELPLESS_PAUSE_S = 0.6, 2.0
"""A receiver that asks for so long for what it cannot get is given a key frame, and not the next
one sooner than that."""
REPEATED = 16
"""So many of the newest packets are repeated to probe a line."""


class Consumer:
    """A slot shows `assigned`; `feed` is what flows now, `target` what it waits to switch to.

    Until the target's first packet (of a key frame) comes, the old feed flows on, so that a
    picture never stops for a switch.
    """

    __slots__ = (
        "_departures",
        "_helpless_at",
        "_helpless_since",
        "_octets_before",
        "_packets_before",
        "_previous",
        "_resent",
        "_resent_count",
        "_rtx_sequence",
        "assigned",
        "feed",
        "fraction_lost",
        "highest",
        "jitter",
        "last_sr",
        "nacks",
        "numbering",
        "paused",
        "plis",
        "redundancy",
        "resumed_at",
        "row",
        "spec",
        "starved",
        "switches",
        "target",
        "tid",
    )

    def __init__(self, tid: str, spec: SlotSpec, departures: Departures | None = None) -> None:
        """`departures` numbers what goes to the transport, where that is agreed."""
        self.tid = tid
        self._departures = departures
        self.spec = spec
        self.numbering = Numbering(spec.clock_rate, spec.ssrc & 0x7FFF)
        self.assigned: str | None = None
        """The transport whose source the slot shows."""
        self.paused = False
        """There is nothing to show now, though somebody is assigned."""
        self.starved = False
        """There is, but the line cannot carry it."""
        self.feed: Feed | None = None
        self.row: Row | None = None
        self.target: Feed | None = None
        self.redundancy = 0
        """Frames of sound repeated in each packet, where the receiver takes that."""
        self._previous: tuple[Feed, Row] | None = None
        """What fed the slot before: its last packets may still be asked for."""
        self._resent: dict[int, tuple[float, float]] = {}
        """When a packet may be sent again at the earliest, and the pause after that at least, by
        number."""
        self._rtx_sequence = (spec.rtx_ssrc or 0) & 0x7FFF
        self._packets_before = self._octets_before = 0
        self._helpless_at = self._helpless_since = -inf
        self.fraction_lost = 0.0
        """Share of packets lost, as the receiver last reported."""
        self.jitter = 0.0
        """Seconds, as the receiver last reported."""
        self.resumed_at = -inf
        """When it began to flow after it had not."""
        self.highest = -1
        """Extended sequence number, as the receiver last reported, -1 before."""
        self.last_sr = 0
        """The sender report that a round trip was measured by last."""
        self.plis = self.nacks = self.switches = self._resent_count = 0

    # -- switching ----------------------------------------------------------------------------

    def aim(self, stream: Feed | None, now: float) -> None:
        """Make for a stream; None stops at once, the stream that feeds already stays."""
        target = self.target
        if target is not None and target is not stream:
            del target.waiting[self]
            self.target = None
        if stream is None:
            self.release()
        elif stream is not self.feed and stream is not target:
            self.target = stream
            stream.wait(self, now)

    def begin(self, stream: Feed, first: Point, counted: int = 1) -> None:
        """Switch over; called by the target with the packet it begins at."""
        if self.feed is None:
            self.resumed_at = first.at
        self.release()
        self.target = None
        self.switches += 1
        self.feed = stream
        self.row = self._row(self.numbering.attach(first), first.sequence)
        self._packets_before -= stream.packets - counted
        self._octets_before -= stream.octets
        stream.add(self, self.row)

    def _row(self, offsets: Offsets, start: int) -> Row:
        spec = self.spec
        rtx = spec.rtx_ssrc if spec.rtx_payload_type is not None else None
        red = spec.red_payload_type if self.redundancy else None
        return Row(
            transport=self.tid,
            slot=spec.slot,
            ssrc=spec.ssrc,
            payload_type=spec.payload_type if red is None else red,
            sequence_offset=offsets.sequence,
            timestamp_offset=offsets.timestamp,
            picture_id_offset=offsets.picture_id,
            tl0_offset=offsets.tl0,
            rtx_ssrc=rtx or 0,
            rtx_payload_type=spec.rtx_payload_type or 0,
            abs_send_time=spec.abs_send_time if rtx else 0,
            redundancy=0 if red is None else self.redundancy,
            block_payload_type=0 if red is None else spec.payload_type,
            start=start,
            transport_sequence=spec.transport_sequence if rtx else 0,
            departures=self._departures if rtx and spec.transport_sequence else None,
        )

    def protect(self, level: int) -> None:
        """Repeat so many frames of sound in each packet from now on; numbers go on unbroken."""
        if self.spec.red_payload_type is None or level == self.redundancy:
            return
        self.redundancy = level
        row = self.row
        if self.feed is not None and row is not None:
            offsets = Offsets(row.sequence_offset, row.timestamp_offset, 0, 0)
            self.row = self._row(offsets, row.start)
            self.feed.add(self, self.row)

    def lose(self, stream: Feed, now: float) -> None:
        """Let go of a stream that is no more, as feed, as target and in memory."""
        if stream is self.target:
            del stream.waiting[self]
            self.target = None
        if stream is self.feed:
            self.release()
        if self._previous is not None and self._previous[0] is stream:
            self._previous = None

    def release(self) -> None:
        """Stop what flows now; the numbering remembers where it was."""
        feed, row = self.feed, self.row
        if feed is None or row is None:
            return
        self._packets_before, self._octets_before = self.sent()
        feed.remove(self)
        self.numbering.detach(feed.newest())
        self._previous = (feed, row)
        self.feed = self.row = None

    def sent(self) -> tuple[int, int]:
        """Return packets and payload octets sent so far, as a sender report counts them."""
        if self.feed is None:
            return self._packets_before, self._octets_before
        return (
            self._packets_before + self.feed.packets,
            self._octets_before + self.feed.octets,
        )

    # -- retransmission -----------------------------------------------------------------------

    def resend(
        self, sequence: int, round_trip: float, now: float, *, late: bool = True
    ) -> Resend | str:
        """Answer for one outgoing number that the receiver misses, or say why there is nothing.

        `late`: also what went out before the key frame of the last switch.
        """
        allowed_at, again = self._resent.get(sequence, (now, 0.0))
        if now < allowed_at:
            return "resend_repeated"
        pause = max(RESEND_PAUSE_S, round_trip / 2, again)
        current = (self.feed, self.row) if self.feed is not None else None
        for candidate in (current, self._previous if late or self._continues() else None):
            if candidate is None:
                continue
            stream, row = candidate
            if stream is None or row is None:
                continue
            incoming = (sequence - row.sequence_offset) & 0xFFFF
            forward = stream.history.find(extend(incoming, stream.highest), row)
            if forward is None:
                continue
            if len(self._resent) >= RESENDS_REMEMBERED:
                self._resent.clear()
            self._resent[sequence] = now + pause, 2 * pause if again else pause
            self._resent_count += 1
            rtx = self._next_rtx() if row.rtx_ssrc else None
            return Resend(self.tid, forward, row, rtx)
        return "resend_not_kept"

    def helpless(self, now: float) -> None:
        """Note that a packet asked for is not sent again; its picture may stand still for that."""
        if now - self._helpless_at > HELPLESS_S:
            self._helpless_since = now
        self._helpless_at = now
        if self.feed is not None and now - self._helpless_since >= HELPLESS_S:
            self._helpless_since = now + HELPLESS_PAUSE_S - HELPLESS_S
            self.feed.want_keyframe(now)

    def again(self, resend: Resend) -> Resend:
        """Return the same retransmission under another number; a receiver drops the second."""
        return Resend(resend.transport, resend.forward, resend.row, self._next_rtx())

    def _continues(self) -> bool:
        """Tell whether what flows is made from frames of what flowed before: it is the same layer
        with more or fewer frames."""
        if self._previous is None or self.feed is None:
            return False
        before, feed = self._previous[0], self.feed
        return before.index == feed.index and before.clock is feed.clock

    def repeat(self, octets: int) -> list[Resend]:
        """Send the newest packets once more, about `octets` in all; none without RTX.

        A receiver that has them drops them: they only show what the line carries.
        """
        stream, row = self.feed, self.row
        if stream is None or row is None or not row.rtx_ssrc:
            return []
        repeated = []
        while octets > 0:
            before = octets
            for forward in stream.history.newest(row, REPEATED):
                repeated.append(Resend(self.tid, forward, row, self._next_rtx()))
                octets -= len(forward.packet)
                if octets <= 0:
                    break
            if octets == before:
                break
        return repeated

    def _next_rtx(self) -> int:
        number = self._rtx_sequence
        self._rtx_sequence = (number + 1) & 0xFFFF
        return number

    # -- views --------------------------------------------------------------------------------

    def layer(self, producer: Producer) -> int | None:
        """Return which of a source's `feeds` is shown, or about to be."""
        for stream in (self.target, self.feed):
            if stream is not None and stream in producer.feeds:
                return producer.feeds.index(stream)
        return None

    def state(self) -> SlotState:
        return SlotState(self.spec.slot, self.spec.kind, self.assigned, self.paused or self.starved)

    def dump(self) -> dict[str, object]:
        packets, octets = self.sent()
        return {
            "slot": self.spec.slot,
            "kind": self.spec.kind,
            "ssrc": self.spec.ssrc,
            "assigned": self.assigned,
            "paused": self.paused,
            "starved": self.starved,
            "layer": None if self.feed is None else self.feed.index,
            "bps": 0 if self.feed is None else round(self.feed.flow.bps),
            "switching_to": None if self.target is None else self.target.index,
            "packets": packets,
            "octets": octets,
            "switches": self.switches,
            "fraction_lost": round(self.fraction_lost, 3),
            "jitter": round(self.jitter, 4),
            "nacks": self.nacks,
            "resent": self._resent_count,
            "redundancy": self.redundancy,
            "plis": self.plis,
        }
