"""The table of a vote's states is complete, and every path through it ends."""

import pytest

from scheduler.errors import Conflict
from scheduler.votes.model import VoteState
from scheduler.votes.states import DONE_BEFORE, REFUSALS, TRANSITIONS, VoteAct, follow, state_after


def test_every_state_and_act_is_in_exactly_one_table() -> None:
    tables = [set(TRANSITIONS), set(DONE_BEFORE), set(REFUSALS)]
    everything = {(state, act) for state in VoteState for act in VoteAct}
    assert set().union(*tables) == everything
    assert sum(map(len, tables)) == len(everything)


def test_a_decided_vote_is_never_opened_again() -> None:
    with pytest.raises(Conflict, match="vote_over"):
        follow(VoteState.CLOSED, VoteAct.OPEN)


def test_a_stopped_vote_is_opened_again() -> None:
    acts = [VoteAct.OPEN, VoteAct.STOP, VoteAct.OPEN, VoteAct.CLOSE]
    assert state_after(acts[:2]) is VoteState.STOPPED
    assert state_after(acts) is VoteState.CLOSED
