"""What a receiver sees of a slot, through loss, reordering, switches and wraps."""

from hypothesis import given
from hypothesis import strategies as st

from media.core.numbering import Numbering, Offsets, Point


def out(point: Point, offsets: Offsets) -> tuple[int, int, int, int]:
    return (
        (point.sequence + offsets.sequence) & 0xFFFF,
        (point.timestamp + offsets.timestamp) & 0xFFFFFFFF,
        ((point.picture_id or 0) + offsets.picture_id) & 0x7FFF,
        ((point.tl0 or 0) + offsets.tl0) & 0xFF,
    )


def test_the_first_packet_has_the_first_number() -> None:
    first = Point(40_000, 123, 1.0, 7, 8)
    assert out(first, Numbering(90_000, 500).attach(first)) == (500, 123, 7, 8)


def test_a_new_source_goes_on_where_the_old_one_stopped() -> None:
    numbering = Numbering(90_000, 500)
    offsets = numbering.attach(Point(40_000, 123, 1.0, 7, 8))
    last = Point(40_009, 123 + 9_000, 1.1, 10, 11)
    numbering.detach(last)
    first = Point(17, 999, 1.2, 30_000, 250)
    sequence, timestamp, picture_id, tl0 = out(last, offsets)
    assert out(first, numbering.attach(first)) == (
        sequence + 1,
        timestamp + 9_000,
        picture_id + 1,
        tl0 + 1,
    )


def test_a_frame_that_comes_at_once_is_still_a_frame_of_its_own() -> None:
    numbering = Numbering(90_000)
    numbering.attach(Point(1, 1000, 5.0))
    numbering.detach(Point(1, 1000, 5.0))
    first = Point(1, 77, 5.0)
    assert out(first, numbering.attach(first))[1] == 1900


def test_a_pause_shows_in_the_timestamps_and_not_in_the_numbers() -> None:
    numbering = Numbering(48_000, 9)
    numbering.attach(Point(1, 0, 10.0))
    numbering.detach(Point(1, 0, 10.0))
    first = Point(700, 0, 70.0)
    assert out(first, numbering.attach(first))[:2] == (10, 48_000 * 60)


def test_picture_numbers_survive_a_source_that_has_none() -> None:
    numbering = Numbering(90_000)
    numbering.attach(Point(1, 0, 1.0, 100, 200))
    numbering.detach(Point(5, 0, 1.0, 104, 204))
    numbering.attach(Point(9, 0, 2.0))
    numbering.detach(Point(9, 0, 2.0))
    first = Point(1, 0, 3.0, 3000, 3)
    assert out(first, numbering.attach(first))[2:] == (105, 205)


stretches = st.lists(
    st.tuples(
        st.integers(0, 0xFFFF),  # first sequence number
        st.integers(0, 0xFFFFFFFF),  # first timestamp
        st.integers(0, 0x7FFF),  # first picture id
        st.integers(0, 0xFF),  # first TL0PICIDX
        st.integers(0, 400),  # packets until the switch
        st.floats(0, 30, allow_nan=False),  # seconds until the next stretch begins
    ),
    min_size=2,
    max_size=8,
)


@given(stretches, st.integers(0, 0x7FFF))
def test_switches_leave_no_gap_and_no_overlap(
    found: list[tuple[int, int, int, int, int, float]], initial: int
) -> None:
    numbering = Numbering(90_000, initial)
    now, before = 100.0, None
    for sequence, timestamp, picture_id, tl0, length, pause in found:
        first = Point(0x10000 + sequence, timestamp, now, picture_id, tl0)
        offsets = numbering.attach(first)
        begun = out(first, offsets)
        if before is not None:
            assert begun[0] == (before[0] + 1) & 0xFFFF
            assert begun[2] == (before[2] + 1) & 0x7FFF
            assert begun[3] == (before[3] + 1) & 0xFF
            advanced = (begun[1] - before[1]) & 0xFFFFFFFF
            assert 900 <= advanced <= max(900, 30 * 90_000)
        now += length / 100
        last = Point(
            first.sequence + length,
            (timestamp + length * 900) & 0xFFFFFFFF,
            now,
            (picture_id + length) & 0x7FFF,
            (tl0 + length) & 0xFF,
        )
        before = out(last, offsets)
        assert before[0] == (begun[0] + length) & 0xFFFF
        numbering.detach(last)
        now += pause


@given(st.integers(0, 0x7F), st.integers(0, 0x7FFF), st.integers(1, 300))
def test_short_picture_ids_count_on_modulo_their_width(first: int, other: int, count: int) -> None:
    numbering = Numbering(90_000)
    numbering.attach(Point(1, 0, 1.0, other, 0))
    numbering.detach(Point(1, 0, 1.0, other, 0))
    offsets = numbering.attach(Point(1, 0, 2.0, first, 0))
    sent = [(((first + n) & 0x7F) + offsets.picture_id) & 0x7F for n in range(count)]
    assert sent == [(other + 1 + n) & 0x7F for n in range(count)]
