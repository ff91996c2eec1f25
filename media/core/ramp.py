"""How a new line is tried: what is sent doubles every `DOUBLES_S`.

Below `CAREFUL_BPS` it takes longer: where few packets come, a receiver sees late that they queue,
and what was too much until then has to fit into the queue.
"""

from math import inf, log2

DOUBLES_S = 0.6
CAREFUL_BPS, DOUBLES_CAREFULLY_S = 400_000.0, 1.5
LEAST_BPS = 150_000.0
BEHIND_S = 0.45
"""What a receiver says of a moment comes so much later, besides the round trip."""
THROUGH = 0.9
"""Of what got through a full line, so much is sent from then on."""
SHORTFALL = 1.3
"""An estimate made while a line was filling may be too low by so much: it is 85 % of what came in
the second before, and that was less than what comes by the end of it."""
CEILING = 1.75
"""So many times such an estimate is surely more than the line carries."""


def level(begin: float, passed: float) -> float:
    """Return the bit/s to try so many seconds after it began with `begin`."""
    careful = DOUBLES_CAREFULLY_S * max(0.0, log2(CAREFUL_BPS / begin))
    doublings = min(passed, careful) / DOUBLES_CAREFULLY_S
    doublings += max(0.0, passed - careful) / DOUBLES_S
    return float(begin * 2**doublings)


class Ramp:
    """One trial of a line; not begun, or over, while `running` is False."""

    __slots__ = ("_at", "_from")

    def __init__(self) -> None:
        self._at = inf
        self._from = LEAST_BPS

    @property
    def running(self) -> bool:
        return self._at < inf

    def begin(self, sending: float, now: float) -> None:
        """Begin with the bit/s of pictures that are sent now, unless it has begun."""
        if not self.running:
            self._at, self._from = now, max(sending, LEAST_BPS)

    def end(self) -> None:
        self._at = inf

    def level(self, now: float) -> float:
        """Return what is to be sent now, pictures and copies, in bit/s."""
        return level(self._from, now - self._at)

    def behind(self, round_trip: float, now: float) -> float:
        """Return what was sent when the reports of now were made."""
        passed = now - self._at - BEHIND_S - (round_trip if round_trip < 1 else 0.0)
        return level(self._from, passed)

    def carried(self, estimate: float, full: bool, round_trip: float, now: float) -> float:
        """Return what the line carries for all that is known, when the first estimate comes.

        Browsers estimate so early for a queue. If there are other signs that the line is `full`,
        only what was sent before it could be counts.
        """
        most = SHORTFALL * estimate
        if not full:
            return min(most, max(estimate, self.level(now)))
        return min(most, max(estimate, THROUGH * self.behind(round_trip, now)))
