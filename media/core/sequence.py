"""Serial numbers that wrap (RFC 1982): RTP sequence numbers and timestamps."""

SEQUENCE_MASK = 0xFFFF
TIMESTAMP_MASK = 0xFFFFFFFF


def extend(sequence: int, reference: int) -> int:
    """Return the extended number nearest to `reference` whose low 16 bits are `sequence`.

    `reference` is an extended number (RFC 3550 A.1: wraps counted above the low 16 bits). The
    result is at most 2**15 away and may be negative where the reference is small.
    """
    return reference + ((sequence - reference + 0x8000) & 0xFFFF) - 0x8000


def timestamp_delta(later: int, earlier: int) -> int:
    """Return `later - earlier` of two 32-bit timestamps, in -2**31 .. 2**31 - 1."""
    return ((later - earlier + 0x80000000) & TIMESTAMP_MASK) - 0x80000000
