"""Copy packets to everybody in their table: rewrite, encrypt in place, leave them in the send slab.

The inner loop of the whole system has no Python in it: what differs between receivers is computed
and written for all of them at once (media.plane.lanes), and the cipher is called for all at once or
by `map` (media.plane.sealing). What is needed of a table is compiled once and kept for as long as
the Router hands out the same `rows` (see media.core.table).

Packets of one stream that came together are sent as one burst to each receiver, see SendSlab.
Layouts: RFC 3550 §5.1, RFC 4588 §4 (RTX), RFC 7741 §4.2 (VP8 descriptor), abs-send-time (6.18
fixed point seconds), draft-holmer-rmcat-transport-wide-cc-extensions-01 §2 (numbers).
"""

import struct
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from media.core.outputs import Resend
from media.core.table import Forward
from media.plane.compiled import Compiled, Group, Receiver, Tables
from media.plane.lanes import PICTURE_WORD
from media.plane.sealing import added_to, seal_one
from media.transports.send_slab import LONGEST, MOST_SEGMENTS, SendSlab, Strip, stride_of

HEADER_BYTES: Final = 12
EXTENSION_BYTES: Final = 8
NUMBER_AT: Final = HEADER_BYTES + 4
"""Where the word with the number of a transport stands."""
LONGEST_PAYLOAD: Final = LONGEST - HEADER_BYTES - EXTENSION_BYTES - 2
"""Bytes; two are for the original sequence number of RTX."""

_EXTENDED: Final = 0x1000
"""The X bit, in the first two bytes of a header."""
_header: Final = struct.Struct("!BBHII").pack_into
_extension: Final = struct.Struct("!HHI").pack


class _Run:
    """Packets of one stream, in order, that go out by the same table."""

    __slots__ = ("compiled", "now", "packets")

    def __init__(self, compiled: Compiled, now: float) -> None:
        self.compiled = compiled
        self.now = now
        self.packets: list[Forward] = []


