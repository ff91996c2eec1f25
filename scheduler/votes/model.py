"""A vote as values: what is voted on, what happened to it, who chose what, what came out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scheduler.rules.model import VoteKind


class Choice(StrEnum):
    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


class VoteState(StrEnum):
    """Where a vote stands; `states.TRANSITIONS` says what may follow."""

    PREPARED = "prepared"
    OPEN = "open"
    STOPPED = "stopped"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class StopReason(StrEnum):
    QUORUM_LOST = "quorum_lost"
    OVER_VIDEO = "over_video"  # a secret vote, and a second place joined
    MEETING_ENDED = "meeting_ended"


@dataclass(frozen=True, kw_only=True)
class QuorumView:
    """Both denominators of a meeting and who is there of them.

    `expected_total` 应到 are all expected; `expected_voting` (E) those with a vote who were not
    excluded; `present_…` those of each who are there, and after the meeting the most who were there
    at one time. `needed` and `reached` are None for meetings
    without a quorum.
    """

    expected_total: int
    expected_voting: int
    present_total: int
    present_voting: int
    needed: int | None
    reached: bool | None


@dataclass(frozen=True, kw_only=True)
class HeldQuorum:
    """The quorum of a meeting as its record tells it. Of `most`, `present_…` are the most who were
    there at one time (到会), which decide; `stayed_voting` of those with a vote count as present
    at its end (实到)."""

    most: QuorumView
    stayed_voting: int


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Votes for, against, abstained. `written` of `for_` came as opinions lodged before."""

    for_: int = 0
    against: int = 0
    abstain: int = 0
    written: int = 0

    @property
    def cast(self) -> int:
        return self.for_ + self.against + self.abstain


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is voted on. `candidate` names the one person an admission or election is about."""

    id: str
    occurrence: str
    agenda_item: str | None
    title: str
    kind: VoteKind
    candidate: str | None
    created_at: datetime
    created_by: str | None


@dataclass(frozen=True, kw_only=True)
class VoteEvent:
    """Something that happened to a vote, with the numbers at that moment. `ballot` counts the
    openings from 1; 0 before the first. `by` is None where the rules did it."""

    vote: str
    act: str
    ballot: int
    at: datetime
    by: str | None
    reason: StopReason | None
    quorum: QuorumView
    tally: Tally
    adopted: bool | None


@dataclass(frozen=True, kw_only=True)
class BallotPaper:
    """What a person chose on a device; the last one of a person in a ballot holds."""

    vote: str
    ballot: int
    person: str
    choice: Choice
    presence: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class HandCount:
    """What the operator of a site counted; the last one of a site in a ballot holds."""

    vote: str
    ballot: int
    site: str
    tally: Tally
    at: datetime
    by: str | None


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """The opinion an absentee lodged in writing before the meeting; the last one holds."""

    vote: str
    person: str
    choice: Choice
    at: datetime
    by: str | None


@dataclass(frozen=True, kw_only=True)
class SiteCount:
    """One site in a vote: voting members there who do not vote by device, and what was counted
    there by hand (None: nothing yet)."""

    site: str
    voters: int
    for_: int | None
    against: int | None
    abstain: int | None
    counted_by: str | None
    counted_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class VoteView:
    """A vote as it stands. The numbers of people are those of now while it is prepared or open,
    and those of its end afterwards; `needed` is the P it needs, `votes_needed` the Y. `for_`,
    `against`, `abstain` count the running or last ballot; only a closed one decides (`adopted`).
    """

    id: str
    occurrence: str
    agenda_item: str | None
    title: str
    kind: VoteKind
    candidate: str | None
    secret: bool
    state: VoteState
    ballot: int
    opened_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    stopped_reason: StopReason | None
    expected_total: int
    expected_voting: int
    present_total: int
    present_voting: int
    needed: int
    votes_needed: int
    for_: int
    against: int
    abstain: int
    written: int
    by_device: Tally
    sites: tuple[SiteCount, ...]
    adopted: bool | None
