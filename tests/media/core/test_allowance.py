"""What one line is allowed: opening, signs of a full line, probes."""

from collections.abc import Callable
from itertools import pairwise
from math import inf

import pytest

from media.core.allocation import Plan
from media.core.allowance import (
    FIRST_WAIT_S,
    LONGEST_WAIT_S,
    OPEN_AGAIN_S,
    PROBE_DOUBLES_S,
    PROBE_HOLDS_S,
    PROOF_S,
    START_BPS,
    Allowance,
)
from media.core.ramp import SHORTFALL

MORE = Plan((), 100_000, 600_000, 500_000, 2_000_000)
ALL = Plan((), 100_000, inf, inf, 300_000)


def opened() -> Allowance:
    line = Allowance()
    wait(line, 0.0, 10.0, 300_000, ALL)
    assert line.budget == inf
    return line


def wait(line: Allowance, start: float, end: float, sending: float, plan: Plan) -> None:
    for tick in range(round((end - start) * 4) + 1):
        line.advance(sending, plan, start + tick / 4)


def limited(bps: float = 400_000) -> Allowance:
    """A line that proved full at second 12."""
    line = opened()
    line.estimated(2_000_000, 10.0)
    line.advance(1_000_000, MORE, 10.0)
    line.estimated(bps, 11.0)
    wait(line, 11.0, 11.0 + PROOF_S, 1_000_000, MORE)
    assert line.budget == bps
    return line


def test_a_new_line_opens_step_by_step_within_four_seconds() -> None:
    line, budgets = Allowance(), []
    for tick in range(17):
        line.advance(300_000, ALL, tick / 4)
        budgets.append(line.budget)
    assert budgets[0] == START_BPS
    assert budgets == sorted(budgets)
    assert budgets[8] < 3_000_000
    assert budgets[-1] == inf


def test_a_new_line_that_shows_delay_stops_opening() -> None:
    line = Allowance()
    line.advance(300_000, MORE, 0.0)
    line.estimated(150_000, 0.3)
    wait(line, 0.5, 1.5, 300_000, MORE)
    assert line.budget == 150_000
    assert not line.opening


def test_a_cautious_estimate_alone_is_no_limit() -> None:
    line = opened()
    line.estimated(450_000, 10.5)
    line.advance(300_000, MORE, 10.5)
    for now in range(11, 20):
        line.estimated(400_000 + 50_000 * now, now)
        line.advance(1_500_000, MORE, now)
    assert line.budget == inf


def test_an_estimate_that_falls_because_less_is_sent_is_no_limit() -> None:
    line = opened()
    line.estimated(2_000_000, 11.0)
    line.advance(1_500_000, MORE, 11.0)
    line.estimated(300_000, 12.0)
    line.advance(1_200_000, MORE, 12.0)
    wait(line, 12.5, 14.0, 250_000, ALL)
    assert line.budget == inf


def test_an_estimate_that_stays_a_little_short_counts_when_it_lasts() -> None:
    line = opened()
    line.estimated(1_000_000, 10.0)
    line.advance(1_000_000, MORE, 10.0)
    line.estimated(800_000, 11.0)
    wait(line, 11.0, 13.75, 1_000_000, MORE)
    assert line.budget == inf
    line.advance(1_000_000, MORE, 14.0)
    assert line.budget == 800_000


def test_a_probe_that_the_line_carries_raises_the_limit() -> None:
    line = limited()
    wait(line, 12.25, 11.75 + FIRST_WAIT_S, 300_000, MORE)
    assert line.probe_bps == 0
    began, tried = 12.0 + FIRST_WAIT_S, []
    for tick in range(24):
        line.advance(300_000, MORE, began + tick / 4)
        if not line.probe_bps and tick:
            break
        tried.append(300_000 + line.probe_bps)
        line.estimated(400_000 + 10_000 * tick, began + tick / 4)
    # For what matters most, and so slowly that a full line shows before much is queued.
    assert max(tried) == pytest.approx(1.06 * MORE.next)
    assert all(later <= 2 ** (0.26 / PROBE_DOUBLES_S) * at for at, later in pairwise(tried))
    assert sum(rate == max(tried) for rate in tried) >= 4 * PROBE_HOLDS_S - 1
    assert line.budget == 1.06 * MORE.next
    assert line.probe_bps == 0


