"""Where a decoder may begin in an H.264 stream (RFC 6184)."""

_STAP_A = 24
_FU_A = 28
_SPS = 7


def begins_keyframe(packet: bytes | memoryview, start: int, end: int) -> bool:
    """Tell whether the payload `packet[start:end]` begins a key frame that decodes by itself.

    That is where a sequence parameter set stands: alone, in an aggregate (STAP-A) or at the start
    of a fragment (FU-A). An IDR slice without its parameter sets does not count, because a decoder
    that was switched here has none. Never raises; what is broken does not begin a key frame.
    """
    if start >= end:
        return False
    kind = packet[start] & 0x1F
    if kind == _SPS:
        return True
    if kind == _FU_A:
        return start + 1 < end and packet[start + 1] & 0x80 != 0 and packet[start + 1] & 0x1F == 7
    if kind == _STAP_A:
        at = start + 1
        while at + 2 < end:
            if packet[at + 2] & 0x1F == _SPS:
                return True
            at += 2 + (packet[at] << 8 | packet[at + 1])
    return False
