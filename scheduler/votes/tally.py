"""Counting a ballot: by device, by hand at the sites, by opinions lodged in writing. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from scheduler.store.vote_rows import Papers
from scheduler.votes.model import BallotPaper, Choice, HandCount, Tally
from scheduler.votes.presence import Where


@dataclass(frozen=True, kw_only=True)
class Room:
    """Who may vote (E) and where those present are, at one moment."""

    voters: frozenset[str]
    where: Mapping[str, Where]

    @property
    def present(self) -> frozenset[str]:
        return self.voters & self.where.keys()

    def at(self, site: str) -> frozenset[str]:
        """The voters at a site."""
        return frozenset(one for one in self.present if site in self.where[one].sites)


def ballots_of(papers: Papers, ballot: int) -> dict[str, BallotPaper]:
    """Return the last choice of each person in a ballot."""
    return {one.person: one for one in papers.ballots if one.ballot == ballot}


def counts_of(papers: Papers, ballot: int) -> dict[str, HandCount]:
    """Return the last count of each site in a ballot."""
    return {one.site: one for one in papers.counts if one.ballot == ballot}


def by_device(papers: Papers, ballot: int, voters: Collection[str]) -> Tally:
    """Count what those who may vote chose on devices."""
    choices = Counter(
        one.choice for one in ballots_of(papers, ballot).values() if one.person in voters
    )
    return Tally(
        for_=choices[Choice.FOR],
        against=choices[Choice.AGAINST],
        abstain=choices[Choice.ABSTAIN],
    )


def count(papers: Papers, ballot: int, room: Room, *, written: bool) -> Tally:
    """Count a ballot. With `written`, the opinions in favour of voters who are not there count in
    Y and not in P; who lodged one and came votes like the others."""
    device = by_device(papers, ballot, room.voters)
    hands = [one.tally for one in counts_of(papers, ballot).values()]
    voted = ballots_of(papers, ballot).keys()
    lodged = {one.person: one.choice for one in papers.opinions} if written else {}
    absent = Counter(
        choice
        for person, choice in lodged.items()
        if person in room.voters and person not in room.present and person not in voted
    )
    return Tally(
        for_=device.for_ + sum(one.for_ for one in hands) + absent[Choice.FOR],
        against=device.against + sum(one.against for one in hands) + absent[Choice.AGAINST],
        abstain=device.abstain + sum(one.abstain for one in hands) + absent[Choice.ABSTAIN],
        written=absent[Choice.FOR],
    )


def free_at(papers: Papers, ballot: int, room: Room, site: str) -> int:
    """Return how many voters at a site have not voted by device: the most a count may hold."""
    return len(room.at(site) - ballots_of(papers, ballot).keys())
