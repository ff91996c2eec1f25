"""The states of a vote as a table: one look shows every transition."""

from enum import StrEnum

from scheduler.errors import Conflict
from scheduler.votes.model import VoteState


class VoteAct(StrEnum):
    """What is done to a vote as a whole."""

    OPEN = "open"
    CLOSE = "close"
    STOP = "stop"
    WITHDRAW = "withdraw"


TRANSITIONS: dict[tuple[VoteState, VoteAct], VoteState] = {
    (VoteState.PREPARED, VoteAct.OPEN): VoteState.OPEN,
    (VoteState.OPEN, VoteAct.CLOSE): VoteState.CLOSED,
    (VoteState.OPEN, VoteAct.STOP): VoteState.STOPPED,
    (VoteState.STOPPED, VoteAct.OPEN): VoteState.OPEN,  # a new ballot
    (VoteState.PREPARED, VoteAct.WITHDRAW): VoteState.WITHDRAWN,
    (VoteState.STOPPED, VoteAct.WITHDRAW): VoteState.WITHDRAWN,
}

DONE_BEFORE: frozenset[tuple[VoteState, VoteAct]] = frozenset(
    {
        (VoteState.OPEN, VoteAct.OPEN),
        (VoteState.CLOSED, VoteAct.CLOSE),
        (VoteState.STOPPED, VoteAct.STOP),
        (VoteState.WITHDRAWN, VoteAct.WITHDRAW),
    }
)
"""Repeating these is harmless: what they want is so already."""

REFUSALS: dict[tuple[VoteState, VoteAct], str] = {
    (VoteState.CLOSED, VoteAct.OPEN): "vote_over",
    (VoteState.WITHDRAWN, VoteAct.OPEN): "vote_over",
    (VoteState.PREPARED, VoteAct.CLOSE): "vote_not_open",
    (VoteState.STOPPED, VoteAct.CLOSE): "vote_stopped",
    (VoteState.WITHDRAWN, VoteAct.CLOSE): "vote_over",
    (VoteState.PREPARED, VoteAct.STOP): "vote_not_open",
    (VoteState.CLOSED, VoteAct.STOP): "vote_over",
    (VoteState.WITHDRAWN, VoteAct.STOP): "vote_over",
    (VoteState.OPEN, VoteAct.WITHDRAW): "vote_open",
    (VoteState.CLOSED, VoteAct.WITHDRAW): "vote_over",
}
"""The code of the Conflict for everything else."""


def follow(state: VoteState, act: VoteAct, vote: str = "") -> VoteState | None:
    """Return the state after the act, None when it was done before; raise Conflict."""
    if (state, act) in DONE_BEFORE:
        return None
    if (state, act) in TRANSITIONS:
        return TRANSITIONS[state, act]
    raise Conflict(REFUSALS[state, act], vote)


def state_after(acts: list[VoteAct]) -> VoteState:
    """Return where a vote stands after all that happened to it, oldest first."""
    state = VoteState.PREPARED
    for act in acts:
        state = follow(state, act) or state
    return state
