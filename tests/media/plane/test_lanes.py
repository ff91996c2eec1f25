"""Lanes against the plain arithmetic they stand for."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from media.plane.lanes import Headers, Pictures

BITS_7, BITS_8, BITS_15, BITS_16, BITS_32 = (st.integers(0, 2**n - 1) for n in (7, 8, 15, 16, 32))


@given(
    st.lists(st.tuples(BITS_7, BITS_16, BITS_32), min_size=1, max_size=9),
    st.sampled_from((0, 0x80, 0x1000, 0x1080)),
    BITS_16,
    BITS_32,
)
def test_everybodys_header_is_what_one_alone_would_get(
    rows: list[tuple[int, int, int]], first: int, sequence: int, timestamp: int
) -> None:
    words = Headers(*(list(column) for column in zip(*rows, strict=True))).words(
        first, sequence, timestamp
    )
    assert words == b"".join(
        struct.pack(
            "!HHI", 0x8000 | first | kind, sequence + by & 0xFFFF, timestamp + time & 0xFFFFFFFF
        )
        for kind, by, time in rows
    )


@given(
    st.lists(st.tuples(BITS_15, BITS_8), min_size=1, max_size=9),
    st.sampled_from((0x7F, 0x7FFF)),
    BITS_15,
    BITS_8,
)
def test_everybodys_picture_id_is_what_one_alone_would_get(
    rows: list[tuple[int, int]], mask: int, picture_id: int, tl0: int
) -> None:
    words = Pictures(*(list(column) for column in zip(*rows, strict=True))).words(
        picture_id & mask, mask, tl0
    )
    top = 0x8000 if mask == 0x7FFF else 0
    assert words == b"".join(
        struct.pack("!xHB", ((picture_id & mask) + by & mask) | top, tl0 + by_tl0 & 0xFF)
        for by, by_tl0 in rows
    )
