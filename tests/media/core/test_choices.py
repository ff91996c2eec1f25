"""Who is shown where, and in which layer: the pure rules."""

from hypothesis import given
from hypothesis import strategies as st

from media.core import slots
from media.core.timing import SenderClock, middle, ntp, round_trip


def test_the_floor_is_everybodys_main_picture() -> None:
    assert slots.main_picture("a", "c", ["b", "c"]) == "c"


def test_whoever_has_the_floor_sees_the_speaker() -> None:
    assert slots.main_picture("c", "c", ["b", "c"]) == "b"


def test_the_speaker_sees_whoever_spoke_before() -> None:
    ranking = slots.ranked(["b", "a"], ["a", "b", "c"])
    assert slots.main_picture("b", None, ranking) == "a"
    assert slots.main_picture("c", None, ranking) == "b"


def test_before_anybody_spoke_the_first_picture_is_shown() -> None:
    ranking = slots.ranked([], ["a", "b"])
    assert slots.main_picture("a", None, ranking) == "b"
    assert slots.main_picture("c", None, ranking) == "a"


def test_a_speaker_without_a_picture_is_not_shown() -> None:
    assert slots.ranked(["x", "b"], ["a", "b"]) == ["b", "a"]


def test_alone_there_is_nobody_to_see() -> None:
    assert slots.main_picture("a", None, ["a"]) is None


def test_when_the_main_picture_changes_only_one_small_one_moves() -> None:
    pictures = ["a", "b", "c", "d", "e", "f"]
    before = slots.fill(
        [None] * 3, slots.first_others(slots.ranked(["a"], pictures), ("f", "a"), 3)
    )
    after = slots.fill(
        before, slots.first_others(slots.ranked(["c", "a"], pictures), ("f", "c"), 3)
    )
    assert before == ["b", "c", "d"]
    assert after == ["b", "a", "d"]


@given(
    st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8),
    st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8),
    st.integers(0, 6),
)
def test_who_stays_keeps_the_slot(before: list[str], wanted: list[str], size: int) -> None:
    current = slots.fill([None] * size, before[:size])
    after = slots.fill(current, wanted[:size])
    assert {tid for tid in after if tid} == set(wanted[:size])
    for old, new in zip(current, after, strict=True):
        assert old not in wanted[:size] or old == new


def test_a_round_trip_is_read_from_a_report() -> None:
    sent = middle(ntp(100.0))
    assert abs((round_trip(100.35, sent, int(0.25 * 65536)) or 0) - 0.1) < 0.001
    assert round_trip(100.0, 0, 0) is None
    assert round_trip(100.0, sent, 1) == 0.0
    assert round_trip(100.0, (sent + 0x7FFFFFFF) & 0xFFFFFFFF, 0) is None


def test_a_senders_clock_is_placed_by_its_quickest_report() -> None:
    clock = SenderClock()
    for second, delay in enumerate((0.05, 0.02, 0.3, 0.04)):
        clock.observe(int((5000 + second) * 2**32), 10.0 + second + delay)
    assert abs(clock.local(5004 * 2**32) - 14.02) < 0.001


def test_a_senders_clock_that_is_set_back_is_followed() -> None:
    clock = SenderClock()
    clock.observe(5000 * 2**32, 10.0)
    clock.observe(1000 * 2**32, 11.0)
    assert abs(clock.local(1000 * 2**32) - 11.0) < 0.001
