"""Quorums and majorities (DOMAIN, section 2). Integers only; both halves are of E, never of P.

E are the expected members with voting right, P those of them present, Y the votes in favour.
"""

from collections.abc import Mapping
from typing import Final

from scheduler.rules.model import Base, VoteKind, VoteRule
from scheduler.rules.table import VOTES

RULES: Final[Mapping[VoteKind, VoteRule]] = {rule.kind: rule for rule in VOTES}


def quorum_needed(kind: VoteKind, expected: int) -> int:
    """Return the smallest P with which a vote of this kind may be held."""
    return RULES[kind].quorum.least(expected)


def has_quorum(kind: VoteKind, expected: int, present: int) -> bool:
    """Return whether P of E may vote; where nobody is expected nobody may."""
    return expected > 0 and RULES[kind].quorum.reached(present, expected)


def is_adopted(
    kind: VoteKind,
    expected: int,
    present: int,
    in_favour: int,
    *,
    election_of: Base = Base.EXPECTED,
) -> bool:
    """Return whether Y carries it, quorum included.

    `election_of`: whether the winner of an election needs more than half of E or of P is [local].
    """
    rule = RULES[kind]
    base = election_of if kind is VoteKind.ELECTION else rule.base
    whole = expected if base is Base.EXPECTED else present
    return has_quorum(kind, expected, present) and rule.majority.reached(in_favour, whole)


def votes_needed(
    kind: VoteKind, expected: int, present: int, *, election_of: Base = Base.EXPECTED
) -> int:
    """Return the smallest Y that carries it, given a quorum."""
    rule = RULES[kind]
    base = election_of if kind is VoteKind.ELECTION else rule.base
    return rule.majority.least(expected if base is Base.EXPECTED else present)
