"""The VP8 payload descriptor (RFC 7741 section 4.2) and the key frame test (section 4.3)."""

from typing import NamedTuple

from media.core.malformed import Malformed


class Descriptor(NamedTuple):
    """Positions are offsets in the packet; position 0 says that the field is not there."""

    picture_id: int
    picture_id_at: int
    picture_id_mask: int
    """0x7FFF, 0x7F, or 0 where there is none."""
    tl0: int
    tl0_at: int
    temporal_layer: int
    """0..3; 0 also where the packet does not say."""
    begins_keyframe: bool


def parse(packet: bytes | memoryview, start: int, end: int) -> Descriptor:
    """Read the descriptor of the payload `packet[start:end]`.

    Raises Malformed `vp8_descriptor` where the payload ends before its first byte of picture.
    """
    at = start + 1
    if at >= end:
        raise Malformed("vp8_descriptor")
    first = packet[start]
    picture_id = picture_id_at = picture_id_mask = tl0 = tl0_at = temporal_layer = 0
    if first & 0x80:
        flags = packet[at]
        at += 1
        if flags & 0x80:
            if at >= end:
                raise Malformed("vp8_descriptor")
            picture_id, picture_id_at, picture_id_mask = packet[at], at, 0x7F
            at += 1
            if picture_id & 0x80:
                if at >= end:
                    raise Malformed("vp8_descriptor")
                picture_id = (picture_id & 0x7F) << 8 | packet[at]
                picture_id_mask = 0x7FFF
                at += 1
        if flags & 0x40:
            if at >= end:
                raise Malformed("vp8_descriptor")
            tl0, tl0_at = packet[at], at
            at += 1
        if flags & 0x30:
            if at >= end:
                raise Malformed("vp8_descriptor")
            if flags & 0x20:
                temporal_layer = packet[at] >> 6
            at += 1
        if at >= end:
            raise Malformed("vp8_descriptor")
    # S = 1 and PID = 0 begin a frame; the P bit of the frame header is 0 in key frames. The R bit
    # between them is to be ignored.
    begins_keyframe = first & 0x17 == 0x10 and not packet[at] & 0x01
    return Descriptor(
        picture_id, picture_id_at, picture_id_mask, tl0, tl0_at, temporal_layer, begins_keyframe
    )
