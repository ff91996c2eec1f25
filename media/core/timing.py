"""One time base for everything a receiver is told (RFC 3550 section 6.4.1).

Senders stamp their reports with clocks of their own. The room's time base is the caller's
monotonic `now`; every sender's clock is placed on it by the least delay that one of its reports
showed. Sound and picture of one sender share that clock, so they stay together in any slot.
"""

from media.core.sequence import TIMESTAMP_MASK

NTP_MASK = 0xFFFFFFFFFFFFFFFF
_DRIFT = 1e-4
"""A sender's clock may run this much slower than ours: the least delay is forgotten so fast."""
_STEP_S = 2.0
"""A report that seems later than this was not slow: the sender's clock was set back."""
_IMPLAUSIBLE_S = 10.0


def ntp(now: float) -> int:
    """Return `now` as an NTP timestamp of 64 bits, seconds in 32.32."""
    return int(now * 2**32) & NTP_MASK


def middle(stamp: int) -> int:
    """Return the middle 32 bits of an NTP timestamp, as LSR holds it."""
    return stamp >> 16 & 0xFFFFFFFF


def round_trip(now: float, last_sr: int, delay_since_sr: int) -> float | None:
    """Return the round trip in seconds that a report block shows, None where it shows none."""
    if last_sr == 0:
        return None
    passed = (middle(ntp(now)) - last_sr - delay_since_sr) & 0xFFFFFFFF
    seconds = passed / 65536
    # Clocks that tick in 1/65536 s can make a short trip negative by a little.
    if passed > 0xFFFF0000:
        return 0.0
    return seconds if seconds < _IMPLAUSIBLE_S else None


class SenderClock:
    """Where a sender's NTP clock stands on ours."""

    __slots__ = ("_at", "_offset")

    def __init__(self) -> None:
        self._offset: float | None = None
        self._at = 0.0

    def observe(self, stamp: int, now: float) -> None:
        """Take the NTP timestamp of a report that came at `now`."""
        sample = now - stamp / 2**32
        if self._offset is None or sample > self._offset + _STEP_S:
            self._offset = sample
        else:
            self._offset = min(sample, self._offset + (now - self._at) * _DRIFT)
        self._at = now

    def local(self, stamp: int) -> float:
        """Return when, on our clock, the sender's clock showed `stamp`."""
        return stamp / 2**32 + (self._offset or 0.0)


def project(timestamp: int, at: float, now: float, clock_rate: int) -> int:
    """Return the RTP timestamp at `now` of a stream that showed `timestamp` at `at`."""
    return (timestamp + int((now - at) * clock_rate)) & TIMESTAMP_MASK
