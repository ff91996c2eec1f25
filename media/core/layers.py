"""Which simulcast layer a slot gets, and what a receiver's line allows."""

from collections.abc import Sequence
from math import inf

LOSS_LIMIT = 0.10
"""Above this share of lost packets, twice in a row, the line is taken for full."""
FULL_SHARE = 0.65
"""A receiver estimates 85 % of what gets through a full line."""
PROOF_S = 1.0
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 60.0
UPGRADE_ROOM = 1.15
"""A higher layer must fit with this much to spare, because its rate breathes."""


def lowest(rates: Sequence[float | None]) -> int | None:
    """Return the lowest layer that flows. `rates` are bit/s from low to high, None = silent."""
    return next((index for index, rate in enumerate(rates) if rate is not None), None)


def highest(rates: Sequence[float | None], current: int | None, budget: float) -> int | None:
    """Return the highest layer that flows within `budget` bit/s, else the lowest that flows.

    `current` stays while it fits; one above it needs room to spare.
    """
    best = lowest(rates)
    for index, rate in enumerate(rates):
        if rate is None:
            continue
        room = UPGRADE_ROOM if current is None or index > current else 1.0
        if rate * room <= budget:
            best = index
    return best


class Allowance:
    """What may be sent to one receiver, in bit/s: everything, until its line shows that it is full.

    REMB of browsers is no limit by itself: it never exceeds one and a half times what they receive
    and grows slowly, so taking it as one would keep a receiver at its first layer. Evidence of a
    full line is an estimate that fell and stays below `FULL_SHARE` of what is sent for `PROOF_S`
    (what is sent may just have changed), or loss above `LOSS_LIMIT` in two reports. Then the
    estimate is the budget for a while; after that everything is tried again. The wait doubles
    whenever the line proves full again, and a quiet minute forgives.
    """

    __slots__ = ("_estimate", "_failed_at", "_lossy", "_suspect_since", "_until", "_wait", "budget")

    def __init__(self) -> None:
        self.budget: float = inf
        self._estimate: float = inf
        self._suspect_since = inf
        self._until = inf
        self._wait = FIRST_WAIT_S
        self._failed_at = -inf
        self._lossy = 0

    @property
    def estimate(self) -> float | None:
        """The receiver's own estimate (REMB), None before the first."""
        return None if self._estimate == inf else self._estimate

    def estimated(self, bps: float, now: float) -> None:
        """Take an estimate of the receiver (REMB)."""
        if bps < 0.95 * self._estimate and self._suspect_since == inf:
            self._suspect_since = now
        self._estimate = bps
        if self.budget < inf:
            self.budget = max(self.budget, bps)

    def lost(self, share: float, sending: float, now: float) -> None:
        """Take the share of packets (0..1) that the receiver's last report called lost."""
        self._lossy = self._lossy + 1 if share > LOSS_LIMIT else 0
        if self._lossy >= 2:
            self._lossy = 0
            self._full(0.8 * min(sending, self.budget), now)

    def advance(self, sending: float, now: float) -> None:
        """Judge the estimate by what is `sending` now, in bit/s; lift the limit when the wait is
        over. Called every few 100 ms."""
        if now >= self._until:
            self.budget = self._until = inf
        if self._estimate >= FULL_SHARE * sending:
            self._suspect_since = inf
        elif now - self._suspect_since >= PROOF_S:
            self._suspect_since = inf
            self._full(self._estimate, now)

    def _full(self, bps: float, now: float) -> None:
        if self.budget == inf:
            forgiven = now - self._failed_at > LONGEST_WAIT_S + self._wait
            self._wait = FIRST_WAIT_S if forgiven else min(2 * self._wait, LONGEST_WAIT_S)
        self.budget = bps
        self._failed_at = now
        self._until = now + self._wait
