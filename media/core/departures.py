"""When the numbered packets of one receiver left: what its feedback is compared with.

All that is numbered counts in one row, whatever its slot, resends and copies too
(draft-holmer-rmcat-transport-wide-cc-extensions-01 section 2). The plane takes the numbers as it
writes packets, the estimator asks what was sent under those that came.
"""

from media.core.sequence import extend

KEPT = 2048
"""Packets remembered, a power of two: more than 2 s of all that a slot of each kind can bring."""
REMEMBERED_S = 2.0
"""Feedback about what left longer ago is of no use."""


class Departures:
    """The numbers of one transport."""

    __slots__ = ("_next", "_sent")

    def __init__(self) -> None:
        self._next = 0
        """Extended number of the next packet."""
        self._sent: list[tuple[float, int] | None] = [None] * KEPT

    def take(self, octets: int, now: float) -> int:
        """Return the 16-bit number of the packet that leaves now, so many bytes long."""
        number = self._next
        self._next = number + 1
        self._sent[number % KEPT] = now, octets
        return number & 0xFFFF

    def came(self, number: int, now: float) -> tuple[float, int] | None:
        """Return when a packet left and its bytes, once; None for what is unknown or too old."""
        extended = extend(number, self._next)
        if not self._next - KEPT <= extended < self._next or extended < 0:
            return None
        sent, self._sent[extended % KEPT] = self._sent[extended % KEPT], None
        return None if sent is None or now - sent[0] > REMEMBERED_S else sent
