"""Which packets of an incoming stream are missing, and when to ask for them (RFC 4585)."""

from math import inf

REORDER_S = 0.01
"""A gap is given this long to close by itself: packets overtake each other."""
MIN_RETRY_S = 0.05
MAX_TRIES = 10
MAX_AGE_S = 1.0
MAX_MISSING = 256
"""Beyond this the line was away; a new key frame is cheaper than the past."""


class _Gap:
    __slots__ = ("due", "since", "tries")

    def __init__(self, now: float) -> None:
        self.since = now
        self.tries = 0
        self.due = now + REORDER_S


class MissingPackets:
    """The gaps of one stream, in extended sequence numbers. Holds at most `MAX_MISSING`."""

    __slots__ = ("_gaps", "deadline")

    def __init__(self) -> None:
        self._gaps: dict[int, _Gap] = {}
        self.deadline: float = inf
        """When `due` has something to say next."""

    def __len__(self) -> int:
        return len(self._gaps)

    def skipped(self, first: int, end: int, now: float) -> bool:
        """Note that `first .. end - 1` did not come before `end`.

        False says that too much is missing: the gaps are forgotten and a key frame is the way on.
        """
        if len(self._gaps) + end - first > MAX_MISSING:
            self.forget()
            return False
        for sequence in range(first, end):
            self._gaps[sequence] = _Gap(now)
        if first < end:
            self.deadline = min(self.deadline, now + REORDER_S)
        return True

    def arrived(self, sequence: int) -> bool:
        """Note a packet that came late; tell whether it was missing."""
        if self._gaps.pop(sequence, None) is None:
            return False
        if not self._gaps:
            self.deadline = inf
        return True

    def due(self, now: float, round_trip: float) -> tuple[list[int], int]:
        """Return what to ask for now, ascending, and how many were given up.

        A question is repeated after a round trip and a little, and given up after `MAX_TRIES` or
        when it is older than `MAX_AGE_S` or four round trips.
        """
        if now < self.deadline:
            return [], 0
        ask: list[int] = []
        lost: list[int] = []
        for sequence, gap in self._gaps.items():
            if gap.due > now:
                continue
            if gap.tries >= MAX_TRIES or now - gap.since > max(MAX_AGE_S, 4 * round_trip):
                lost.append(sequence)
                continue
            gap.tries += 1
            gap.due = now + max(MIN_RETRY_S, 1.1 * round_trip + REORDER_S)
            ask.append(sequence)
        for sequence in lost:
            del self._gaps[sequence]
        self.deadline = min((gap.due for gap in self._gaps.values()), default=inf)
        return ask, len(lost)

    def forget(self) -> None:
        """Stop asking for anything."""
        self._gaps.clear()
        self.deadline = inf