class Fanout:
    """Fill the send slab of one outbox. `packets` counts what was sent, `drops` why not."""

    def __init__(self, outbox: SendSlab, drops: Counter[str]) -> None:
        self._outbox = outbox
        self._drops = drops
        self._tables = Tables()
        self._runs: list[_Run] = []
        self._latest: dict[bytes, _Run] = {}
        """The latest run of each sender's SSRC: what follows may only be added there."""
        self.packets = 0
        """RTP packets given to the slab so far."""
        self.octets = 0
        """Bytes of these packets, protected."""

    def forget(self) -> None:
        """Drop all compiled tables: a transport came up, was closed or failed."""
        self._tables.forget()

    def send(self, forward: Forward, transports: Mapping[str, Receiver], now: float) -> None:
        """Send one packet to all its rows with the next `flush`."""
        if forward.payload_end - forward.payload_start > LONGEST_PAYLOAD:
            self._drops["too_long"] += len(forward.rows)
            return
        compiled = self._tables.of(forward.rows, transports, now)
        stream = forward.packet[8:12]
        run = self._latest.get(stream)
        if run is None or run.compiled is not compiled:
            run = self._latest[stream] = _Run(compiled, now)
            self._runs.append(run)
        run.packets.append(forward)

    def flush(self) -> None:
        """Send all that waits, here and in the slab."""
        if self._runs:
            runs, self._runs = self._runs, []
            self._latest.clear()
            for run in runs:
                for group in run.compiled.groups:
                    self._send_run(run, group)
        self._outbox.flush()

    def _send_run(self, run: _Run, group: Group) -> None:
        block = b""
        if group.stamp:
            block = _extension(0xBEDE, 1, _stamp_word(group.stamp, run.now))
        elif group.number:
            block = _extension(0xBEDE, 1, 0)
        bodies = [
            block + forward.packet[forward.payload_start : forward.payload_end]
            for forward in run.packets
        ]
        for first, end in _bursts(bodies, MOST_SEGMENTS if self._outbox.gso else 1):
            self._send_burst(run.packets[first:end], bodies[first:end], group, run.now)

    def _send_burst(
        self, packets: Sequence[Forward], bodies: Sequence[bytes], group: Group, now: float
    ) -> None:
        outbox, sealing = self._outbox, group.sealing
        segments = len(packets)
        lengths = [HEADER_BYTES + len(body) for body in bodies]
        room = sum(map(stride_of, lengths))
        octets = sum(lengths) + segments * group.tag
        columns = [_Columns(packet, group) for packet in packets]
        ivs = [sealing.ivs(packet.sequence) for packet in packets]
        header = HEADER_BYTES + (EXTENSION_BYTES if group.extended else 0)
        names = group.names
        begin, end = 0, len(names)
        while begin < end:
            taken = outbox.claim(names[begin:], segments, lengths[0] + group.tag, room)
            failed: set[int] = set()
            for segment, (body, length) in enumerate(zip(bodies, lengths, strict=True)):
                strip = outbox.strip(segment, length, sealing.added)
                at = strip.offset
                outbox.view[at + HEADER_BYTES : at + length] = body
                outbox.copy(strip)
                columns[segment].write(outbox, strip, begin)
                if group.number:
                    _write_numbers(outbox, strip, group, begin, now)
                failed.update(sealing.seal(outbox, strip, header, ivs[segment], begin))
            lost = sum(outbox.cancel(receiver) for receiver in failed)
            if lost:
                self._drops["srtp_protect"] += lost
            sent = taken * segments - lost
            self.packets += sent
            self.octets += sent * octets // segments
            begin += taken

    def resend(self, resend: Resend, transport: Receiver, now: float) -> None:
        """Answer a NACK: the packet once more to one row, by RTX where that is agreed."""
        forward, row, outbox = resend.forward, resend.row, self._outbox
        if transport.srtp is None or transport.destination is None:
            self._drops["not_connected"] += 1
            return
        body = bytearray(forward.packet[forward.payload_start : forward.payload_end])
        if len(body) > LONGEST_PAYLOAD:
            self._drops["too_long"] += 1
            return
        _rewrite_descriptor(body, forward, row.picture_id_offset, row.tl0_offset)
        sequence = (forward.sequence + row.sequence_offset) & 0xFFFF
        payload_type, ssrc = row.payload_type, row.ssrc
        if resend.rtx_sequence is not None:
            body[:0] = sequence.to_bytes(2, "big")
            sequence, payload_type, ssrc = resend.rtx_sequence, row.rtx_payload_type, row.rtx_ssrc
        block = b""
        if row.abs_send_time:
            block = _extension(0xBEDE, 1, _stamp_word(row.abs_send_time, now))
        elif row.departures is not None:
            octets = HEADER_BYTES + EXTENSION_BYTES + len(body) + transport.srtp.tag_size
            number = row.departures.take(octets, now)
            block = _extension(0xBEDE, 1, _number_word(row.transport_sequence, number))
        body[:0] = block
        length = HEADER_BYTES + len(body)
        strip = outbox.single(transport.destination, length, added_to(transport.srtp))
        _header(
            outbox.view,
            strip.offset,
            0x90 if block else 0x80,
            forward.marker | payload_type,
            sequence,
            (forward.timestamp + row.timestamp_offset) & 0xFFFFFFFF,
            ssrc,
        )
        outbox.view[strip.offset + HEADER_BYTES : strip.offset + length] = body
        if not seal_one(transport.srtp, outbox, strip, HEADER_BYTES + len(block), ssrc, sequence):
            outbox.cancel(0)
            self._drops["srtp_protect"] += 1
            return
        self.packets += 1
        self.octets += length + transport.srtp.tag_size


