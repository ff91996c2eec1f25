"""Whether a stream flows, since when, and at what rate."""

from math import inf

SILENT_S = 1.0
"""A layer without a packet for so long has stopped."""
SETTLED_S = 1.0
"""A layer that came back is trusted after flowing for so long."""


class Flow:
    __slots__ = ("_begun_at", "_measured_at", "_measured_octets", "_stopped", "at", "bps")

    def __init__(self, octets: int = 0) -> None:
        """`octets` is the sum so far, from which the rate is measured."""
        self.at = -inf
        """When the first packet of the newest frame came."""
        self.bps = 0.0
        """Payload bit/s, smoothed over about a second."""
        self._begun_at = -inf
        self._stopped = False
        self._measured_at, self._measured_octets = 0.0, octets

    def frame(self, now: float) -> float | None:
        """Note a frame; return the seconds since the one before, None when the flow begins or
        begins again with it."""
        passed = now - self.at
        self.at = now
        if passed > SILENT_S or self._stopped:
            self._begun_at, self._stopped = now, False
            return None
        return passed

    def stop(self) -> None:
        """Note that the sender said good-bye; with the next frame it flows again."""
        self._stopped = True

    def within(self, seconds: float, now: float) -> bool:
        """Tell whether there was a frame in the last `seconds` and no good-bye after it."""
        return now - self.at < seconds and not self._stopped

    def flows(self, now: float) -> bool:
        return self.within(SILENT_S, now)

    def settled(self, now: float) -> bool:
        return now - self._begun_at >= SETTLED_S and self.flows(now)

    def measure(self, octets: int, now: float) -> None:
        """Renew `bps` from the sum of payload octets so far; every few 100 ms."""
        passed = now - self._measured_at
        if passed > 0:
            rate = (octets - self._measured_octets) * 8 / passed
            self.bps = rate if self.bps == 0 else self.bps + (rate - self.bps) * min(1.0, passed)
            self._measured_at, self._measured_octets = now, octets
