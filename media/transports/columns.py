"""Where packets that lie equally far apart begin, as words for the structs of C.

Computed for all at once: each address is a lane of one long integer (see media.plane.lanes), the
first one lowest, in the byte order of the machine.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

WORD: Final = 8
"""Bytes of an address."""


class Columns:
    """Addresses from `start` on, `stride` bytes apart."""

    __slots__ = ("_bytes", "_first", "_ones")

    def __init__(self, start: int, stride: int, count: int) -> None:
        ramp, self._ones = _ramp(stride, count)
        self._first = ramp + start * self._ones
        self._bytes = count * WORD

    def at(self, offset: int) -> memoryview:
        """Return the words of what stands `offset` bytes behind each."""
        lanes = self._first + offset * self._ones
        return memoryview(lanes.to_bytes(self._bytes, "little")).cast("Q")


@lru_cache(256)
def _ramp(stride: int, count: int) -> tuple[int, int]:
    """Return lanes of 0, 1, 2… times the stride, and of ones."""
    return _lanes(n * stride for n in range(count)), _lanes(1 for _ in range(count))


def _lanes(values: Iterable[int]) -> int:
    return int.from_bytes(b"".join(value.to_bytes(WORD, "little") for value in values), "little")
