"""RTCP packets read from the wire (RFC 3550, 4585, 5104, REMB by draft-alvestrand-rmcat-remb-03,
and transport-wide feedback by draft-holmer-rmcat-transport-wide-cc-extensions-01)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from struct import Struct, unpack_from
from typing import NamedTuple

from media.core.malformed import Malformed

SR, RR, SDES, BYE, RTPFB, PSFB = 200, 201, 202, 203, 205, 206
FMT_NACK, FMT_PLI, FMT_FIR, FMT_AFB = 1, 1, 4, 15
FMT_TRANSPORT = 15
"""Of RTPFB."""

_HEAD = Struct("!BBH")
_SENDER = Struct("!QIII")
_SSRC = Struct("!I")
_REMB = Struct("!BBH")
_NACK = Struct("!HH")
_TRANSPORT = Struct("!HHI")
_MISSING, _SMALL, _LARGE = 0, 1, 2
"""What feedback says of a packet, and how its delta is written (section 3.1.1)."""
_BLOCK = Struct("!6I")

# What everybody sends every second is made of tuples: they are built in a quarter of the time.


class ReportBlock(NamedTuple):
    """Reception of one stream as its receiver sees it (RFC 3550 section 6.4.1)."""

    ssrc: int
    fraction_lost: int
    """0..255, in 1/256 since the last report."""
    lost: int
    """Cumulative, -2**23 .. 2**23 - 1."""
    highest: int
    """Extended highest sequence number received, 32 bits."""
    jitter: int
    """In units of the stream's clock."""
    last_sr: int
    """Middle 32 bits of the NTP timestamp of the last sender report, 0 = none yet."""
    delay_since_sr: int
    """In 1/65536 s."""


class SenderReport(NamedTuple):
    ssrc: int
    ntp: int
    """64 bits, seconds in 32.32."""
    timestamp: int
    packets: int
    octets: int
    blocks: tuple[ReportBlock, ...] = ()


