"""Packets in a byte stream: two bytes of length, then the packet (RFC 4571 §2, for RFC 6544)."""

from collections.abc import Iterable

LENGTH_BYTES = 2
LONGEST = 1600
"""Longest packet taken, bytes; none of ICE, DTLS or media is longer than an Ethernet frame."""


class FramingError(ValueError):
    """A length that none of our packets has: the stream cannot be followed any more."""


class Deframer:
    """Cut what comes into packets; keeps at most the beginning of one."""

    def __init__(self) -> None:
        self._begun = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Return the packets that are now whole; raise FramingError. Empty ones are left out."""
        stream, at = self._begun, 0
        stream += data
        packets = []
        while len(stream) - at >= LENGTH_BYTES:
            length = int.from_bytes(stream[at : at + LENGTH_BYTES], "big")
            if length > LONGEST:
                raise FramingError(f"a packet of {length} bytes")
            end = at + LENGTH_BYTES + length
            if len(stream) < end:
                break
            if length:
                packets.append(bytes(stream[at + LENGTH_BYTES : end]))
            at = end
        del stream[:at]
        return packets


def framed(packets: Iterable[bytes]) -> bytes:
    """Return the packets as they stand in a stream."""
    return b"".join(len(packet).to_bytes(LENGTH_BYTES, "big") + packet for packet in packets)
