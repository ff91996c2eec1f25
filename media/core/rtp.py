"""RTP packets: fixed header (RFC 3550 section 5.1) and header extensions (RFC 8285)."""

from struct import Struct

from media.core.malformed import Malformed

ONE_BYTE_PROFILE = 0xBEDE
TWO_BYTE_PROFILE = 0x1000
"""0x100 in the upper twelve bits; the lower four are for the application."""

_HEADER = Struct("!BBHII")
_EXTENSION = Struct("!HH")


class Header:
    """What the header says. Positions are offsets in the packet.

    `extension_start == extension_end` where there is no extension; `payload_end` leaves the
    padding out.
    """

    __slots__ = (
        "extension_end",
        "extension_profile",
        "extension_start",
        "marker",
        "payload_end",
        "payload_start",
        "payload_type",
        "sequence",
        "ssrc",
        "timestamp",
    )

    def __init__(
        self,
        marker: int,
        payload_type: int,
        sequence: int,
        timestamp: int,
        ssrc: int,
        extension_profile: int,
        extension_start: int,
        extension_end: int,
        payload_start: int,
        payload_end: int,
    ) -> None:
        self.marker = marker
        """0x80 or 0."""
        self.payload_type = payload_type
        self.sequence = sequence
        self.timestamp = timestamp
        self.ssrc = ssrc
        self.extension_profile = extension_profile
        self.extension_start = extension_start
        self.extension_end = extension_end
        self.payload_start = payload_start
        self.payload_end = payload_end


def parse(packet: bytes | memoryview) -> Header:
    """Read the header of one RTP packet.

    Raises Malformed with reason `rtp_short`, `rtp_version`, `rtp_extension` or `rtp_padding`.
    """
    size = len(packet)
    if size < 12:
        raise Malformed("rtp_short")
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(packet)
    if first & 0xC0 != 0x80:
        raise Malformed("rtp_version")
    start = 12 + 4 * (first & 0x0F)
    profile = extension_start = extension_end = 0
    if first & 0x10:
        if size < start + 4:
            raise Malformed("rtp_extension")
        profile, words = _EXTENSION.unpack_from(packet, start)
        extension_start = start + 4
        start = extension_end = extension_start + 4 * words
    if size < start:
        raise Malformed("rtp_extension" if first & 0x10 else "rtp_short")
    end = size
    if first & 0x20:
        if size == start:
            raise Malformed("rtp_padding")
        end -= packet[-1]
        if packet[-1] == 0 or end < start:
            raise Malformed("rtp_padding")
    return Header(
        second & 0x80,
        second & 0x7F,
        sequence,
        timestamp,
        ssrc,
        profile,
        extension_start,
        extension_end,
        start,
        end,
    )


def extension(packet: bytes | memoryview, header: Header, wanted: int) -> bytes | None:
    """Return the data of the first extension element with id `wanted`, None where there is none.

    Elements of one and of two bytes are read by the profile; an unknown profile has no elements.
    Raises Malformed `rtp_extension` where an element before it runs over the end of the block.
    """
    if wanted == 0:
        return None
    at, end = header.extension_start, header.extension_end
    if header.extension_profile == ONE_BYTE_PROFILE:
        while at < end:
            identifier, length = packet[at] >> 4, (packet[at] & 0x0F) + 1
            at += 1
            if identifier == 0:  # a padding byte, whatever its length says
                continue
            if identifier == 15:  # reserved: the rest must not be read (section 4.2)
                return None
            if at + length > end:
                raise Malformed("rtp_extension")
            if identifier == wanted:
                return bytes(packet[at : at + length])
            at += length
    elif header.extension_profile & 0xFFF0 == TWO_BYTE_PROFILE:
        while at < end:
            identifier = packet[at]
            at += 1
            if identifier == 0:
                continue
            if at == end or at + 1 + packet[at] > end:
                raise Malformed("rtp_extension")
            length = packet[at]
            at += 1
            if identifier == wanted:
                return bytes(packet[at : at + length])
            at += length
    return None


def text_extension(packet: bytes | memoryview, header: Header, wanted: int) -> str | None:
    """Return an SDES item carried as extension (RFC 7941), None where it is absent.

    Raises Malformed `rtp_extension` for a broken block or text that is not UTF-8.
    """
    data = extension(packet, header, wanted)
    if data is None:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Malformed("rtp_extension") from None


def unwrap_rtx(packet: bytes | memoryview, header: Header, ssrc: int, payload_type: int) -> bytes:
    """Rebuild the original packet out of a retransmission (RFC 4588 section 4).

    The original's header extensions were not kept by the sender of the retransmission; those that
    it does carry belong to the retransmission and are left out.
    Raises Malformed `rtx_padding` where there is no original in it.
    """
    start = header.payload_start
    if header.payload_end < start + 2:
        raise Malformed("rtx_padding")
    original = int.from_bytes(packet[start : start + 2], "big")
    head = _HEADER.pack(0x80, header.marker | payload_type, original, header.timestamp, ssrc)
    return head + bytes(packet[start + 2 : header.payload_end])
