"""What a rule is: plain values without behaviour."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scheduler.meetings.model import MeetingType
from scheduler.rules.periods import Period


class Mark(StrEnum):
    """How sure a rule is."""

    LAW = "law"  # read in a published regulation
    LOCAL = "local"  # differs from place to place: a setting
    KNOWN = "known"  # common knowledge, not yet checked against the text: a setting too


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a rule comes from. `valid_until` is the last day it holds, None while it does."""

    mark: Mark
    text: str
    article: str = ""
    valid_from: date
    valid_until: date | None = None

    def holds(self, day: date) -> bool:
        """Return whether the rule is in force on the day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, kw_only=True)
class Obligation:
    """At least so many meetings in each period."""

    period: Period
    at_least: int


class Who(StrEnum):
    """Who must come."""

    MEMBERS = "members"  # of the branch
    COMMITTEE = "committee"
    GROUP = "group"
    BY_FORM = "by_form"
    FIRST_SECRETARIES = "first_secretaries"


class Convener(StrEnum):
    """Who convenes. The secretary may delegate to the deputy or a committee member (art. 14)."""

    SECRETARY = "secretary"
    GROUP_LEADER = "group_leader"
    BRANCH = "branch"
    NETWORK_SECRETARY = "network_secretary"


class VoteKind(StrEnum):
    GENERAL = "general"
    ADMISSION = "admission"  # 接收预备党员
    PROBATION = "probation"  # 预备党员转正
    ELECTION = "election"


class Act(StrEnum):
    """What a branch may do and a network branch may not."""

    ADMIT = "admit"
    DISCIPLINE = "discipline"
    COLLECT_DUES = "collect_dues"
    ELECT = "elect"


class Base(StrEnum):
    """Whose number a share is taken of."""

    EXPECTED = "expected"  # E
    PRESENT = "present"  # P


@dataclass(frozen=True, kw_only=True)
class Share:
    """`of` / `out_of`, reached by that much, or passed where `more_than`."""

    of: int
    out_of: int
    more_than: bool

    def least(self, whole: int) -> int:
        """Return the smallest number that reaches this share of the whole."""
        if self.more_than:
            return whole * self.of // self.out_of + 1
        return -(-whole * self.of // self.out_of)

    def reached(self, part: int, whole: int) -> bool:
        """Return whether the part is at least (or more than) this share. Integers only."""
        if self.more_than:
            return part * self.out_of > whole * self.of
        return part * self.out_of >= whole * self.of


@dataclass(frozen=True, kw_only=True)
class QuorumRule:
    """P must be `share` of those expected with voting right."""

    share: Share
    source: Source


@dataclass(frozen=True, kw_only=True)
class CommitteeRule:
    """From how many full members on a branch has a committee."""

    full_members: int
    source: Source


@dataclass(frozen=True, kw_only=True)
class VoteRule:
    """What a kind of vote needs: `quorum` of E by P, `majority` by Y of `base`.

    `secret`: on paper at one place, never over video. `written`: an absentee's opinion lodged
    before the meeting counts in Y and not in P. `one_candidate`: one person at a time. `act` is
    what the branch must be allowed to do.
    """

    kind: VoteKind
    quorum: Share
    majority: Share
    base: Base
    secret: bool
    written: bool
    one_candidate: bool
    act: Act | None
    source: Source


@dataclass(frozen=True, kw_only=True)
class TypeRule:
    """The rule of one type of meeting. `quorum` None: by the votes, by form, or none at all."""

    type: MeetingType
    obligation: Obligation | None
    who: Who
    convenes: Convener
    quorum: QuorumRule | None
    votes: frozenset[VoteKind]
    video_counts: bool
    makeup_due_days: int | None
    source: Source
