"""Sound with redundancy (RFC 2198): every packet carries the frames before it once more.

A receiver that misses a packet finds its frame in the next one, a frame later and without asking.
What is repeated comes from what was forwarded just now; nothing is decoded. Frames further back
than the 14 bits of an offset reach (0.34 s at 48 kHz), as they stand before a silence, are left
out.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from media.core import rtp
from media.core.malformed import Malformed
from media.core.rtp import Header
from media.core.sequence import timestamp_delta
from media.core.table import Forward, Row

MAX_LEVEL = 2
"""Frames repeated at most."""
MAX_OFFSET = 0x3FFF
MAX_BLOCK = 0x3FF
"""Octets of a repeated block, at most."""
MAX_BLOCKS = 8
"""More in one packet are not read."""
LONGEST = 1_100
"""Octets of a payload made here, at most."""

_REMEMBERED = 32
_FOLLOWS = 0x80
_HEAD = 12
"""Octets of an RTP header without extensions."""


class Block(NamedTuple):
    """One block of a payload: where it is in the packet, and how long before the packet's
    timestamp its own is."""

    payload_type: int
    offset: int
    begin: int
    end: int


def parse(packet: bytes, start: int, end: int) -> list[Block]:
    """Return the blocks of a payload, the primary one last. Raises Malformed `red`."""
    heads: list[tuple[int, int, int]] = []
    at = start
    while at < end and packet[at] & _FOLLOWS:
        if at + 4 >= end or len(heads) == MAX_BLOCKS:
            raise Malformed("red")
        offset_length = int.from_bytes(packet[at + 1 : at + 4], "big")
        heads.append((packet[at] & 0x7F, offset_length >> 10, offset_length & MAX_BLOCK))
        at += 4
    if at >= end:
        raise Malformed("red")
    primary = packet[at] & 0x7F
    at += 1
    blocks = []
    for payload_type, offset, length in heads:
        blocks.append(Block(payload_type, offset, at, at + length))
        at += length
    if at > end:
        raise Malformed("red")
    return [*blocks, Block(primary, 0, at, end)]


def join(primary: bytes, payload_type: int, earlier: Iterable[tuple[int, bytes]]) -> bytes:
    """Return a payload: `earlier` are offsets and frames, the oldest first."""
    frames = list(earlier)
    heads = b"".join(
        (_FOLLOWS << 24 | payload_type << 24 | offset << 10 | len(frame)).to_bytes(4, "big")
        for offset, frame in frames
    )
    return heads + bytes((payload_type,)) + b"".join(f for _, f in frames) + primary


def take_apart(packet: bytes, header: Header, payload_type: int) -> list[tuple[bytes, Header]]:
    """Return the packets that a packet stands for, as if they had been sent plain, itself last.

    What is repeated are the packets right before it, as browsers and we do it; blocks of another
    payload type than `payload_type` and empty ones are left out. Raises Malformed `red`.
    """
    blocks = parse(packet, header.payload_start, header.payload_end)
    if blocks[-1].payload_type != payload_type:
        raise Malformed("red")
    found = []
    for back, block in zip(range(len(blocks) - 1, -1, -1), blocks, strict=True):
        if back == 0 or (block.payload_type == payload_type and block.end > block.begin):
            plain = _plain(packet, header, block, back)
            found.append((plain, rtp.parse(plain)))
    return found


def _plain(packet: bytes, header: Header, block: Block, back: int) -> bytes:
    return (
        bytes((0x80, (0 if back else header.marker) | block.payload_type))
        + ((header.sequence - back) & 0xFFFF).to_bytes(2, "big")
        + ((header.timestamp - block.offset) & 0xFFFFFFFF).to_bytes(4, "big")
        + packet[8:12]
        + packet[block.begin : block.end]
    )


class Recovered:
    """Packets that came as a part of later ones. One of them that comes by itself after all, being
    only late, must not go out a second time: what goes out is enciphered by its number."""

    __slots__ = ("_newest", "count")

    def __init__(self) -> None:
        self.count = 0
        self._newest: deque[int] = deque(maxlen=_REMEMBERED)

    def add(self, sequence: int) -> None:
        self.count += 1
        self._newest.append(sequence)

    def __contains__(self, sequence: int) -> bool:
        return sequence in self._newest


class Redundancy:
    """The rows of a stream that want redundancy, and the frames they want once more."""

    __slots__ = ("_groups", "_kept")

    def __init__(self) -> None:
        self._kept: deque[tuple[int, int, bytes]] = deque(maxlen=MAX_LEVEL)
        """Extended number, timestamp and frame of the newest packets."""
        self._groups: dict[tuple[int, int], tuple[Row, ...]] = {}
        """By payload type of the blocks and by how many are repeated."""

    def divide(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        """Keep the rows that want redundancy, return the others."""
        wanting: dict[tuple[int, int], list[Row]] = {}
        for row in rows:
            if row.redundancy:
                key = row.block_payload_type, row.redundancy
                wanting.setdefault(key, []).append(row)
        # The same tuple object for as long as nothing changes, as the plane wants it.
        self._groups = {key: tuple(found) for key, found in wanting.items()}
        return tuple(row for row in rows if not row.redundancy)

    def take(self, packet: bytes, header: Header, extended: int) -> Forward | None:
        """Return a packet as it goes out with redundancy, chained for all kinds of rows."""
        frame = packet[header.payload_start : header.payload_end]
        earlier = [
            (extended - number, timestamp_delta(header.timestamp, timestamp), kept)
            for number, timestamp, kept in self._kept
        ]
        chain: Forward | None = None
        for (payload_type, level), rows in self._groups.items():
            started = tuple(row for row in rows if row.start <= extended)
            if len(started) < len(rows):
                rows = started
            if rows:
                payload = _payload(frame, payload_type, level, earlier)
                forward = Forward(
                    packet[:_HEAD] + payload, rows, header.marker, header.sequence, extended,
                    header.timestamp, _HEAD, _HEAD + len(payload),
                )  # fmt: skip
                forward.thinner, chain = chain, forward
        if not self._kept or extended > self._kept[-1][0]:
            self._kept.append((extended, header.timestamp, frame))
        return chain


def _payload(
    frame: bytes, payload_type: int, level: int, earlier: Sequence[tuple[int, int, bytes]]
) -> bytes:
    fitting: list[tuple[int, bytes]] = []
    room = LONGEST - len(frame)
    for back, offset, kept in reversed(earlier):
        room -= len(kept)
        # The packets right before, without a gap: so a receiver knows their numbers, too.
        follows = back == len(fitting) + 1 <= level and 0 < offset <= MAX_OFFSET
        if not follows or not kept or len(kept) > MAX_BLOCK or room < 0:
            break
        fitting.insert(0, (offset, kept))
    return join(frame, payload_type, fitting)
