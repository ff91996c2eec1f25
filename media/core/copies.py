"""Copies of pictures that try lines: sent a little at a time, for a burst would be a queue of its
own and hide the line's."""

from collections.abc import Iterable, Iterator, Mapping
from math import inf

from media.core.outputs import Resend
from media.core.transport import Transport

APART_S = 0.02
LATE_S = 0.1
"""After such a pause nothing is made up for."""


class Copies:
    """`at` is when `due` wants to be called next."""

    __slots__ = ("_tried", "at")

    def __init__(self) -> None:
        self.at = inf
        self._tried: list[Transport] = []

    def review(self, transports: Iterable[Transport], now: float) -> None:
        """Note whose lines are tried; every 100 ms."""
        self._tried = [each for each in transports if each.allowance.probe_bps]
        self.at = min(self.at, now) if self._tried else inf

    def due(self, present: Mapping[str, Transport], now: float) -> Iterator[Resend]:
        """Yield what is to be sent now to those who are still there."""
        self.at = (now if now - self.at >= LATE_S else self.at) + APART_S
        for transport in self._tried:
            if present.get(transport.tid) is transport:
                yield from transport.probes(APART_S)
