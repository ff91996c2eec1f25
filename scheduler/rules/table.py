"""The table of the rules: every rule of the house stands here, with where it comes from.

`[law]` rows are as the regulations have them. Of the others a place may choose its own values in
the settings (`[rules]`), which `rulebook.py` puts in their place.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from scheduler.meetings.model import MeetingType
from scheduler.rules.model import (
    Act,
    Base,
    CommitteeRule,
    Convener,
    Mark,
    Obligation,
    QuorumRule,
    Share,
    Source,
    TypeRule,
    VoteKind,
    VoteRule,
    Who,
)
from scheduler.rules.periods import Period

_BRANCH_WORK = "《中国共产党支部工作条例（试行）》"
_IN_FORCE: Final = date(2018, 10, 28)


def _law(article: str) -> Source:
    return Source(mark=Mark.LAW, text=_BRANCH_WORK, article=article, valid_from=_IN_FORCE)


_LOCAL: Final = Source(mark=Mark.LOCAL, text="各地规定不同", valid_from=_IN_FORCE)
_KNOWN: Final = Source(mark=Mark.KNOWN, text="通行做法，未核对条文", valid_from=_IN_FORCE)

HALF: Final = Share(of=1, out_of=2, more_than=False)
MORE_THAN_HALF: Final = Share(of=1, out_of=2, more_than=True)
FOUR_FIFTHS: Final = Share(of=4, out_of=5, more_than=False)

TYPES: Final[tuple[TypeRule, ...]] = (
    TypeRule(
        type=MeetingType.MEMBER_ASSEMBLY,
        obligation=Obligation(period=Period.QUARTER, at_least=1),
        who=Who.MEMBERS,
        convenes=Convener.SECRETARY,
        quorum=QuorumRule(share=HALF, source=_law("11")),
        votes=frozenset(VoteKind),
        video_counts=True,
        makeup_due_days=7,
        source=_law("11"),
    ),
    TypeRule(
        type=MeetingType.BRANCH_COMMITTEE_MEETING,
        obligation=Obligation(period=Period.MONTH, at_least=1),
        who=Who.COMMITTEE,
        convenes=Convener.SECRETARY,
        quorum=QuorumRule(share=HALF, source=_law("12")),
        votes=frozenset({VoteKind.GENERAL}),
        video_counts=True,
        makeup_due_days=None,
        source=_law("12"),
    ),
    TypeRule(
        type=MeetingType.GROUP_MEETING,
        obligation=Obligation(period=Period.MONTH, at_least=1),
        who=Who.GROUP,
        convenes=Convener.GROUP_LEADER,
        quorum=None,
        votes=frozenset({VoteKind.GENERAL}),
        video_counts=True,
        makeup_due_days=None,
        source=_law("13"),
    ),
    TypeRule(
        type=MeetingType.PARTY_LECTURE,
        obligation=Obligation(period=Period.QUARTER, at_least=1),
        who=Who.MEMBERS,
        convenes=Convener.BRANCH,
        quorum=None,
        votes=frozenset(),
        video_counts=True,
        makeup_due_days=7,
        source=_LOCAL,
    ),
    TypeRule(
        type=MeetingType.THEME_PARTY_DAY,
        obligation=Obligation(period=Period.MONTH, at_least=1),
        who=Who.MEMBERS,
        convenes=Convener.BRANCH,
        quorum=None,
        votes=frozenset({VoteKind.GENERAL}),
        video_counts=True,
        makeup_due_days=None,
        source=_KNOWN,
    ),
    TypeRule(
        type=MeetingType.ORG_LIFE_MEETING,
        obligation=Obligation(period=Period.YEAR, at_least=1),
        who=Who.BY_FORM,
        convenes=Convener.SECRETARY,
        quorum=None,
        votes=frozenset({VoteKind.GENERAL}),
        video_counts=True,
        makeup_due_days=None,
        source=_KNOWN,
    ),
    TypeRule(
        type=MeetingType.NETWORK_BRANCH_MEETING,
        obligation=Obligation(period=Period.WEEK, at_least=1),
        who=Who.FIRST_SECRETARIES,
        convenes=Convener.NETWORK_SECRETARY,
        quorum=None,
        votes=frozenset({VoteKind.GENERAL}),
        video_counts=True,
        makeup_due_days=None,
        source=_LOCAL,
    ),
    TypeRule(
        type=MeetingType.WORK_MEETING,
        obligation=None,
        who=Who.BY_FORM,
        convenes=Convener.BRANCH,
        quorum=None,
        votes=frozenset(),
        video_counts=True,
        makeup_due_days=None,
        source=_LOCAL,
    ),
)

COMMITTEE: Final = CommitteeRule(full_members=7, source=_law("20"))

VOTES: Final[tuple[VoteRule, ...]] = (
    VoteRule(
        kind=VoteKind.GENERAL,
        quorum=HALF,
        majority=MORE_THAN_HALF,
        base=Base.EXPECTED,
        secret=False,
        written=False,
        one_candidate=False,
        act=None,
        source=_law("11"),
    ),
    VoteRule(
        kind=VoteKind.ADMISSION,
        quorum=MORE_THAN_HALF,
        majority=MORE_THAN_HALF,
        base=Base.EXPECTED,
        secret=True,
        written=True,
        one_candidate=True,
        act=Act.ADMIT,
        source=_KNOWN,
    ),
    VoteRule(
        kind=VoteKind.PROBATION,
        quorum=MORE_THAN_HALF,
        majority=MORE_THAN_HALF,
        base=Base.EXPECTED,
        secret=True,
        written=True,
        one_candidate=True,
        act=Act.ADMIT,
        source=_KNOWN,
    ),
    VoteRule(
        kind=VoteKind.ELECTION,
        quorum=FOUR_FIFTHS,
        majority=MORE_THAN_HALF,
        base=Base.EXPECTED,
        secret=True,
        written=False,
        one_candidate=False,
        act=Act.ELECT,
        source=_LOCAL,
    ),
)

WITHHELD: Final[Mapping[str, frozenset[Act]]] = {"network_branch": frozenset(Act)}
"""What units of a kind may not do; a member of a network branch keeps the home branch, which does
these things. Every other kind of the Party tree may."""
