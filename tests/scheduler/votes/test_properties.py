"""What holds for presence and for counting whatever happened."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.attendance.evidence import Evidence
from scheduler.attendance.model import Fact, Mark
from scheduler.meetings.model import RosterPerson
from scheduler.rules.model import VoteKind
from scheduler.store.vote_rows import Papers
from scheduler.votes import tally
from scheduler.votes.model import BallotPaper, Choice, Opinion, Question
from scheduler.votes.presence import Where, present_at
from tests.scheduler.attendance.builders import at
from tests.scheduler.attendance.test_fold_properties import facts, marks, rosters
from tests.signaling.builders import occurrence

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
VOTERS = tuple(f"p{number}" for number in range(6))


@settings(deadline=None)
@given(rosters, facts(), marks(), st.integers(0, 60))
def test_whom_the_quorum_counts_the_attendance_shows_as_present(
    roster: list[RosterPerson], known: list[Fact], ticks: list[Mark], minute: int
) -> None:
    now = at(minute)
    evidence = Evidence(
        occurrence=occurrence(scheduled_start=at(0), scheduled_end=at(60), opened_at=at(0)),
        roster=tuple(roster),
        leave={},
        facts=tuple(known),
        marks=tuple(mark for mark in ticks if mark.at <= now),
        corrections={},
    )
    shown = {one.person for one in evidence.folded(now)[1].persons if one.present_now}
    assert present_at(evidence, now, now).keys() <= shown


papers = st.lists(
    st.tuples(st.sampled_from(VOTERS), st.sampled_from(Choice), st.integers(1, 2)), max_size=30
)
opinions = st.lists(st.tuples(st.sampled_from(VOTERS), st.sampled_from(Choice)), max_size=8)


@given(papers, opinions, st.sets(st.sampled_from(VOTERS)), st.sets(st.sampled_from(VOTERS)))
def test_nobody_is_counted_twice_and_the_last_choice_counts(
    cast: list[tuple[str, Choice, int]],
    lodged: list[tuple[str, Choice]],
    voters: set[str],
    here: set[str],
) -> None:
    question = Question(
        id="v",
        occurrence="o",
        agenda_item=None,
        title="",
        kind=VoteKind.GENERAL,
        candidate=None,
        created_at=NOON,
        created_by=None,
    )
    written = Papers(
        question=question,
        events=(),
        ballots=tuple(
            BallotPaper(
                vote="v",
                ballot=ballot,
                person=person,
                choice=choice,
                presence=f"device-{number}",
                at=NOON + timedelta(seconds=number),
            )
            for number, (person, choice, ballot) in enumerate(cast)
        ),
        counts=(),
        opinions=tuple(
            Opinion(vote="v", person=person, choice=choice, at=NOON, by=None)
            for person, choice in lodged
        ),
    )
    room = tally.Room(
        voters=frozenset(voters),
        where={person: Where(frozenset(), frozenset()) for person in here},
    )
    choices = {person: choice for person, choice in lodged if person not in here}
    choices |= {person: choice for person, choice, ballot in cast if ballot == 2}
    voted = {person for person, _, ballot in cast if ballot == 2}
    expected = Counter(
        choice
        for person, choice in choices.items()
        if person in voters and (person in voted or person not in here)
    )
    counted = tally.count(written, 2, room, written=True)
    assert (counted.for_, counted.against, counted.abstain) == tuple(
        expected[choice] for choice in (Choice.FOR, Choice.AGAINST, Choice.ABSTAIN)
    )
    assert counted.cast <= len(voters)
    assert counted.written <= counted.for_
