"""The packets of one incoming stream that went out lately, to answer NACKs of its receivers."""

from collections import deque
from itertools import islice

from media.core.table import Forward, Row

MAX_PACKETS = 512
MAX_AGE_S = 2.0
"""What is older would come too late to be shown."""


class History:
    """Bounded by number and by age; kept once for all receivers.

    A `Forward` holds the rows it went out by, and a row holds its numbers, so how a packet was
    numbered for whom needs no further record.
    """

    __slots__ = ("_order", "_packets")

    def __init__(self) -> None:
        self._packets: dict[int, Forward] = {}
        self._order: deque[tuple[float, int]] = deque()

    def __len__(self) -> int:
        return len(self._packets)

    def add(self, forward: Forward, now: float) -> None:
        """Keep a packet, drop what is too old. A number that is there already is kept as it is."""
        order, packets = self._order, self._packets
        while order and (order[0][0] < now - MAX_AGE_S or len(order) >= MAX_PACKETS):
            del packets[order.popleft()[1]]
        if forward.extended not in packets:
            packets[forward.extended] = forward
            order.append((now, forward.extended))

    def find(self, extended: int, row: Row) -> Forward | None:
        """Return the packet if it is still here and went out by exactly this row."""
        forward = self._packets.get(extended)
        if forward is None or extended < row.start or row not in forward.rows:
            return None
        return forward

    def newest(self, row: Row, count: int) -> list[Forward]:
        """Return the newest packets, at most `count`, that went out by exactly this row."""
        found = (self.find(extended, row) for _, extended in islice(reversed(self._order), count))
        return [forward for forward in found if forward is not None]

    def clear(self) -> None:
        self._packets.clear()
        self._order.clear()
