"""Who is shown where, and in which layer: the pure rules."""

import itertools
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from media.core import layers, slots
from media.core.layers import FIRST_WAIT_S, PROOF_S, Allowance
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


def test_small_pictures_get_the_lowest_layer_that_flows() -> None:
    assert layers.lowest((None, 5.0, 9.0)) == 1
    assert layers.lowest((None, None)) is None


def test_the_main_picture_gets_the_highest_layer_the_line_allows() -> None:
    rates = (100.0, 400.0, 1200.0)
    assert layers.highest(rates, None, inf) == 2
    assert layers.highest(rates, 1, 500.0) == 1
    assert layers.highest(rates, None, 10.0) == 0
    assert layers.highest((100.0, None, None), 2, inf) == 0
    assert layers.highest((None, None, None), 2, inf) is None


def test_a_layer_is_kept_where_it_just_fits_but_not_taken() -> None:
    assert layers.highest((100.0, 400.0), 1, 410.0) == 1
    assert layers.highest((100.0, 400.0), 0, 410.0) == 0


def test_a_cautious_estimate_alone_is_no_limit() -> None:
    line = Allowance()
    line.estimated(450_000, 1.0)
    line.advance(300_000, 1.0)
    for now in range(2, 10):
        line.estimated(450_000 + 50_000 * now, now)
        line.advance(1_500_000, now)
    assert line.budget == inf


def test_an_estimate_that_falls_because_less_is_sent_is_no_limit() -> None:
    line = Allowance()
    line.estimated(2_000_000, 1.0)
    line.advance(1_500_000, 1.0)
    line.estimated(300_000, 2.0)
    line.advance(1_200_000, 2.0)
    for now in (2.5, 3.0, 3.5):
        line.advance(250_000, now)
    assert line.budget == inf


def test_an_estimate_that_falls_below_what_is_sent_limits_for_a_while() -> None:
    line = Allowance()
    line.estimated(2_000_000, 1.0)
    line.advance(1_000_000, 1.5)
    line.estimated(400_000, 2.0)
    line.advance(1_000_000, 2.5)
    assert line.budget == inf
    line.advance(1_000_000, 2.0 + PROOF_S)
    assert line.budget == 400_000
    line.advance(300_000, 1.9 + PROOF_S + FIRST_WAIT_S)
    assert line.budget == 400_000
    line.advance(300_000, 2.0 + PROOF_S + FIRST_WAIT_S)
    assert line.budget == inf


def test_loss_counts_only_when_it_lasts() -> None:
    line = Allowance()
    line.lost(0.3, 1_000_000, 1.0)
    line.lost(0.0, 1_000_000, 2.0)
    line.lost(0.3, 1_000_000, 3.0)
    assert line.budget == inf
    line.lost(0.3, 1_000_000, 4.0)
    assert line.budget == 800_000


def test_a_line_that_stays_thin_is_tried_less_and_less_often() -> None:
    line, now, tries = Allowance(), 0.0, []
    while now < 300:
        now += 1
        line.advance(1e6, now)
        if line.budget == inf:
            tries.append(now)
            line.lost(0.5, 1e6, now)
            line.lost(0.5, 1e6, now)
    waits = [later - at for at, later in itertools.pairwise(tries)]
    assert waits[0] == FIRST_WAIT_S
    assert waits == sorted(waits)
    assert waits[-1] == 60


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
