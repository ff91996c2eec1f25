"""The states of an occurrence as a table: one look shows every transition."""

from enum import StrEnum

from scheduler.errors import Conflict
from scheduler.meetings.model import State


class Act(StrEnum):
    """What is done to an occurrence as a whole."""

    OPEN = "open"
    CLOSE = "close"
    SETTLE = "settle"
    CANCEL = "cancel"
    MOVE = "move"
    REINSTATE = "reinstate"


TRANSITIONS: dict[tuple[State, Act], State] = {
    (State.SCHEDULED, Act.OPEN): State.OPEN,
    (State.OPEN, Act.CLOSE): State.CLOSED,
    (State.CLOSED, Act.SETTLE): State.SETTLED,
    (State.SCHEDULED, Act.CANCEL): State.CANCELLED,
    (State.SCHEDULED, Act.MOVE): State.SCHEDULED,
    (State.CANCELLED, Act.REINSTATE): State.SCHEDULED,
}

DONE_BEFORE: frozenset[tuple[State, Act]] = frozenset(
    {
        (State.OPEN, Act.OPEN),
        (State.CLOSED, Act.CLOSE),
        (State.SETTLED, Act.CLOSE),
        (State.SETTLED, Act.SETTLE),
        (State.CANCELLED, Act.CANCEL),
        (State.SCHEDULED, Act.REINSTATE),
    }
)
"""Repeating these is harmless: what they want is so already."""

REFUSALS: dict[tuple[State, Act], str] = {
    (State.CANCELLED, Act.OPEN): "occurrence_cancelled",
    (State.CLOSED, Act.OPEN): "occurrence_over",
    (State.SETTLED, Act.OPEN): "occurrence_over",
    (State.SCHEDULED, Act.CLOSE): "occurrence_not_open",
    (State.CANCELLED, Act.CLOSE): "occurrence_cancelled",
    (State.SCHEDULED, Act.SETTLE): "occurrence_not_closed",
    (State.OPEN, Act.SETTLE): "occurrence_not_closed",
    (State.CANCELLED, Act.SETTLE): "occurrence_cancelled",
    (State.OPEN, Act.CANCEL): "occurrence_already_open",
    (State.CLOSED, Act.CANCEL): "occurrence_over",
    (State.SETTLED, Act.CANCEL): "occurrence_over",
    (State.OPEN, Act.MOVE): "occurrence_already_open",
    (State.CLOSED, Act.MOVE): "occurrence_over",
    (State.SETTLED, Act.MOVE): "occurrence_over",
    (State.CANCELLED, Act.MOVE): "occurrence_cancelled",
    (State.OPEN, Act.REINSTATE): "occurrence_already_open",
    (State.CLOSED, Act.REINSTATE): "occurrence_over",
    (State.SETTLED, Act.REINSTATE): "occurrence_over",
}
"""The code of the Conflict for everything else."""


def follow(state: State, act: Act, occurrence: str = "") -> State | None:
    """Return the state after the act, None when it was done before; raise Conflict."""
    if (state, act) in DONE_BEFORE:
        return None
    if (state, act) in TRANSITIONS:
        return TRANSITIONS[state, act]
    raise Conflict(REFUSALS[state, act], occurrence)