def test_a_probe_ends_at_the_first_sign_that_it_is_too_much() -> None:
    signs: tuple[Callable[[Allowance, float], None], ...] = (
        lambda line, now: line.estimated(250_000, now),
        lambda line, now: line.took(0.5, now),
        lambda line, now: line.lost(0.2, 40_000, 300_000, now),
    )
    for sign in signs:
        line = limited()
        line.took(0.05, 12.0)
        wait(line, 12.25, 12.25 + FIRST_WAIT_S, 300_000, MORE)
        assert line.probe_bps > 0
        sign(line, 15.3)
        assert line.probe_bps == 0
        assert line.budget == 400_000


def test_a_probe_in_which_the_estimate_does_not_move_proves_nothing() -> None:
    line = limited()
    wait(line, 12.25, 20.0, 300_000, MORE)
    assert line.budget == 400_000


def test_where_nothing_can_be_repeated_what_is_wanted_is_tried() -> None:
    line = limited(50_000)
    for tick in range(16):
        line.advance(0, MORE, 12.0 + tick / 4, repeatable=False)
    assert line.budget == 1.06 * MORE.next


def test_a_line_that_stays_thin_is_probed_less_and_less_often() -> None:
    line, began = limited(), []
    probing = False
    for tick in range(48, 1200):
        line.advance(300_000, MORE, tick / 4)
        if line.probe_bps and not probing:
            began.append(tick / 4)
        probing = line.probe_bps > 0
    waits = [later - before for before, later in pairwise(began)]
    assert waits == sorted(waits)
    assert LONGEST_WAIT_S <= waits[-1] <= LONGEST_WAIT_S + PROBE_DOUBLES_S + PROBE_HOLDS_S + 1


def test_a_line_that_carries_all_there_is_for_a_while_is_open_again() -> None:
    line = limited()
    wait(line, 12.0, 11.75 + OPEN_AGAIN_S, 300_000, ALL)
    assert line.budget == 400_000
    line.advance(300_000, ALL, 12.0 + OPEN_AGAIN_S)
    assert line.budget == inf


def test_loss_counts_only_when_it_lasts() -> None:
    line = opened()
    for share, now in ((0.3, 11), (0.0, 12), (0.3, 13)):
        line.lost(share, 0, 1_000_000, now)
    assert line.budget == inf
    line.lost(0.3, 0, 1_000_000, 14)
    assert 600_000 < line.budget < 700_000


def test_a_line_that_loses_by_itself_is_not_taken_for_full() -> None:
    line, budgets = opened(), []
    for second in range(11, 60):
        sending = min(1_500_000, 0.9 * line.budget)
        line.lost(0.2, 40_000, sending, second)
        wait(line, second, second + 0.75, sending, MORE if line.budget < inf else ALL)
        budgets.append(line.budget)
    assert min(budgets) > 500_000
    assert budgets[12:] == [inf] * (len(budgets) - 12)


def test_loss_alone_does_not_take_the_last_of_the_main_picture() -> None:
    line = opened()
    for now in (11.0, 12.0):
        line.lost(0.2, 40_000, 100_000, now)
    line.advance(100_000, MORE, 12.25)
    assert line.budget == MORE.least


def ramp(line: Allowance, seconds: float) -> list[tuple[float, float]]:
    """Let a new line open from second 0 on; return budgets and what is tried, every 250 ms."""
    seen = []
    for tick in range(round(seconds * 4)):
        line.advance(160_000, MORE, tick / 4)
        seen.append((line.budget, 160_000 + line.probe_bps))
    return seen


