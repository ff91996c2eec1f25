"""The numbers of all receivers of a packet, computed at once: a lane of one long integer each.

Python adds a number to two hundred lanes in half a microsecond, where a loop over receivers takes
a hundred. A lane is wider than its field, so that a sum never reaches its neighbour; what stands
above the field is masked away. The first lane is the most significant: `to_bytes` gives the
receivers in order, each in network byte order.
"""

from collections.abc import Sequence
from typing import Final

HEADER_WORD: Final = 8
"""Bytes of a lane of `Headers.words`."""
PICTURE_WORD: Final = 4
"""Bytes of a lane of `Pictures.words`: 0, two of picture id, one of TL0PICIDX."""


def _lanes(values: Sequence[int], width: int) -> int:
    return int.from_bytes(b"".join(value.to_bytes(width, "big") for value in values), "big")


class Headers:
    """The first eight bytes of everybody's RTP header (RFC 3550 §5.1)."""

    def __init__(
        self, payload_types: Sequence[int], sequences: Sequence[int], times: Sequence[int]
    ) -> None:
        """Take each receiver's payload type and offsets of sequence number and timestamp."""
        self._bytes = HEADER_WORD * len(payload_types)
        self._ones = _lanes([1] * len(payload_types), HEADER_WORD)
        self._fixed = _lanes([(0x8000 | value) << 48 for value in payload_types], HEADER_WORD)
        self._sequences = _lanes(sequences, HEADER_WORD)
        self._times = _lanes(times, HEADER_WORD)
        self._low16 = 0xFFFF * self._ones
        self._low32 = 0xFFFFFFFF * self._ones

    def words(self, first: int, sequence: int, timestamp: int) -> bytes:
        """Return everybody's bytes 0 to 7; `first` is or-ed into the first two (X and marker)."""
        ones = self._ones
        numbers = (self._sequences + sequence * ones) & self._low16
        times = (self._times + timestamp * ones) & self._low32
        return (self._fixed | (first << 48) * ones | numbers << 32 | times).to_bytes(
            self._bytes, "big"
        )


class Pictures:
    """Everybody's picture id and TL0PICIDX (RFC 7741 §4.2)."""

    def __init__(self, picture_ids: Sequence[int], tl0s: Sequence[int]) -> None:
        """Take each receiver's offsets."""
        self._bytes = PICTURE_WORD * len(picture_ids)
        self._ones = _lanes([1] * len(picture_ids), PICTURE_WORD)
        self._ids = _lanes(picture_ids, PICTURE_WORD)
        self._tl0s = _lanes(tl0s, PICTURE_WORD)

    def words(self, picture_id: int, mask: int, tl0: int) -> bytes:
        """Return everybody's word; the top bit of a picture id of 15 bits (by `mask`) is set."""
        ones = self._ones
        ids = (self._ids + picture_id * ones) & mask * ones
        if mask == 0x7FFF:
            ids |= 0x8000 * ones
        tl0s = (self._tl0s + tl0 * ones) & 0xFF * ones
        return (ids << 8 | tl0s).to_bytes(self._bytes, "big")
