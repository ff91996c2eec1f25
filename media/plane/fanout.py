"""Copy a packet to everybody in its table: rewrite, encrypt in place, leave it in the send slab.

The inner loop of the whole system: about 0.5 µs for copying and rewriting, the rest is the
cipher's and the kernel's. What it needs of a row is compiled once into a tuple and kept for as
long as the Router hands out the same `rows` (see media.core.table). Layouts: RFC 3550 §5.1,
RFC 4588 §4 (RTX), RFC 7741 §4.2 (VP8 descriptor), abs-send-time (6.18 fixed point seconds).
"""

import struct
from collections import Counter
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from media.core.outputs import Resend
from media.core.table import Forward, Row
from media.transports.send_slab import LONGEST, SLOTS, WORDS, Destination, SendSlab
from media.transports.srtp import SrtpPair, lib
from media.transports.transport import Transport

HEADER_BYTES: Final = 12
STAMP_BYTES: Final = 8
LONGEST_PAYLOAD: Final = LONGEST - HEADER_BYTES - STAMP_BYTES - 2
"""Bytes; two are for the original sequence number of RTX."""
CACHE_SECONDS: Final = 2.0
"""Compiled tables unused for one to two times this are forgotten."""

_header: Final = struct.Struct("!BBHII").pack_into
_pair: Final = struct.Struct("!HB").pack_into
_single: Final = struct.Struct("!H").pack_into
_stamp: Final = struct.Struct("!HHI").pack
_protect: Final[Callable[[Any, Any, Any], int]] = lib.srtp_protect

CompiledRow = tuple[Any, int, int, int, int, int, int, int]
"""SRTP session, address pointer, payload type, offsets of sequence and timestamp, SSRC, offsets of
picture id and TL0PICIDX."""


class _Group(NamedTuple):
    """Rows whose packets have the same length and the same extension."""

    stamp: int
    """Id of abs-send-time, 0 for none."""
    rows: list[CompiledRow]


class _Compiled(NamedTuple):
    table: tuple[Row, ...]
    """Held, so that its identity stays its own."""
    groups: list[_Group]
    held: list[tuple[SrtpPair, Destination]]
    """What the rows' bare pointers lead into: it must not be freed before them."""


