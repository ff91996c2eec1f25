"""What each picture slot gets out of a budget."""

from math import inf
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core import allocation
from media.core.allocation import OVERHEAD, Wanted, plan, unlimited

LAYERS = (100_000.0, 400_000.0, 1_000_000.0)


class Shown(NamedTuple):
    highest: int | None
    smallest: int | None


def fresh(count: int = 5) -> list[Wanted | None]:
    return [Wanted(LAYERS, None) for _ in range(count)]


@pytest.mark.parametrize(
    ("budget", "layers"),
    [
        (100_000, (None, None, None, None, None)),
        (130_000, (0, None, None, None, None)),
        (260_000, (0, 0, None, None, None)),
        (500_000, (1, None, None, None, None)),
        (900_000, (1, 0, 0, 0, 0)),
        (2_000_000, (2, 0, 0, 0, 0)),
    ],
)
def test_the_main_picture_comes_first_then_the_small_ones_then_the_best_of_the_main_one(
    budget: float, layers: tuple[int | None, ...]
) -> None:
    assert plan(fresh(), budget).layers == layers


def test_a_line_without_a_limit_gets_the_best_main_picture_and_all_small_ones() -> None:
    assert unlimited([Shown(highest=2, smallest=0)] * 2 + [None]) == (2, 0, None)
    assert plan([*fresh(2), None], inf).layers == (2, 0, None)


def test_a_layer_is_kept_where_it_just_fits_but_not_begun() -> None:
    just = LAYERS[1] * OVERHEAD
    assert plan([Wanted(LAYERS, 1)], just).layers == (1,)
    assert plan([Wanted(LAYERS, 0)], just).layers == (0,)


def test_without_the_main_picture_there_are_no_small_ones() -> None:
    main = Wanted((300_000.0,), None)
    assert plan([main, *fresh(2)], 200_000).layers == (None, None, None)


def test_where_nobody_is_the_main_picture_the_small_ones_are_shown() -> None:
    assert plan([None, *fresh(2)], 300_000).layers == (None, 0, 0)


def test_layers_that_do_not_flow_are_left_out() -> None:
    assert plan([Wanted((None, 400_000.0, None), 0)], 10**6).layers == (1,)
    assert plan([Wanted((None, None), 1)], 10**6).layers == (None,)
    assert allocation.lowest((None, 5.0, 9.0)) == 1
    assert allocation.highest((1.0, 5.0, None)) == 1
    assert allocation.lowest((None,)) is allocation.highest((None,)) is None


def test_a_small_picture_is_the_first_layer_that_flows_from_its_own_on() -> None:
    assert allocation.smallest((0.5, 1.0, 2.0, 3.0), 2) == 2
    assert allocation.smallest((0.5, 1.0, None, 3.0), 2) == 3
    assert allocation.smallest((0.5, 1.0, None, None), 2) == 1
    assert allocation.smallest((None,), 0) is None


def test_a_cheap_small_one_does_not_begin_before_one_of_a_lower_slot() -> None:
    slots = [Wanted((100_000.0,), 0), Wanted((200_000.0,), None), Wanted((50_000.0,), None)]
    assert plan(slots, 200_000).layers == (0, None, None)


def test_the_plan_says_what_comes_next_and_what_is_easiest() -> None:
    slots: list[Wanted | None] = [Wanted(LAYERS, 0), Wanted(LAYERS, None)]
    made = plan(slots, 150_000)
    assert made.least == pytest.approx(106_000)
    assert made.next == pytest.approx(400_000 * OVERHEAD * 1.15)
    assert made.easiest == pytest.approx(106_000 + 106_000 * 1.15)
    assert plan(slots, 10**7).easiest == inf


rates = st.lists(st.none() | st.floats(1_000, 2_000_000), min_size=1, max_size=3)
wanted = st.none() | st.builds(Wanted, rates.map(tuple), st.none() | st.integers(0, 2))


@given(st.lists(wanted, min_size=1, max_size=9), st.floats(0, 10_000_000))
def test_a_plan_costs_no_more_than_the_budget_and_a_little(
    slots: list[Wanted | None], budget: float
) -> None:
    made = plan(slots, budget)
    spent = 0.0
    for slot, layer in zip(slots, made.layers, strict=True):
        if layer is not None:
            assert slot is not None
            rate = slot.rates[layer]
            assert rate is not None
            spent += rate * OVERHEAD
    assert spent * 0.9 <= budget * (1 + 1e-9)


@given(st.lists(wanted, min_size=1, max_size=9), st.floats(0, 10_000_000))
def test_what_was_planned_is_planned_again(slots: list[Wanted | None], budget: float) -> None:
    first = plan(slots, budget).layers
    again = [
        None if slot is None else Wanted(slot.rates, layer)
        for slot, layer in zip(slots, first, strict=True)
    ]
    assert plan(again, budget).layers[0] in (first[0], *range(3))
    settled = plan(again, budget).layers
    for _ in range(4):
        again = [
            None if slot is None else Wanted(slot.rates, layer)
            for slot, layer in zip(slots, settled, strict=True)
        ]
        settled = plan(again, budget).layers
    assert plan(again, budget).layers == settled
