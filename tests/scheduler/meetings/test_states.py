"""Every state and every act has an answer, and one only."""

import itertools

import pytest

from scheduler.errors import Conflict
from scheduler.meetings.model import State
from scheduler.meetings.states import DONE_BEFORE, REFUSALS, TRANSITIONS, Act, follow


@pytest.mark.parametrize(("state", "act"), list(itertools.product(State, Act)))
def test_every_act_in_every_state_leads_on_repeats_or_is_refused(state: State, act: Act) -> None:
    tables = (TRANSITIONS, DONE_BEFORE, REFUSALS)
    assert sum((state, act) in table for table in tables) == 1
    if (state, act) in REFUSALS:
        with pytest.raises(Conflict) as caught:
            follow(state, act, "o1")
        assert caught.value.code == REFUSALS[state, act]
    else:
        assert follow(state, act) == TRANSITIONS.get((state, act))


def test_what_is_settled_stays_settled() -> None:
    assert not [after for (before, _), after in TRANSITIONS.items() if before is State.SETTLED]


def test_repeating_what_was_just_done_is_harmless() -> None:
    for (_, act), after in TRANSITIONS.items():
        if act is not Act.MOVE:
            assert follow(after, act) is None
