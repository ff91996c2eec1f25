"""How the copies of a packet are encrypted: one after the other, or all at once.

Both write behind each copy the tag that SRTP adds. `seal` returns the numbers of the copies that
must not be sent because that failed, counted from 0.
"""

from array import array
from collections.abc import Sequence
from typing import Any, Final, Protocol

from media.core.table import Row
from media.transports.multi_buffer import IV_BYTES, TAG_BYTES
from media.transports.send_slab import SendSlab, Strip
from media.transports.srtp import SrtpPair, lib
from media.transports.srtp_gcm import INDEX_BITS, INDEX_MASK, GcmSender, Progress, nearest

_protect: Final = lib.srtp_protect


class Sealing(Protocol):
    """For the receivers of a group."""

    added: int
    """Bytes a message must be longer from the beginning; 0 where sealing itself makes it longer."""

    def ivs(self, sequence: int) -> memoryview:
        """Return what everybody needs for a packet by its sequence number."""

    def seal(
        self, outbox: SendSlab, strip: Strip, header: int, ivs: memoryview, begin: int
    ) -> Sequence[int]:
        """Encrypt a strip behind `header` bytes; its receivers begin with number `begin`."""


class InTurn:
    """By libsrtp, which knows AES in counter mode too."""

    added: int = 0

    def __init__(self, pairs: Sequence[SrtpPair]) -> None:
        self._sessions: list[Any] = [pair.outbound for pair in pairs]

    def ivs(self, sequence: int) -> memoryview:
        """Return nothing: libsrtp finds it in the packet."""
        return memoryview(b"")

    def seal(
        self, outbox: SendSlab, strip: Strip, header: int, ivs: memoryview, begin: int
    ) -> Sequence[int]:
        sessions = self._sessions[begin : begin + strip.copies]
        pointers, lengths = outbox.pointers(strip), outbox.lengths(strip)
        statuses = list(map(_protect, sessions, pointers, lengths))
        return [n for n, status in enumerate(statuses) if status] if any(statuses) else ()


class AtOnce:
    """By media.transports.multi_buffer; IVs are computed in lanes (see media.plane.lanes)."""

    added: int = TAG_BYTES

    def __init__(self, rows: Sequence[Row], senders: Sequence[GcmSender]) -> None:
        self._multi_buffer = senders[0].multi_buffer
        self._keys = memoryview(array("Q", [sender.key for sender in senders]))
        self._offsets = [row.sequence_offset for row in rows]
        self._indexes = [s.index(row.ssrc) for row, s in zip(rows, senders, strict=True)]
        self._fixed = _lanes([s.iv(row.ssrc) for row, s in zip(rows, senders, strict=True)])
        self._ones = _lanes([1] * len(rows))
        self._mask = INDEX_MASK * self._ones
        self._first = 0
        """Everybody's index of the first packet, and above it one bit, so that what is older than
        packet 0 borrows from it and not from a neighbour."""
        self._progress: Progress | None = None
        self._newest = 0
        """The sequence number that `_progress` belongs to."""

    def ivs(self, sequence: int) -> memoryview:
        """Return everybody's IV for a packet, IV_BYTES each."""
        progress = self._progress or self._begin(sequence)
        ahead = nearest(sequence, self._newest)
        packets = progress.packets + ahead
        if ahead > 0:
            progress.packets, self._newest = packets, sequence
        indexes = self._first + packets * self._ones & self._mask
        return memoryview((self._fixed ^ indexes).to_bytes(len(self._keys) * IV_BYTES, "big"))

    def seal(
        self, outbox: SendSlab, strip: Strip, header: int, ivs: memoryview, begin: int
    ) -> Sequence[int]:
        end = begin + strip.copies
        sealed = self._multi_buffer.seal(
            self._keys[begin:end],
            ivs[begin * IV_BYTES : end * IV_BYTES],
            outbox.address + strip.offset,
            strip.stride,
            header,
            strip.length,
        )
        return () if sealed else range(strip.copies)

    def _begin(self, sequence: int) -> Progress:
        """Count on from where each stream is, from its packet that `sequence` becomes."""
        progress = self._progress = Progress()
        self._newest = sequence
        firsts = []
        for index, offset in zip(self._indexes, self._offsets, strict=True):
            first = index.of((sequence + offset) & 0xFFFF)
            index.follow(progress, first)
            firsts.append((first & INDEX_MASK) + (1 << INDEX_BITS))
        self._first = _lanes(firsts)
        return progress


def added_to(pair: SrtpPair) -> int:
    """Return `Sealing.added` for one packet by itself."""
    return TAG_BYTES if pair.gcm is not None else 0


def seal_one(
    pair: SrtpPair, outbox: SendSlab, strip: Strip, header: int, ssrc: int, sequence: int
) -> bool:
    """Encrypt one packet by itself; False if that failed."""
    if pair.gcm is not None:
        return pair.gcm.seal(outbox.address + strip.offset, header, strip.length, ssrc, sequence)
    (pointer,), (length,) = outbox.pointers(strip), outbox.lengths(strip)
    return not _protect(pair.outbound, pointer, length)


def _lanes(values: Sequence[int]) -> int:
    return int.from_bytes(b"".join(value.to_bytes(IV_BYTES, "big") for value in values), "big")
