"""What is refused in a vote that runs, and why one must stop. Pure."""

from datetime import datetime

from scheduler.errors import Conflict, Invalid
from scheduler.rules.model import VoteKind
from scheduler.rules.voting import RULES, has_quorum
from scheduler.store.vote_rows import Papers
from scheduler.votes import tally
from scheduler.votes.model import BallotPaper, Choice, StopReason, VoteState
from scheduler.votes.presence import present_at
from scheduler.votes.views import Situation, state_of


def known_choice(choice: str) -> Choice:
    """Return the choice; raise Invalid("unknown_choice")."""
    try:
        return Choice(choice)
    except ValueError as error:
        raise Invalid("unknown_choice", choice[:64]) from error


def must_be_open(papers: Papers) -> None:
    """Raise Conflict("vote_stopped" | "vote_not_open") where nobody may vote now."""
    state = state_of(papers)
    if state is VoteState.STOPPED:
        raise Conflict("vote_stopped", papers.question.id)
    if state is not VoteState.OPEN:
        raise Conflict("vote_not_open", papers.question.id)


def why_not(kind: VoteKind, situation: Situation) -> StopReason | None:
    """Return why a vote of this kind may not go on now."""
    quorum = situation.quorum
    if RULES[kind].secret and situation.places > 1:
        return StopReason.OVER_VIDEO
    if quorum.reached is False or not has_quorum(
        kind, quorum.expected_voting, quorum.present_voting
    ):
        return StopReason.QUORUM_LOST
    return None


def must_not_be_counted(
    papers: Papers, paper: BallotPaper, situation: Situation, now: datetime
) -> None:
    """Refuse a ballot of somebody who must have been counted by hand: the hands counted at a site
    cannot be more than the voters who were there then and have not voted by device."""
    voted = tally.ballots_of(papers, paper.ballot).keys() | {paper.person}
    for site, counted in tally.counts_of(papers, paper.ballot).items():
        then = tally.Room(
            voters=situation.room.voters, where=present_at(situation.evidence, counted.at, now)
        ).at(site)
        if paper.person in then and len(then - voted) < counted.tally.cast:
            raise Conflict("vote_counted_by_hand", paper.vote)
