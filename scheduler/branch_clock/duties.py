"""What units of which kind owe, in which periods of a year. Pure.

What is due and how often are the rules' (`scheduler.rules`); this says whose duty it is and which
periods belong to a year.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from config.settings import Rules as LocalRules
from scheduler.branch_clock.committees import Days
from scheduler.meetings.model import MeetingType
from scheduler.rules.periods import Period
from scheduler.rules.rulebook import DEFAULTS, rules_on

_T = MeetingType

OWED_BY: Final[Mapping[str, tuple[MeetingType, ...]]] = {
    "branch": (
        _T.MEMBER_ASSEMBLY,
        _T.BRANCH_COMMITTEE_MEETING,
        _T.PARTY_LECTURE,
        _T.THEME_PARTY_DAY,
        _T.ORG_LIFE_MEETING,
    ),
    # Mainly for political study, without elections and without admitting members (Branch Work
    # Regulations 2018, art. 9).
    "temporary_branch": (_T.PARTY_LECTURE, _T.THEME_PARTY_DAY),
    "party_group": (_T.GROUP_MEETING,),
    "network_branch": (_T.NETWORK_BRANCH_MEETING,),
}
"""The types owed by units of a kind; other kinds owe nothing themselves. A meeting counts for the
unit that held it: one of a network branch never for the home branches of those who came."""


@dataclass(frozen=True, slots=True)
class DuePeriod:
    """At least so many meetings from `first` to `last`, both included, local days."""

    kind: Period
    first: date
    last: date
    at_least: int

    @property
    def year(self) -> int:
        """The year it belongs to: that of its middle day, for a week its Thursday (ISO 8601)."""
        return (self.first + (self.last - self.first) // 2).year


@dataclass(frozen=True, slots=True)
class Life:
    """When a unit was founded and dissolved, both days included; None: always, not yet."""

    founded: date | None = None
    dissolved: date | None = None

    def owes(self, period: DuePeriod) -> bool:
        """Return whether the unit owes the period: there on its last day, and for half of it."""
        if self.dissolved is not None and self.dissolved < period.last:
            return False
        if self.founded is None:
            return True
        days = (period.last - period.first).days + 1
        return 2 * (period.last - self.founded + timedelta(days=1)).days >= days

    def limits(self, first: date, last: date) -> bool:
        """Return whether it begins or ends in or after the one or before the other."""
        return (self.founded is not None and self.founded > first) or (
            self.dissolved is not None and self.dissolved < last
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """What a unit owes less than others of its kind: what is outside of its life, and what is due
    of a committee on the days on which it is too small to have one."""

    life: Life = Life()
    without_committee: tuple[Days, ...] = ()

    def owes(self, kind: MeetingType, period: DuePeriod) -> bool:
        """Return whether the unit owes meetings of a type in the period: it is there, and large
        enough, on the last day and for half of it."""
        if not self.life.owes(period):
            return False
        if kind is not MeetingType.BRANCH_COMMITTEE_MEETING:
            return True
        days = (period.last - period.first).days + 1
        without = sum(each.shared(period.first, period.last) for each in self.without_committee)
        return 2 * without <= days and not any(
            period.last in each for each in self.without_committee
        )

    def limits(self, first: date, last: date) -> bool:
        """Return whether it owes less in any of these days."""
        return self.life.limits(first, last) or any(
            each.shared(first, last) for each in self.without_committee
        )


@lru_cache(maxsize=256)
def periods_of_year(
    kind: MeetingType, year: int, local: LocalRules = DEFAULTS
) -> tuple[DuePeriod, ...]:
    """Return the periods of a year in which meetings of this type are due, in order.

    The rule is the one in force on the first day of the period that lies in the year. Where
    meetings were not recorded from the beginning, `local.counted_from` is to all units what the
    day of its founding is to one.
    """
    recorded = Life(founded=local.counted_from)
    found = []
    day = date(year, 1, 1)
    while day.year == year:
        rule = rules_on(day, local).get(kind)
        if rule is None or rule.obligation is None:
            day = Period.MONTH.after(day)[0]
            continue
        first, last = rule.obligation.period.of(day)
        due = DuePeriod(rule.obligation.period, first, last, rule.obligation.at_least)
        if due.year == year and recorded.owes(due):
            found.append(due)
        day = last + timedelta(days=1)
    return tuple(found)
