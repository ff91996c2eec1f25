"""RTCP packets written for the wire; the counterpart of `rtcp`."""

from collections.abc import Iterable, Sequence
from struct import Struct

from media.core.rtcp import (
    BYE,
    FMT_AFB,
    FMT_FIR,
    FMT_NACK,
    FMT_PLI,
    PSFB,
    RR,
    RTPFB,
    SDES,
    SR,
    ReportBlock,
)

_HEAD_SSRC = Struct("!BBHI")
_HEAD_TWO = Struct("!BBHII")
_SENDER_REPORT = Struct("!BBHIQIII")
_BLOCK = Struct("!IIIIII")
_PAIR = Struct("!HH")

MAX_BLOCKS = 31
"""Report blocks in one packet: the count has five bits."""


def sender_report(
    ssrc: int,
    ntp: int,
    timestamp: int,
    packets: int,
    octets: int,
    blocks: Sequence[ReportBlock] = (),
) -> bytes:
    """Build an SR (RFC 3550 section 6.4.1); `ntp` has 64 bits, counters are cut to 32."""
    report = _SENDER_REPORT.pack(
        0x80 | len(blocks), SR, 6 + 6 * len(blocks), ssrc,
        ntp, timestamp, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF,
    )  # fmt: skip
    return report + b"".join(map(_block, blocks)) if blocks else report


def receiver_report(ssrc: int, blocks: Sequence[ReportBlock] = ()) -> bytes:
    """Build an RR (section 6.4.2) with at most `MAX_BLOCKS` blocks."""
    head = _HEAD_SSRC.pack(0x80 | len(blocks), RR, 1 + 6 * len(blocks), ssrc)
    return head + b"".join(map(_block, blocks))


def _block(block: ReportBlock) -> bytes:
    lost = max(-0x800000, min(0x7FFFFF, block.lost)) & 0xFFFFFF
    return _BLOCK.pack(
        block.ssrc,
        block.fraction_lost << 24 | lost,
        block.highest & 0xFFFFFFFF,
        block.jitter & 0xFFFFFFFF,
        block.last_sr,
        block.delay_since_sr & 0xFFFFFFFF,
    )


def source_description(ssrcs: Iterable[int], cname: str) -> bytes:
    """Build an SDES with the CNAME (at most 255 bytes of UTF-8) of up to 31 sources."""
    name = cname.encode()[:255]
    item = bytes((1, len(name))) + name
    item += b"\0" * (4 - len(item) % 4)  # at least one null ends the items of a chunk
    chunks = [ssrc.to_bytes(4, "big") + item for ssrc in ssrcs][:MAX_BLOCKS]
    body = b"".join(chunks)
    return bytes((0x80 | len(chunks), SDES)) + (len(body) // 4).to_bytes(2, "big") + body


def bye(ssrcs: Sequence[int]) -> bytes:
    """Build a BYE for up to 31 sources."""
    head = bytes((0x80 | len(ssrcs), BYE)) + len(ssrcs).to_bytes(2, "big")
    return head + b"".join(ssrc.to_bytes(4, "big") for ssrc in ssrcs)


def nack(sender: int, media: int, sequences: Iterable[int]) -> bytes:
    """Build a generic NACK (RFC 4585 section 6.2.1) for ascending 16-bit numbers, wraps allowed."""
    pairs: list[list[int]] = []
    for sequence in sequences:
        distance = (sequence - pairs[-1][0]) & 0xFFFF if pairs else 17
        if distance == 0:
            continue
        if distance <= 16:
            pairs[-1][1] |= 1 << (distance - 1)
        else:
            pairs.append([sequence, 0])
    head = _HEAD_TWO.pack(0x80 | FMT_NACK, RTPFB, 2 + len(pairs), sender, media)
    return head + b"".join(_PAIR.pack(first, following) for first, following in pairs)


def pli(sender: int, media: int) -> bytes:
    """Build a picture loss indication (RFC 4585 section 6.3.1)."""
    return _HEAD_TWO.pack(0x80 | FMT_PLI, PSFB, 2, sender, media)


def fir(sender: int, media: int, command: int) -> bytes:
    """Build a full intra request (RFC 5104 section 4.3.1); `command` counts per new request."""
    head = _HEAD_TWO.pack(0x80 | FMT_FIR, PSFB, 4, sender, 0)
    return head + media.to_bytes(4, "big") + bytes((command & 0xFF, 0, 0, 0))


def remb(sender: int, bps: int, ssrcs: Sequence[int]) -> bytes:
    """Build a receiver estimated maximum bitrate for up to 255 streams, rounded down."""
    exponent = max(0, bps.bit_length() - 18)
    mantissa = bps >> exponent
    head = _HEAD_TWO.pack(0x80 | FMT_AFB, PSFB, 4 + len(ssrcs), sender, 0)
    value = bytes((len(ssrcs), exponent << 2 | mantissa >> 16)) + (mantissa & 0xFFFF).to_bytes(2)
    return head + b"REMB" + value + b"".join(ssrc.to_bytes(4, "big") for ssrc in ssrcs)