def test_the_line_of_who_estimates_is_tried_with_copies_and_the_budget_follows() -> None:
    line = Allowance(estimating=True)
    seen = ramp(line, 6)
    assert seen[0] == (START_BPS, 160_000.0)
    assert seen[-1] == (inf, 160_000.0)
    budgets = [budget for budget, _ in seen]
    assert budgets == sorted(budgets)
    opening = [(budget, tried) for budget, tried in seen if budget < inf]
    assert all(tried >= budget for budget, tried in opening if budget > START_BPS)
    assert max(tried for _, tried in opening) <= 1.06 * MORE.demand


def test_an_estimate_in_the_first_seconds_ends_the_opening_near_what_it_says() -> None:
    line = Allowance(estimating=True)
    ramp(line, 3)
    line.estimated(300_000, 3.0)
    assert line.opening is False
    assert line.probe_bps == 0
    assert 300_000 <= line.budget <= SHORTFALL * 300_000


def test_an_early_estimate_that_nothing_else_supports_is_doubted() -> None:
    budgets, waits = [], []
    for trip, missed in ((0.05, 0), (0.2, 0), (0.05, 1)):
        line = Allowance(estimating=True)
        line.took(0.05, 0.5)
        ramp(line, 2.25)
        line.took(trip, 2.2)
        line.missed(missed, 2.2)
        line.estimated(330_000, 2.25)
        budgets.append(line.budget)
        line.took(0.05, 2.75)
        began = 2.5
        while not line.probe_bps and began < 10:
            line.advance(200_000, MORE, began)
            began += 0.25
        waits.append(began - 2.25)
        assert (200_000 + line.probe_bps >= 330_000) is (len(waits) == 1), "it goes on from there"
    assert budgets[0] > max(budgets[1:])
    assert min(budgets) >= 330_000
    assert waits[0] < FIRST_WAIT_S <= min(waits[1:])


def test_what_was_too_much_is_not_tried_again_for_a_while() -> None:
    line = Allowance(estimating=True)
    ramp(line, 3)
    line.estimated(300_000, 3.0)
    wait(line, 3.25, 2.75 + LONGEST_WAIT_S, 280_000, MORE)
    assert line.probe_bps == 0, "even the easiest is more than the line can carry"
    wait(line, 3.0 + LONGEST_WAIT_S, 4.25 + LONGEST_WAIT_S, 280_000, MORE)
    assert line.probe_bps > 0


def test_the_lowest_layer_of_the_main_picture_is_shown_from_the_beginning() -> None:
    line = Allowance()
    line.advance(0, Plan((), 1_500_000, 1_800_000, 1_800_000, 1_800_000), 0.0)
    assert line.budget > 1.15 * 1_500_000


def test_loss_without_a_queue_is_no_full_line_where_the_receiver_estimates() -> None:
    line = Allowance(estimating=True)
    line.took(0.04, 0.0)
    for second in range(1, 20):
        line.took(0.04, second)
        line.lost(0.2, 40_000, 1_000_000, second)
    assert line.budget >= START_BPS
    line.took(0.14, 20)
    line.lost(0.2, 40_000, 1_000_000, 20)
    line.took(0.16, 21)
    line.lost(0.2, 40_000, 1_000_000, 21)
    assert line.budget < START_BPS


def test_a_queue_that_stands_is_drained_and_one_that_shrinks_is_left_alone() -> None:
    for trips, drained in (((0.4, 0.41, 0.4), True), ((0.4, 0.3, 0.2), False)):
        line = limited()
        line.took(0.05, 12.0)
        for second, trip in enumerate(trips, 15):
            line.took(trip, second)
            wait(line, second, second + 0.75, 390_000, MORE)
        assert (line.budget < 400_000) is drained
        assert line.budget >= MORE.least
