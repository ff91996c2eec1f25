"""How often a stream may be asked for with one key (RFC 9725 §5)."""

from typing import Final

from scheduler.errors import Refused
from signaling.sessions.bucket import TokenBucket

RATE: Final = 1.0
"""Offers a second for one key, …"""
BURST: Final = 20
"""… after so many at once: eight players whose line comes back try more than once each."""
_MOST_KEYS = 1000


class Pace:
    """Counts the offers of each key; `now` is monotonic seconds."""

    def __init__(self) -> None:
        self._buckets: dict[str, TokenBucket] = {}
        """The one that asked last stands last."""

    def take(self, key: str, now: float) -> None:
        """Count an offer; raise Refused("stream_too_often")."""
        bucket = self._buckets.pop(key, None) or TokenBucket(RATE, BURST, now)
        self._buckets[key] = bucket
        if len(self._buckets) > _MOST_KEYS:
            del self._buckets[next(iter(self._buckets))]
        if not bucket.take(1, now):
            raise Refused("stream_too_often")
