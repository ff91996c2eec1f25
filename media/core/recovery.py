"""Sound that comes with redundancy (RFC 2198), taken apart: what was lost goes out after all."""

from media.core import redundancy
from media.core.rtp import Header
from media.core.sequence import timestamp_delta
from media.core.stream import MAX_LATE, Stream
from media.core.table import Forward, chained

_BEHIND = 0x8000
"""So far ahead is behind, in numbers of 16 bits."""


def take(stream: Stream, packet: bytes, header: Header, now: float) -> Forward | str:
    """Take a packet with redundancy; what was lost before it goes out before it.

    Returns a chain, or the reason why nothing goes out. Raises Malformed `red`.
    """
    if header.sequence in stream.recovered and _ahead(stream, header) >= _BEHIND:
        stream.packets += 1
        stream.late += 1
        return "duplicate"
    *earlier, (whole, newest) = redundancy.take_apart(packet, header, stream.payload_type)
    recovered = [_recover(stream, plain, its, now) for plain, its in earlier if _lost(stream, its)]
    return chained([*recovered, stream.take(whole, newest, now, False)])


def _lost(stream: Stream, header: Header) -> bool:
    """Tell whether a packet has not come, though it was sent after the newest that has."""
    later = timestamp_delta(header.timestamp, stream.timestamp) > 0
    return stream.highest >= 0 and 0 < _ahead(stream, header) < MAX_LATE and later


def _ahead(stream: Stream, header: Header) -> int:
    return (header.sequence - stream.highest) & 0xFFFF


def _recover(stream: Stream, packet: bytes, header: Header, now: float) -> Forward | str:
    """Take a lost packet. To its sender it stays lost: an encoder is to know what the line does."""
    result = stream.take(packet, header, now, False)
    if header.sequence == stream.highest & 0xFFFF:
        stream.recovered.add(header.sequence)
        stream.before += 1
    return result
