"""Key frame requests for one incoming stream: merged, throttled, repeated until one comes."""

from math import inf

THROTTLE_S = 0.4
"""A sender is asked at most this often, however many receivers ask."""
MAX_RETRY_S = 2.0
"""An answer takes a round trip and the making of a big frame: waits grow from the throttle by
half each, up to this."""


class KeyframeRequests:
    __slots__ = ("_retry", "_sent", "deadline", "sent")

    def __init__(self) -> None:
        self._sent = -inf
        self._retry = THROTTLE_S
        self.deadline: float = inf
        """When to ask next; infinite while nobody wants a key frame."""
        self.sent = 0
        """How often the sender was asked."""

    @property
    def wanted(self) -> bool:
        return self.deadline < inf

    def want(self, now: float) -> None:
        """Ask as soon as the throttle allows; does nothing while a request is open."""
        if not self.wanted:
            self._retry = THROTTLE_S
            self.deadline = max(now, self._sent + THROTTLE_S)

    def due(self, now: float, round_trip: float = 0.0) -> bool:
        """Tell whether to send a request now, and count it as sent.

        On a long line the next one waits until this one can have been answered.
        """
        if now < self.deadline:
            return False
        self._sent = now
        self.sent += 1
        self.deadline = now + max(self._retry, 1.5 * round_trip)
        self._retry = min(self._retry * 1.5, MAX_RETRY_S)
        return True

    def settled(self) -> None:
        """Note that the key frame came, or that nobody wants one any more."""
        self.deadline = inf
