"""Quorums and majorities, with the vectors of the domain document."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.rules.model import Base, VoteKind
from scheduler.rules.voting import has_quorum, is_adopted, quorum_needed, votes_needed

KINDS = st.sampled_from(VoteKind)
EXPECTED = st.integers(1, 12_000)


@pytest.mark.parametrize(
    ("expected", "kind", "present"),
    [
        (16, VoteKind.GENERAL, 8),
        (16, VoteKind.ADMISSION, 9),
        (16, VoteKind.PROBATION, 9),
        (16, VoteKind.ELECTION, 13),
        (17, VoteKind.GENERAL, 9),
        (17, VoteKind.ADMISSION, 9),
        (17, VoteKind.PROBATION, 9),
        (17, VoteKind.ELECTION, 14),
    ],
)
def test_the_table_of_quorums(expected: int, kind: VoteKind, present: int) -> None:
    assert quorum_needed(kind, expected) == present
    assert has_quorum(kind, expected, present)
    assert not has_quorum(kind, expected, present - 1)


@pytest.mark.parametrize("expected", [16, 17])
@pytest.mark.parametrize("kind", VoteKind)
def test_nine_in_favour_carry_it_and_eight_do_not(expected: int, kind: VoteKind) -> None:
    assert is_adopted(kind, expected, expected, 9)
    assert not is_adopted(kind, expected, expected, 8)
    assert votes_needed(kind, expected, expected) == 9


def test_art_11_the_majority_is_of_those_expected_and_not_of_those_present() -> None:
    assert has_quorum(VoteKind.GENERAL, 16, 8)
    assert not is_adopted(VoteKind.GENERAL, 16, 8, 8)


def test_art_11_a_majority_without_a_quorum_adopts_nothing() -> None:
    assert not is_adopted(VoteKind.ELECTION, 16, 12, 12)


def test_written_opinions_count_in_favour_and_not_as_present() -> None:
    assert not is_adopted(VoteKind.ADMISSION, 16, 8, 12)
    assert is_adopted(VoteKind.ADMISSION, 16, 9, 10)


def test_of_whom_the_winner_of_an_election_needs_more_than_half_is_a_setting() -> None:
    assert not is_adopted(VoteKind.ELECTION, 20, 16, 9)
    assert is_adopted(VoteKind.ELECTION, 20, 16, 9, election_of=Base.PRESENT)
    assert votes_needed(VoteKind.ELECTION, 20, 16, election_of=Base.PRESENT) == 9
    assert not is_adopted(VoteKind.GENERAL, 20, 16, 9, election_of=Base.PRESENT)


@pytest.mark.parametrize("kind", VoteKind)
def test_where_nobody_is_expected_nothing_is_decided(kind: VoteKind) -> None:
    assert not has_quorum(kind, 0, 0)
    assert not is_adopted(kind, 0, 0, 0)


@given(KINDS, EXPECTED)
def test_what_is_needed_is_exactly_the_border(kind: VoteKind, expected: int) -> None:
    needed = quorum_needed(kind, expected)
    assert 0 < needed <= expected
    assert has_quorum(kind, expected, needed)
    assert not has_quorum(kind, expected, needed - 1)


@given(KINDS, EXPECTED, st.data())
def test_one_more_present_or_in_favour_never_loses_a_vote(
    kind: VoteKind, expected: int, data: st.DataObject
) -> None:
    present = data.draw(st.integers(0, expected))
    in_favour = data.draw(st.integers(0, expected))
    if is_adopted(kind, expected, present, in_favour):
        assert is_adopted(kind, expected, present + 1, in_favour)
        assert is_adopted(kind, expected, present, in_favour + 1)


@given(EXPECTED, st.data())
def test_for_and_against_are_never_both_adopted(expected: int, data: st.DataObject) -> None:
    in_favour = data.draw(st.integers(0, expected))
    against = data.draw(st.integers(0, expected - in_favour))
    for kind in VoteKind:
        both = [is_adopted(kind, expected, expected, one) for one in (in_favour, against)]
        assert not all(both)
