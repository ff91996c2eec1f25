"""One outgoing RTP stream: numbering, header extensions, reports, resends."""

from collections import OrderedDict
from collections.abc import Iterable
from struct import Struct

from media.core import rtcp_build

_HEADER = Struct("!BBHII")
_BLOCK = Struct("!HH")
_REMEMBERED = 256
_NTP_EPOCH = 2_208_988_800
"""Seconds from 1900 to 1970 (RFC 5905)."""


def extension_block(elements: Iterable[tuple[int, bytes]]) -> bytes:
    """Build a one-byte header extension block (RFC 8285 §4.2); empty for no elements."""
    body = b"".join(bytes((number << 4 | len(data) - 1,)) + data for number, data in elements)
    if not body:
        return b""
    body += b"\0" * (-len(body) % 4)
    return _BLOCK.pack(0xBEDE, len(body) // 4) + body


class Outgoing:
    """A stream of one SSRC. Numbers start where the caller says, at random in practice."""

    def __init__(
        self, ssrc: int, payload_type: int, clock_rate: int, sequence: int, timestamp: int
    ) -> None:
        self.ssrc = ssrc
        self.packets = 0
        self.octets = 0
        """Of payload, as sender reports count (RFC 3550 §6.4.1)."""
        self._payload_type = payload_type
        self._clock_rate = clock_rate
        self._sequence = sequence
        self._timestamp = timestamp
        self._history: OrderedDict[int, bytes] = OrderedDict()

    def timestamp(self, now: float) -> int:
        """Return the media time of `now`, 32 bits."""
        return (self._timestamp + round(now * self._clock_rate)) & 0xFFFFFFFF

    def packet(self, payload: bytes, timestamp: int, marker: bool, block: bytes) -> bytes:
        """Number one payload and put its header before it."""
        number = self._sequence
        header = _HEADER.pack(
            0x90 if block else 0x80,
            0x80 | self._payload_type if marker else self._payload_type,
            number,
            timestamp,
            self.ssrc,
        )
        packet = header + block + payload
        self._sequence = (number + 1) & 0xFFFF
        self.packets += 1
        self.octets += len(payload)
        self._history[number] = packet
        if len(self._history) > _REMEMBERED:
            self._history.popitem(last=False)
        return packet

    def again(self, sequences: Iterable[int]) -> list[bytes]:
        """Return packets that a NACK asks for, those still remembered."""
        return [self._history[s] for s in sequences if s in self._history]

    def report(self, now: float) -> bytes:
        """Build a sender report; its NTP time counts from an epoch of our own."""
        ntp = round((now + _NTP_EPOCH) * 2**32) & 0xFFFFFFFFFFFFFFFF
        return rtcp_build.sender_report(
            self.ssrc, ntp, self.timestamp(now), self.packets, self.octets
        )
