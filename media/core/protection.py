"""Who gets sound with redundancy: those whose reports say that they lose packets.

The share lost is smoothed over about a hundred packets of all slots. From `BEGIN` of it on each
packet repeats one frame, from `BEGIN_TWICE` on two, if the line has no limit: one of 32 kbit/s
more is what a thin line may carry. Less is repeated only when less would have been enough for
`HOLD_S`, so that it does not flicker.
"""

from math import inf

from media.core.redundancy import MAX_LEVEL

BEGIN, END = 0.03, 0.01
BEGIN_TWICE, END_TWICE = 0.08, 0.05
HOLD_S = 10.0
MEMORY = 100
"""Packets after which a share counts half."""
ENOUGH, PLENTY = 80, 25
"""A share is known after so many packets, or when so many were lost."""
STALE_S = 6.0


class Losses:
    """Adds up reports until they say something: a few packets are no sample."""

    __slots__ = ("_added_at", "_lost", "_packets")

    def __init__(self) -> None:
        self._lost = self._packets = 0.0
        self._added_at = -inf

    def add(self, lost: float, packets: int, now: float) -> float | None:
        """Take the share lost (0..1) of so many packets; return the share of all since the last
        one returned, None while they are too few."""
        if now - self._added_at > STALE_S:
            self._lost = self._packets = 0.0
        self._added_at = now
        self._lost += lost * packets
        self._packets += packets
        if self._packets < ENOUGH and self._lost < PLENTY:
            return None
        share = self._lost / self._packets
        self._lost = self._packets = 0.0
        return share


class Protection:
    """The level for one receiver: how many frames are repeated in each packet of sound."""

    __slots__ = ("_calm_since", "_share", "level")

    def __init__(self) -> None:
        self.level = 0
        self._share = 0.0
        self._calm_since = inf

    @property
    def share(self) -> float:
        """Packets lost of those sent, smoothed."""
        return self._share

    def reported(self, lost: float, packets: int, now: float, *, thin: bool) -> bool:
        """Take the share lost (0..1) of so many packets; `thin` says that the line has a limit.
        Tell whether the level changed."""
        self._share += (lost - self._share) * packets / (packets + MEMORY)
        if not self.level and self._share < BEGIN:
            return False
        wanted = self._wanted(thin=thin)
        if wanted >= self.level:
            self._calm_since = inf
        elif self._calm_since == inf:
            self._calm_since = now
        too_much = thin and self.level == MAX_LEVEL
        changed = wanted > self.level or too_much or now - self._calm_since >= HOLD_S
        if changed:
            self.level, self._calm_since = wanted, inf
        return changed

    def _wanted(self, *, thin: bool) -> int:
        if self._share >= (END_TWICE if self.level == MAX_LEVEL else BEGIN_TWICE) and not thin:
            return MAX_LEVEL
        return int(self._share >= (END if self.level else BEGIN))
