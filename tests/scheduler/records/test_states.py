"""The table of states says what may follow, and everything else is refused in words."""

import itertools

import pytest

from scheduler.errors import Conflict
from scheduler.records.states import REFUSALS, TRANSITIONS, Act, RecordState, can, follow


@pytest.mark.parametrize(("state", "act"), [*itertools.product(RecordState, Act)])
def test_every_act_in_every_state_leads_on_or_is_refused_in_words(
    state: RecordState, act: Act
) -> None:
    if can(state, act):
        assert follow(state, act) is TRANSITIONS[state, act]
    else:
        with pytest.raises(Conflict) as error:
            follow(state, act)
        assert error.value.code in {*REFUSALS.values(), "record_not_archived"}


def test_an_archived_record_stays_archived() -> None:
    assert {act for act in Act if can(RecordState.ARCHIVED, act)} == {Act.CORRECT}


def test_every_record_can_still_be_archived_one_day() -> None:
    reached = {RecordState.ARCHIVED}
    while more := {s for (s, _), after in TRANSITIONS.items() if after in reached} - reached:
        reached |= more
    assert reached == set(RecordState)


def test_the_archive_is_reached_only_by_signatures_and_review() -> None:
    ways = {act for (_, act), after in TRANSITIONS.items() if after is RecordState.SUBMITTED}
    assert ways == {Act.SUBMIT}
    into_signed = {act for (_, act), after in TRANSITIONS.items() if after is RecordState.SIGNED}
    assert into_signed == {Act.COUNTERSIGN}
