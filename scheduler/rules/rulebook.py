"""The rules in force on a day: the table, with what the settings choose for a place."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from config.settings import Rules as LocalRules
from scheduler.meetings.model import MeetingType
from scheduler.rules.model import Base, Mark, Obligation, TypeRule
from scheduler.rules.periods import Period
from scheduler.rules.table import TYPES

DEFAULTS = LocalRules()


@lru_cache(maxsize=512)
def rules_on(day: date, local: LocalRules = DEFAULTS) -> Mapping[str, TypeRule]:
    """Return the rule of each type of meeting on a local day, by the type's id.

    `local` is the section `[rules]` of the settings. A day before the first regulation has none.
    """
    return MappingProxyType(
        {rule.type: _with(rule, local) for rule in TYPES if rule.source.holds(day)}
    )


def election_base(local: LocalRules = DEFAULTS) -> Base:
    """Return of whom the winner of an election needs more than half."""
    return Base(local.election_majority_of)


def _with(rule: TypeRule, local: LocalRules) -> TypeRule:
    obligations = {
        MeetingType.PARTY_LECTURE: (local.lecture_period, local.lecture_at_least),
        MeetingType.THEME_PARTY_DAY: (local.theme_day_period, local.theme_day_at_least),
        MeetingType.ORG_LIFE_MEETING: (local.org_life_period, local.org_life_at_least),
        MeetingType.NETWORK_BRANCH_MEETING: (local.network_period, local.network_at_least),
    }
    makeup = {
        MeetingType.MEMBER_ASSEMBLY: local.assembly_makeup_days,
        MeetingType.PARTY_LECTURE: local.lecture_makeup_days,
    }
    obligation = rule.obligation
    if rule.type in obligations and rule.source.mark is not Mark.LAW:
        period, at_least = obligations[rule.type]
        obligation = Obligation(period=Period(period), at_least=at_least) if at_least > 0 else None
    return replace(
        rule,
        obligation=obligation,
        makeup_due_days=makeup.get(rule.type, rule.makeup_due_days) or None,
        video_counts=rule.type not in local.video_does_not_count,
    )
