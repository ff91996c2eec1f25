"""Round trips to one receiver, out of its reports, and the queues they tell of."""

from math import inf

QUEUED_S = 0.12
"""So much more than usual is a long queue, such as a probe makes."""
LOADED_S = 0.06
"""So much more is a queue that explains a loss."""
USUAL_OVER_S = 16.0
"""What lasts for so long becomes the usual round trip."""
STANDING_S, SHRUNK = 2.5, 0.8
"""A queue stands when for so long no round trip was that much shorter than the first one."""


class RoundTrips:
    __slots__ = ("_at", "_first", "_since", "_usual", "last")

    def __init__(self) -> None:
        self.last = inf
        """The newest in seconds, infinite before the first."""
        self._usual = inf
        self._at = -inf
        self._since = self._first = inf
        """Since when they tell of a long queue, and the first that did."""

    def take(self, seconds: float, now: float) -> None:
        """Note one."""
        passed, self._at = now - self._at, now
        self.last = seconds
        self._usual = min(self._usual, seconds)
        if not self.queued:
            self._since = inf
        elif self._since == inf:
            self._since, self._first = now, seconds
        self._usual += (seconds - self._usual) * min(1.0, passed / USUAL_OVER_S)

    @property
    def queued(self) -> bool:
        """The last one was through a long queue."""
        return self.last > self._usual + QUEUED_S

    @property
    def loaded(self) -> bool:
        """The last one was through a queue."""
        return self.last > self._usual + LOADED_S

    def stands(self, since: float, now: float) -> bool:
        """Tell whether a long queue stands, now and for `STANDING_S` after `since`; what was told
        is not told again before that time has passed again."""
        if not self.queued or now - max(self._since, since) < STANDING_S:
            return False
        shrank = self.last < SHRUNK * self._first
        self._since, self._first = now, self.last
        return not shrank
