"""What a line carries, out of transport-wide feedback of a receiver that does not estimate itself.

The result has the habits of the estimates that browsers make (REMB), so that Allowance takes both
by the same rules: there is none until the delay grows, or `FIRST_S` have passed; when the delay
grows it is `CUT` of what came through; else it rises by `GROWTH` a second, to `ROOM` times what
comes through at most. So one made while little is sent says little about the line, and is no limit
by itself.

Delays are compared between halves of a second: their means, for single packets wait for the frame
they are in. Clocks differ by an unknown amount, which is the same in both.
"""

from collections import deque
from math import inf

from media.core.departures import Departures
from media.core.rtcp import TransportFeedback

BIN_S = 0.1
HALF = 5
"""Bins whose delays are compared with those of as many before."""
RATE_BINS = 4
"""Bins over which what comes through is counted."""
LEAST_PACKETS = 10
GROWS_S = 0.03
"""By so much from one half second to the next: the line is full, and its queue fills."""
CUT, GROWTH, ROOM, ROOM_BPS = 0.85, 1.08, 1.5, 10_000
HOLD_S = 0.3
"""A cut tells of the time before it for so long."""
FIRST_S = 8.0
"""By then a line has opened, for which any estimate means that it is full."""
REPORTED_S = 1.0
"""What rises is told so often; what falls, at once."""
JUMP_S = 10.0
"""A delay that differs by so much is another clock: all is begun anew."""

_TICK = 4000
_REFERENCE_TICKS = 256


class _Bin:
    __slots__ = ("delays", "number", "octets", "packets")

    def __init__(self, number: int) -> None:
        self.number = number
        self.octets = self.packets = 0
        self.delays = 0.0


class Estimator:
    """Judges one line. Times are of the receiver's clock, by what it reports."""

    __slots__ = (
        "_base",
        "_bins",
        "_bps",
        "_first",
        "_hold_until",
        "_reference",
        "_told_at",
    )

    def __init__(self) -> None:
        self._bps: float | None = None
        self._bins: deque[_Bin] = deque(maxlen=2 * HALF + 1)
        """The last one is not complete yet."""
        self._base: float | None = None
        """The delay of the first packet."""
        self._reference = 0
        """Extended."""
        self._first = 0
        self._hold_until = self._told_at = -inf

    def take(self, feedback: TransportFeedback, sent: Departures, now: float) -> float | None:
        """Take one feedback; return an estimate in bit/s where there is something to tell."""
        passed = (feedback.reference - self._reference + 0x800000 & 0xFFFFFF) - 0x800000
        self._reference += passed
        told = None
        for number, ticks in feedback.received:
            departure = sent.came(number, now)
            if departure is None:
                continue
            at, octets = departure
            came = (self._reference * _REFERENCE_TICKS + ticks) / _TICK
            if self._base is None or abs(came - at - self._base) > JUMP_S:
                self._bins.clear()
                self._base = came - at
                self._first = int(came / BIN_S)
                self._hold_until = self._told_at = -inf
            told = self._add(came, came - at - self._base, octets) or told
        return told

    def _add(self, came: float, delay: float, octets: int) -> float | None:
        number, told = int(came / BIN_S), None
        if not self._bins or number > self._bins[-1].number:
            if self._bins:
                told = self._judge(number)
            self._bins.append(_Bin(number))
        newest = self._bins[-1]
        newest.octets += octets
        newest.packets += 1
        newest.delays += delay
        return told

    def _judge(self, now: int) -> float | None:
        """Look at the bins before `now`, which are complete."""
        recent = [each for each in self._bins if each.number >= now - HALF]
        before = [each for each in self._bins if now - 2 * HALF <= each.number < now - HALF]
        late, early = _packets(recent), _packets(before)
        if not late or not early or late + early < LEAST_PACKETS:
            return None
        trend = _mean_delay(recent) - _mean_delay(before)
        octets = sum(each.octets for each in recent if each.number >= now - RATE_BINS)
        rate = octets * 8 / (RATE_BINS * BIN_S)
        at = now * BIN_S
        if trend > GROWS_S:
            return self._cut(CUT * rate, at)
        if self._bps is None:
            if (now - self._first) * BIN_S < FIRST_S:
                return None
            self._bps = rate
        elif trend > -GROWS_S:  # else its queue empties
            passed = min(1.0, (now - self._bins[-1].number) * BIN_S)
            limit = ROOM * rate + ROOM_BPS
            if self._bps < limit:
                self._bps = min(limit, self._bps * GROWTH**passed)
        if at - self._told_at < REPORTED_S:
            return None
        self._told_at = at
        return self._bps

    def _cut(self, bps: float, at: float) -> float | None:
        if at < self._hold_until or (self._bps is not None and bps >= self._bps):
            return None
        self._hold_until, self._told_at, self._bps = at + HOLD_S, at, bps
        return bps


def _packets(bins: list[_Bin]) -> int:
    return sum(each.packets for each in bins)


def _mean_delay(bins: list[_Bin]) -> float:
    return sum(each.delays for each in bins) / _packets(bins)