class _Columns:
    """What stands in one packet for each receiver of a group."""

    __slots__ = ("_bytes", "_ssrcs", "_words")

    def __init__(self, forward: Forward, group: Group) -> None:
        first = forward.marker | (_EXTENDED if group.extended else 0)
        words = group.headers.words(first, forward.sequence, forward.timestamp)
        self._words = memoryview(words).cast("Q")
        self._ssrcs = group.ssrcs
        self._bytes: list[tuple[int, memoryview]] = []
        """Places in the packet, and everybody's byte there."""
        picture_at, tl0_at = forward.picture_id_at, forward.tl0_at
        if not picture_at and not tl0_at:
            return
        mask = forward.picture_id_mask
        pictures = memoryview(group.pictures.words(forward.picture_id, mask, forward.tl0))
        shift = HEADER_BYTES + (EXTENSION_BYTES if group.extended else 0) - forward.payload_start
        if picture_at and mask == 0x7FFF:
            self._bytes.append((picture_at + shift, pictures[1::PICTURE_WORD]))
            self._bytes.append((picture_at + shift + 1, pictures[2::PICTURE_WORD]))
        elif picture_at:
            self._bytes.append((picture_at + shift, pictures[2::PICTURE_WORD]))
        if tl0_at:
            self._bytes.append((tl0_at + shift, pictures[3::PICTURE_WORD]))

    def write(self, outbox: SendSlab, strip: Strip, begin: int) -> None:
        """Write into the copies of a strip; its receivers begin with number `begin`."""
        count, stride = strip.copies, strip.stride
        end = begin + count
        at, step = strip.offset // 8, stride // 8
        outbox.quads[at : at + count * step : step] = self._words[begin:end]
        at, step = strip.offset // 4 + 2, stride // 4
        outbox.halves[at : at + count * step : step] = self._ssrcs[begin:end]
        for place, column in self._bytes:
            at = strip.offset + place
            outbox.view[at : at + count * stride : stride] = column[begin:end]


def _bursts(bodies: Sequence[bytes], most: int) -> Iterator[tuple[int, int]]:
    """Part packets into runs of equal length, of which the last one may be shorter."""
    first = 0
    while first < len(bodies):
        end, size = first + 1, len(bodies[first])
        limit = min(len(bodies), first + most)
        while end < limit and len(bodies[end]) == size:
            end += 1
        if end < limit and len(bodies[end]) < size:
            end += 1
        yield first, end
        first = end


def _write_numbers(outbox: SendSlab, strip: Strip, group: Group, begin: int, now: float) -> None:
    """Number a packet's copies, for each receiver among all that goes to it."""
    count, octets = strip.copies, strip.length + group.tag
    base = _number_word(group.number, 0)
    words = struct.pack(
        f"!{count}I",
        *[base | each.take(octets, now) << 8 for each in group.departures[begin : begin + count]],
    )
    at, step = (strip.offset + NUMBER_AT) // 4, strip.stride // 4
    outbox.halves[at : at + count * step : step] = memoryview(words).cast("I")


def _number_word(extension: int, number: int) -> int:
    """One-byte extension header, two bytes of number, one of padding."""
    return (extension << 4 | 1) << 24 | number << 8


def _stamp_word(extension: int, now: float) -> int:
    """One-byte extension header and three bytes: seconds modulo 64 in 6.18 fixed point."""
    return (extension << 4 | 2) << 24 | int(now * 262_144) & 0xFFFFFF


def _rewrite_descriptor(body: bytearray, forward: Forward, by_picture: int, by_tl0: int) -> None:
    """Write picture id and TL0PICIDX where they stand in a payload."""
    if forward.picture_id_at:
        at = forward.picture_id_at - forward.payload_start
        mask = forward.picture_id_mask
        number = (forward.picture_id + by_picture) & mask
        if mask == 0x7FFF:
            body[at : at + 2] = (0x8000 | number).to_bytes(2, "big")
        else:
            body[at] = number
    if forward.tl0_at:
        body[forward.tl0_at - forward.payload_start] = (forward.tl0 + by_tl0) & 0xFF