class ReceiverReport(NamedTuple):
    ssrc: int
    blocks: tuple[ReportBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class Bye:
    ssrcs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Nack:
    """Sequence numbers that the receiver of `media_ssrc` misses, in the order of the packet."""

    media_ssrc: int
    sequences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pli:
    media_ssrc: int


@dataclass(frozen=True, slots=True)
class Fir:
    """Full intra requests: (SSRC of the media, command number)."""

    entries: tuple[tuple[int, int], ...]


class Remb(NamedTuple):
    """What the receiver can take in total for these streams, in bit/s."""

    bps: int
    ssrcs: tuple[int, ...]


class TransportFeedback(NamedTuple):
    """When the packets numbered from `base` on came, of all streams (section 3.1)."""

    base: int
    """0..0xFFFF."""
    statuses: int
    """So many numbers are told of."""
    reference: int
    """24 bits, in 64 ms of the receiver's clock."""
    received: tuple[tuple[int, int], ...]
    """Each packet that came: its number (0..0xFFFF), and when, in 250 µs after `reference`."""


Packet = SenderReport | ReceiverReport | Bye | Nack | Pli | Fir | Remb | TransportFeedback


def parse(compound: bytes | memoryview) -> list[Packet]:
    """Read a compound or reduced-size (RFC 5506) RTCP packet.

    Packet types and feedback formats not listed in this module are left out of the result.
    Raises Malformed with reason `rtcp_short`, `rtcp_version`, `rtcp_length` or `rtcp_padding`,
    or `rtcp_content` where the length is right and the content does not fit it; then nothing of
    the compound counts.
    """
    data = bytes(compound)
    packets: list[Packet] = []
    at, size = 0, len(data)
    if size < 8:
        raise Malformed("rtcp_short")
    while at < size:
        if size - at < 4:
            raise Malformed("rtcp_short")
        first, kind, words = _HEAD.unpack_from(data, at)
        if first & 0xC0 != 0x80:
            raise Malformed("rtcp_version")
        end = at + 4 + 4 * words
        if end > size:
            raise Malformed("rtcp_length")
        body = data[at + 4 : end]
        if first & 0x20:  # only the last packet of a compound may have padding
            if not body or not 0 < body[-1] <= len(body) or end != size:
                raise Malformed("rtcp_padding")
            body = body[: -body[-1]]
        read = _READERS.get(kind)
        packet = read(first & 0x1F, body) if read is not None else None
        if packet is not None:
            packets.append(packet)
        at = end
    return packets


def _sender_report(count: int, body: bytes) -> SenderReport:
    _need(body, 24 + 24 * count)
    ntp, timestamp, sent, octets = _SENDER.unpack_from(body, 4)
    return SenderReport(_ssrc(body, 0), ntp, timestamp, sent, octets, _blocks(body, 24, count))


def _receiver_report(count: int, body: bytes) -> ReceiverReport:
    _need(body, 4 + 24 * count)
    return ReceiverReport(_ssrc(body, 0), _blocks(body, 4, count))


def _bye(count: int, body: bytes) -> Bye:
    _need(body, 4 * count)
    return Bye(_ssrcs(body, 0, count))


def _about_packets(form: int, body: bytes) -> Nack | TransportFeedback | None:
    if form == FMT_TRANSPORT:
        return _parse_transport(body)
    return _parse_nack(body) if form == FMT_NACK else None


def _about_payloads(form: int, body: bytes) -> Pli | Fir | Remb | None:
    _need(body, 8)
    if form == FMT_PLI:
        return Pli(_ssrc(body, 4))
    if form == FMT_FIR:
        if len(body) % 8:
            raise Malformed("rtcp_content")
        return Fir(tuple((_ssrc(body, at), body[at + 4]) for at in range(8, len(body), 8)))
    if form == FMT_AFB and body[8:12] == b"REMB":
        return _parse_remb(body)
    return None


_READERS: Mapping[int, Callable[[int, bytes], Packet | None]] = {
    SR: _sender_report,
    RR: _receiver_report,
    BYE: _bye,
    RTPFB: _about_packets,
    PSFB: _about_payloads,
}
"""By packet type; they take the count, or the format, and what comes after the header."""


def _need(body: bytes, size: int) -> None:
    if len(body) < size:
        raise Malformed("rtcp_content")


def _ssrc(body: bytes, at: int) -> int:
    ssrc: int = _SSRC.unpack_from(body, at)[0]
    return ssrc


def _ssrcs(body: bytes, at: int, count: int) -> tuple[int, ...]:
    return unpack_from(f"!{count}I", body, at)


def _blocks(body: bytes, at: int, count: int) -> tuple[ReportBlock, ...]:
    return tuple(
        [
            ReportBlock(
                ssrc,
                word >> 24,
                # 24 bits with a sign.
                (word & 0xFFFFFF ^ 0x800000) - 0x800000,
                highest,
                jitter,
                last_sr,
                delay,
            )
            for ssrc, word, highest, jitter, last_sr, delay in _BLOCK.iter_unpack(
                body[at : at + _BLOCK.size * count]
            )
        ]
    )


def _parse_nack(body: bytes) -> Nack:
    _need(body, 12)
    sequences: list[int] = []
    for at in range(8, len(body) - 3, 4):
        first, following = _NACK.unpack_from(body, at)
        sequences.append(first)
        while following:
            low = following & -following
            sequences.append((first + low.bit_length()) & 0xFFFF)
            following ^= low
    return Nack(_ssrc(body, 4), tuple(sequences))


def _parse_remb(body: bytes) -> Remb:
    _need(body, 16)
    count, high, low = _REMB.unpack_from(body, 12)
    _need(body, 16 + 4 * count)
    mantissa = (high & 0x03) << 16 | low
    return Remb(mantissa << (high >> 2), _ssrcs(body, 16, count))


def _parse_transport(body: bytes) -> TransportFeedback:
    """Only what came is made a list of, and costs at least a byte each: a few bytes can say that
    thousands are missing."""
    _need(body, 16)
    base, count, last = _TRANSPORT.unpack_from(body, 8)
    came: list[tuple[int, int]] = []
    at, told = 16, 0
    while told < count:
        _need(body, at + 2)
        chunk = body[at] << 8 | body[at + 1]
        at += 2
        told += _read_chunk(chunk, told, count, came, len(body))
    ticks, received = 0, []
    for number, status in came:
        _need(body, at + status)
        ticks += int.from_bytes(body[at : at + status], "big", signed=status == _LARGE)
        at += status
        received.append(((base + number) & 0xFFFF, ticks))
    return TransportFeedback(base, count, last >> 8, tuple(received))


def _read_chunk(chunk: int, told: int, count: int, came: list[tuple[int, int]], most: int) -> int:
    """Add the packets that came of a chunk (sections 3.1.3 and 3.1.4), `most` at most; return of
    how many it tells. A status is also the length of its delta."""
    if chunk < 0x8000:
        status, run = chunk >> 13, chunk & 0x1FFF
        if status > _LARGE or not run:
            raise Malformed("rtcp_content")
        if status != _MISSING:
            run = min(run, count - told)
            if run > most:
                raise Malformed("rtcp_content")
            came += [(told + i, status) for i in range(run)]
        return run
    if chunk < 0xC000:
        size, statuses = 14, [chunk >> shift & 1 for shift in range(13, -1, -1)]
    else:
        size, statuses = 7, [chunk >> shift & 3 for shift in range(12, -1, -2)]
    for number, status in enumerate(statuses[: count - told], told):
        if status > _LARGE:
            raise Malformed("rtcp_content")
        if status != _MISSING:
            came.append((number, status))
    return size
