"""A VP8 stream without its upper temporal layers, numbered as if there had never been any.

Frames of a temporal layer are needed only by those of the same and of higher layers (RFC 7741
section 4.2, TID), so the upper ones can be left out from any frame of the lowest on. Sequence
numbers and picture ids are closed up behind them; TL0PICIDX counts frames of the lowest layer only
and stays. To take them in again needs a key frame, as any other switch.

Packets that are missing are not known to be of an upper layer: they keep their numbers. When one
of them comes late it is sent after all, but without its picture if the rest of its frame was left
out.
"""

from collections import deque

from media.core.feed import Taker
from media.core.flow import Flow
from media.core.history import History
from media.core.numbering import PICTURE_ID_MASK, Point
from media.core.stream import Stream
from media.core.table import Forward, Row
from media.core.timing import SenderClock

REMEMBERED = 256
"""Frames left out, for packets that come late."""


class Thinned:
    """Feeds takers like the stream it is made of, with temporal layers up to `top`."""

    __slots__ = (
        "_at",
        "_dropped",
        "_frames",
        "_ids",
        "_marks",
        "_newest_start",
        "_rows",
        "feeding",
        "flow",
        "highest",
        "history",
        "index",
        "octets",
        "packets",
        "picture_id",
        "stream",
        "timestamp",
        "tl0",
        "top",
        "video",
        "waiting",
    )

    def __init__(self, stream: Stream, top: int) -> None:
        self.stream = stream
        self.top = top
        self.index = stream.index
        self.video = True
        self.feeding: dict[Taker, Row] = {}
        self.waiting: dict[Taker, None] = {}
        self.history = History()
        self.flow = Flow()
        self.packets = self.octets = 0
        self.highest = 0
        """Extended number of the newest packet that went out, as renumbered here."""
        self.timestamp = 0
        self._at = 0.0
        self.picture_id: int | None = None
        self.tl0: int | None = None
        self._dropped = self._frames = 0
        """Packets and frames left out so far."""
        self._marks: deque[tuple[int, int, int]] = deque(maxlen=REMEMBERED)
        """From which extended number on how many packets and frames were left out."""
        self._ids: deque[int] = deque(maxlen=REMEMBERED)
        """Picture ids of the frames left out."""
        self._rows: tuple[Row, ...] | None = ()
        self._newest_start = 0

    # -- what is the same as of the whole stream ----------------------------------------------

    @property
    def clock(self) -> SenderClock:
        return self.stream.clock

    @property
    def clock_rate(self) -> int:
        return self.stream.clock_rate

    @property
    def sender_report(self) -> tuple[int, int, float] | None:
        return self.stream.sender_report

    def want_keyframe(self, now: float) -> None:
        self.stream.want_keyframe(now)

    # -- packets ------------------------------------------------------------------------------

    def prepare(self, whole: Forward, layer: int, in_order: bool, now: float) -> None:
        """Let those begin that wait, before the stream counts the packet: at a key frame all, at
        another frame of the lowest layer those that got the whole stream until now."""
        if not self.waiting or layer or not (whole.keyframe or in_order):
            return
        starting = [t for t in self.waiting if whole.keyframe or self._follows(t)]
        if not starting:
            return
        if not self.feeding:
            self._marks.clear()
            self._ids.clear()
        first = Point(
            whole.extended - self._dropped,
            whole.timestamp,
            now,
            (whole.picture_id - self._frames) & PICTURE_ID_MASK if whole.picture_id_at else None,
            whole.tl0 if whole.tl0_at else None,
        )
        for taker in starting:
            del self.waiting[taker]
            taker.begin(self, first, counted=0)

    def _follows(self, taker: Taker) -> bool:
        """Tell whether a taker has all that frames of these layers are made from."""
        if taker in self.stream.feeding:
            return True
        others = self.stream.branches
        return any(taker in other.feeding and other.top > self.top for other in others)

    def take(self, whole: Forward, layer: int, in_order: bool, now: float) -> Forward | None:
        """Return the packet as it goes out here, None where it does not."""
        if in_order:
            if layer > self.top:
                self._leave_out(whole)
                return None
            dropped, frames = self._dropped, self._frames
        else:
            dropped, frames = self._before(whole.extended)
        extended = whole.extended - dropped
        end, picture_at, tl0_at = whole.payload_end, whole.picture_id_at, whole.tl0_at
        picture_id = (whole.picture_id - frames) & PICTURE_ID_MASK
        if layer > self.top and whole.picture_id in self._ids:
            end, picture_at, tl0_at = whole.payload_start, 0, 0
        elif in_order:
            self.highest, self.timestamp, self._at = extended, whole.timestamp, now
            self.picture_id = picture_id if picture_at else self.picture_id
            self.tl0 = whole.tl0 if tl0_at else self.tl0
        self.packets += 1
        self.octets += end - whole.payload_start
        rows = self._rows
        if rows is None:
            rows = self._rows = tuple(self.feeding.values())
            self._newest_start = max((row.start for row in rows), default=0)
        if extended < self._newest_start:
            rows = tuple(row for row in rows if row.start <= extended)
        if not rows:
            return None
        forward = Forward(
            whole.packet,
            rows,
            whole.marker,
            (whole.sequence - dropped) & 0xFFFF,
            extended,
            whole.timestamp,
            whole.payload_start,
            end,
            whole.keyframe,
            picture_id,
            picture_at,
            whole.picture_id_mask,
            whole.tl0,
            tl0_at,
        )
        self.history.add(forward, now)
        return forward

    def _leave_out(self, whole: Forward) -> None:
        self._dropped += 1
        if not self._ids or self._ids[-1] != whole.picture_id:
            self._ids.append(whole.picture_id)
            self._frames += 1
        self._marks.append((whole.extended, self._dropped, self._frames))

    def _before(self, extended: int) -> tuple[int, int]:
        """Return how many packets and frames before a late one were left out."""
        for mark, dropped, frames in reversed(self._marks):
            if mark < extended:
                return dropped, frames
        if self._marks:
            _, dropped, frames = self._marks[0]
            return dropped - 1, frames - 1
        return self._dropped, self._frames

    def newest(self) -> Point:
        """Return the numbers of the newest packet that went out."""
        return Point(self.highest, self.timestamp, self._at, self.picture_id, self.tl0)

    # -- takers -------------------------------------------------------------------------------

    def add(self, taker: Taker, row: Row) -> None:
        self.feeding[taker] = row
        self._rows = None

    def remove(self, taker: Taker) -> None:
        """Stop feeding a taker; it may still be waiting."""
        if self.feeding.pop(taker, None) is not None:
            self._rows = None
            if not self.feeding:
                self.history.clear()
                self.stream.rest()

    def wait(self, taker: Taker, now: float) -> None:
        """Let a taker begin as soon as the stream allows it."""
        self.waiting[taker] = None
        if not self._follows(taker):
            self.stream.want_keyframe(now)

    def close(self, now: float) -> None:
        """Let go of all takers."""
        for taker in [*self.feeding, *self.waiting]:
            taker.lose(self, now)
        self.history.clear()