class Fanout:
    """Fill the send slab of one outbox. `counts` has what was sent, `drops` why not."""

    def __init__(self, outbox: SendSlab, drops: Counter[str]) -> None:
        self._outbox = outbox
        self._drops = drops
        self.packets = 0
        """RTP packets left in the slab so far."""
        self._fresh: dict[int, _Compiled] = {}
        self._stale: dict[int, _Compiled] = {}
        self._turn_at = 0.0

    def forget(self) -> None:
        """Drop all compiled tables: a transport came up, was closed or failed."""
        self._fresh.clear()
        self._stale.clear()

    def send(self, forward: Forward, transports: dict[str, Transport], now: float) -> None:
        """Send one packet to all its rows, by way of the slab's next flush."""
        rows = forward.rows
        compiled = self._fresh.get(id(rows))
        if compiled is None:
            compiled = self._compile(rows, transports, now)
        payload = forward.packet[forward.payload_start : forward.payload_end]
        if len(payload) > LONGEST_PAYLOAD:
            self._drops["too_long"] += len(rows)
            return
        for stamp, group in compiled.groups:
            if stamp:
                block = _stamp(0xBEDE, 1, _stamp_word(stamp, now))
                self._fill(forward, block + payload, group, STAMP_BYTES)
            else:
                self._fill(forward, payload, group, 0)

    def _fill(self, forward: Forward, body: bytes, rows: list[CompiledRow], extra: int) -> None:
        outbox, protect, header = self._outbox, _protect, _header
        pair, single = _pair, _single
        view, names, slots = outbox.view, outbox.names, outbox.slots
        length = HEADER_BYTES + len(body)
        first = 0x90 if extra else 0x80
        marker, sequence, timestamp = forward.marker, forward.sequence, forward.timestamp
        shift = HEADER_BYTES + extra - forward.payload_start
        # Encoders write 15 bits of picture id, most of them with TL0PICIDX right behind.
        wide = forward.picture_id_mask == 0x7FFF
        pair_at = id_at = 0
        if wide and forward.tl0_at == forward.picture_id_at + 2:
            pair_at = forward.picture_id_at + shift
        elif wide and not forward.tl0_at:
            id_at = forward.picture_id_at + shift
        other = not pair_at and not id_at and bool(forward.picture_id_at or forward.tl0_at)
        picture_id, tl0 = forward.picture_id, forward.tl0
        failed = 0
        i = begin = outbox.filled
        for session, name, payload_type, by_sequence, by_time, ssrc, by_picture, by_tl0 in rows:
            if i == SLOTS:
                outbox.filled = i
                outbox.flush()
                self.packets += i - begin
                i = begin = 0
            pointer, length_pointer, at = slots[i]
            view[at + HEADER_BYTES : at + length] = body
            header(
                view,
                at,
                first,
                marker | payload_type,
                (sequence + by_sequence) & 0xFFFF,
                (timestamp + by_time) & 0xFFFFFFFF,
                ssrc,
            )
            if pair_at:
                pair(
                    view,
                    at + pair_at,
                    0x8000 | (picture_id + by_picture) & 0x7FFF,
                    (tl0 + by_tl0) & 0xFF,
                )
            elif id_at:
                single(view, at + id_at, 0x8000 | (picture_id + by_picture) & 0x7FFF)
            elif other:
                _rewrite_descriptor(view, at + shift, forward, by_picture, by_tl0)
            length_pointer[0] = length
            if protect(session, pointer, length_pointer):
                failed += 1
                continue
            names[i * WORDS] = name
            i += 1
        outbox.filled = i
        self.packets += i - begin
        if failed:
            self._drops["srtp_protect"] += failed

    def resend(self, resend: Resend, transport: Transport, now: float) -> None:
        """Answer a NACK: the packet once more to one row, by RTX where that is agreed."""
        forward, row, outbox = resend.forward, resend.row, self._outbox
        if transport.srtp is None or transport.destination is None:
            self._drops["not_connected"] += 1
            return
        body = bytearray(forward.packet[forward.payload_start : forward.payload_end])
        if len(body) > LONGEST_PAYLOAD:
            self._drops["too_long"] += 1
            return
        if forward.picture_id_at or forward.tl0_at:
            at = -forward.payload_start
            _rewrite_descriptor(
                memoryview(body), at, forward, row.picture_id_offset, row.tl0_offset
            )
        sequence = (forward.sequence + row.sequence_offset) & 0xFFFF
        payload_type, ssrc = row.payload_type, row.ssrc
        if resend.rtx_sequence is not None:
            body[:0] = sequence.to_bytes(2, "big")
            sequence, payload_type, ssrc = resend.rtx_sequence, row.rtx_payload_type, row.rtx_ssrc
        if row.abs_send_time:
            body[:0] = _stamp(0xBEDE, 1, _stamp_word(row.abs_send_time, now))
        if outbox.filled == SLOTS:
            outbox.flush()
        pointer, length_pointer, at = outbox.slots[outbox.filled]
        _header(
            outbox.view,
            at,
            0x90 if row.abs_send_time else 0x80,
            forward.marker | payload_type,
            sequence,
            (forward.timestamp + row.timestamp_offset) & 0xFFFFFFFF,
            ssrc,
        )
        outbox.view[at + HEADER_BYTES : at + HEADER_BYTES + len(body)] = body
        length_pointer[0] = HEADER_BYTES + len(body)
        if _protect(transport.srtp.outbound, pointer, length_pointer):
            self._drops["srtp_protect"] += 1
            return
        outbox.names[outbox.filled * WORDS] = transport.destination.name
        outbox.filled += 1
        self.packets += 1

    def _compile(
        self, table: tuple[Row, ...], transports: dict[str, Transport], now: float
    ) -> _Compiled:
        if now >= self._turn_at:
            self._stale, self._fresh = self._fresh, {}
            self._turn_at = now + CACHE_SECONDS
        compiled = self._stale.pop(id(table), None)
        if compiled is None:
            groups: dict[int, list[CompiledRow]] = {}
            held = []
            for row in table:
                peer = transports.get(row.transport)
                if peer is None or peer.srtp is None or peer.destination is None:
                    continue  # not up yet; `forget` is called when it is
                held.append((peer.srtp, peer.destination))
                groups.setdefault(row.abs_send_time, []).append(
                    (
                        peer.srtp.outbound,
                        peer.destination.name,
                        row.payload_type,
                        row.sequence_offset,
                        row.timestamp_offset,
                        row.ssrc,
                        row.picture_id_offset,
                        row.tl0_offset,
                    )
                )
            compiled = _Compiled(table, [_Group(*item) for item in groups.items()], held)
        self._fresh[id(table)] = compiled
        return compiled


def _stamp_word(extension: int, now: float) -> int:
    """One-byte extension header and three bytes: seconds modulo 64 in 6.18 fixed point."""
    return (extension << 4 | 2) << 24 | int(now * 262_144) & 0xFFFFFF


def _rewrite_descriptor(
    view: memoryview, shift: int, forward: Forward, by_picture: int, by_tl0: int
) -> None:
    """Write picture id and TL0PICIDX where they stand; `shift` leads from packet to view."""
    if forward.picture_id_at:
        at = forward.picture_id_at + shift
        mask = forward.picture_id_mask
        number = (forward.picture_id + by_picture) & mask
        if mask == 0x7FFF:
            view[at : at + 2] = (0x8000 | number).to_bytes(2, "big")
        else:
            view[at] = number
    if forward.tl0_at:
        view[forward.tl0_at + shift] = (forward.tl0 + by_tl0) & 0xFF
