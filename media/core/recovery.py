"""Sound that comes with redundancy (RFC 2198), taken apart: what was lost goes out after all."""

from media.core import redundancy
from media.core.rtp import Header
from media.core.sequence import timestamp_delta
from media.core.stream import MAX_LATE, Stream
from media.core.table import Forward, chained


def take(stream: Stream, packet: bytes, header: Header, now: float) -> Forward | str:
    """Take a packet with redundancy; what was lost before it goes out before it.

    Returns a chain, or the reason why nothing goes out. Raises Malformed `red`.
    """
    *earlier, (whole, newest) = redundancy.take_apart(packet, header, stream.payload_type)
    recovered = [_recover(stream, plain, its, now) for plain, its in earlier if _lost(stream, its)]
    return chained([*recovered, stream.take(whole, newest, now, False)])


def _lost(stream: Stream, header: Header) -> bool:
    """Tell whether a packet has not come, though it was sent after the newest that has."""
    ahead = (header.sequence - stream.highest) & 0xFFFF
    later = timestamp_delta(header.timestamp, stream.timestamp) > 0
    return stream.highest >= 0 and 0 < ahead < MAX_LATE and later


def _recover(stream: Stream, packet: bytes, header: Header, now: float) -> Forward | str:
    """Take a lost packet. To its sender it stays lost: an encoder is to know what the line does."""
    result = stream.take(packet, header, now, False)
    if header.sequence == stream.highest & 0xFFFF:
        stream.recovered += 1
        stream.before += 1
    return result
