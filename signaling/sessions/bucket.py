"""How much one connection may ask for."""


class TokenBucket:
    """Holds up to `burst` tokens and gains `rate` a second; `now` is monotonic seconds."""

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._filled_at = now

    def take(self, cost: float, now: float) -> bool:
        """Take `cost` tokens if they are there; say whether they were."""
        gained = (now - self._filled_at) * self._rate
        self._tokens = min(self._burst, self._tokens + gained)
        self._filled_at = now
        if self._tokens < cost:
            return False
        self._tokens -= cost
        return True
