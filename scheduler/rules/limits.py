"""What the kinds of units may not do: the limits of network branches (DOMAIN, section 2)."""

from scheduler.directory.model import UNIT_KINDS
from scheduler.meetings.model import MeetingType
from scheduler.rules.model import Act, VoteKind
from scheduler.rules.table import WITHHELD
from scheduler.rules.voting import RULES


def may(unit_kind: str, act: Act) -> bool:
    """Return whether units of this kind may do this at all; only those of the Party tree may."""
    return unit_kind in UNIT_KINDS["party"] and act not in WITHHELD.get(unit_kind, frozenset())


def may_vote(unit_kind: str, kind: VoteKind) -> bool:
    """Return whether units of this kind may hold a vote of this kind."""
    act = RULES[kind].act
    return act is None or may(unit_kind, act)


def satisfies(unit_kind: str, meeting: MeetingType) -> bool:
    """Return whether a meeting of this type can meet an obligation of units of this kind.

    A meeting of a network branch never satisfies one of the home branch, nor the other way round.
    """
    network = meeting is MeetingType.NETWORK_BRANCH_MEETING
    return network == (unit_kind == "network_branch")
