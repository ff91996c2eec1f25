"""A vote as it stands, made of what was written down and of who is there. Pure."""

from dataclasses import dataclass
from datetime import datetime

from scheduler.attendance.evidence import Evidence
from scheduler.rules.model import Base
from scheduler.rules.voting import RULES, quorum_needed, votes_needed
from scheduler.store.vote_rows import Papers
from scheduler.votes import tally
from scheduler.votes.model import QuorumView, SiteCount, VoteState, VoteView
from scheduler.votes.states import VoteAct, state_after

ENDED = frozenset({VoteState.STOPPED, VoteState.CLOSED})


@dataclass(frozen=True, kw_only=True)
class Situation:
    """A meeting at one moment: its evidence, both denominators, who may vote and where they are,
    and how many places are connected."""

    evidence: Evidence
    quorum: QuorumView
    room: tally.Room
    places: int


def state_of(papers: Papers) -> VoteState:
    """Return where a vote stands."""
    return state_after([VoteAct(event.act) for event in papers.events])


def ballot_of(papers: Papers) -> int:
    """Return the number of the running or last ballot, 0 before the first."""
    return max((event.ballot for event in papers.events), default=0)


def view(papers: Papers, situation: Situation, election_of: Base) -> VoteView:
    """Show a vote: with the numbers of its end once it has ended, with those of now before."""
    question, state, ballot = papers.question, state_of(papers), ballot_of(papers)
    rule = RULES[question.kind]
    last = papers.events[-1] if papers.events and state in ENDED else None
    quorum = last.quorum if last is not None else situation.quorum
    result = (
        last.tally
        if last is not None
        else tally.count(papers, ballot, situation.room, written=rule.written and ballot > 0)
    )
    needed = quorum_needed(question.kind, quorum.expected_voting)
    return VoteView(
        id=question.id,
        occurrence=question.occurrence,
        agenda_item=question.agenda_item,
        title=question.title,
        kind=question.kind,
        candidate=question.candidate,
        secret=rule.secret,
        state=state,
        ballot=ballot,
        opened_at=_opened(papers, ballot),
        ended_at=last.at if last is not None else None,
        ended_by=last.by if last is not None else None,
        stopped_reason=last.reason if last is not None else None,
        expected_total=quorum.expected_total,
        expected_voting=quorum.expected_voting,
        present_total=quorum.present_total,
        present_voting=quorum.present_voting,
        needed=max(needed, situation.quorum.needed or 0) if last is None else needed,
        votes_needed=votes_needed(
            question.kind, quorum.expected_voting, quorum.present_voting, election_of=election_of
        ),
        for_=result.for_,
        against=result.against,
        abstain=result.abstain,
        written=result.written,
        by_device=tally.by_device(papers, ballot, situation.room.voters),
        sites=_sites(papers, ballot, situation, state),
        adopted=last.adopted if last is not None else None,
    )


def _opened(papers: Papers, ballot: int) -> datetime | None:
    openings = [event.at for event in papers.events if event.act == VoteAct.OPEN]
    return openings[ballot - 1] if ballot else None


def _sites(
    papers: Papers, ballot: int, situation: Situation, state: VoteState
) -> tuple[SiteCount, ...]:
    """Return the sites that count or may count by hand, in the order of their ids."""
    counts = tally.counts_of(papers, ballot)
    there = {
        site
        for person in situation.room.present
        for site in situation.room.where[person].sites
        if state is VoteState.OPEN
    }
    return tuple(
        SiteCount(
            site=site,
            voters=tally.free_at(papers, ballot, situation.room, site),
            for_=counted.tally.for_ if counted else None,
            against=counted.tally.against if counted else None,
            abstain=counted.tally.abstain if counted else None,
            counted_by=counted.by if counted else None,
            counted_at=counted.at if counted else None,
        )
        for site in sorted(there | counts.keys())
        for counted in [counts.get(site)]
    )
