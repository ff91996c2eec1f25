"""Output numbering: one slot looks like one unbroken source, whoever fills it.

A slot is fed by one stream at a time. While it is, every outgoing number is the incoming one plus
a constant, so that gaps and late packets of the way in stay what they are on the way out. Where
the feed changes, the first packet of the new stream gets the numbers that follow the newest packet
of the old one.
"""

from typing import NamedTuple

from media.core.sequence import SEQUENCE_MASK, TIMESTAMP_MASK

PICTURE_ID_MASK = 0x7FFF
TL0_MASK = 0xFF


class Point(NamedTuple):
    """The numbers of one packet of an incoming stream, and when it came.

    `picture_id` and `tl0` are None where the packet has none; `sequence` may be extended.
    """

    sequence: int
    timestamp: int
    at: float
    picture_id: int | None = None
    tl0: int | None = None


class Offsets(NamedTuple):
    """What to add to incoming numbers, each modulo its width (16, 32, 15 and 8 bits)."""

    sequence: int
    timestamp: int
    picture_id: int
    tl0: int


class Numbering:
    """The numbers of one outgoing stream. `attach` and `detach` take turns."""

    __slots__ = ("_clock_rate", "_first_sequence", "_last", "_offsets")

    def __init__(self, clock_rate: int, first_sequence: int = 0) -> None:
        """`first_sequence` is the number of the very first packet. Keep it below 2**15, so that
        loss at the start cannot make a receiver miss a wrap (RFC 3711 section 3.3.1)."""
        self._clock_rate = clock_rate
        self._first_sequence = first_sequence
        self._last: Point | None = None
        """The newest packet that went out, in outgoing numbers."""
        self._offsets: Offsets | None = None

    def attach(self, first: Point) -> Offsets:
        """Begin with a new stream at its packet `first`, which is sent.

        Timestamps go on by the time that passed since the newest packet of the stream before, and
        by 10 ms at least, so that the new frame is never taken for a part of the old one.
        """
        last = self._last
        if last is None:  # any numbers will do; the incoming ones are as good as random
            self._offsets = Offsets(
                (self._first_sequence - first.sequence) & SEQUENCE_MASK, 0, 0, 0
            )
            return self._offsets
        passed = max(round((first.at - last.at) * self._clock_rate), self._clock_rate // 100)
        timestamp = last.timestamp + passed
        picture_id = tl0 = 0
        if first.picture_id is not None and last.picture_id is not None:
            picture_id = (last.picture_id + 1 - first.picture_id) & PICTURE_ID_MASK
        if first.tl0 is not None and last.tl0 is not None:
            tl0 = (last.tl0 + 1 - first.tl0) & TL0_MASK
        self._offsets = Offsets(
            (last.sequence + 1 - first.sequence) & SEQUENCE_MASK,
            (timestamp - first.timestamp) & TIMESTAMP_MASK,
            picture_id,
            tl0,
        )
        return self._offsets

    def detach(self, newest: Point) -> None:
        """End with the stream whose newest packet (highest sequence number) is given."""
        offsets, last = self._offsets, self._last
        if offsets is None:
            return
        self._offsets = None
        picture_id, tl0 = (None, None) if last is None else (last.picture_id, last.tl0)
        if newest.picture_id is not None:
            picture_id = (newest.picture_id + offsets.picture_id) & PICTURE_ID_MASK
        if newest.tl0 is not None:
            tl0 = (newest.tl0 + offsets.tl0) & TL0_MASK
        self._last = Point(
            (newest.sequence + offsets.sequence) & SEQUENCE_MASK,
            (newest.timestamp + offsets.timestamp) & TIMESTAMP_MASK,
            newest.at,
            picture_id,
            tl0,
        )
