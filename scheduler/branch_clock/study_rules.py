"""How study hours (学时) are counted: versions with dates and sources. A year carries nothing over.

A changed conversion is a new version with its first day; what was held before keeps the old one.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from scheduler.meetings.model import MeetingType
from scheduler.rules.model import Mark, Source


@dataclass(frozen=True, kw_only=True)
class StudyRule:
    """`minutes` make one hour of study; `types` are the meetings in which one studies."""

    version: int
    valid_from: date
    minutes: int
    types: frozenset[MeetingType]
    source: Source


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """Hours of study a year, of members, and of secretaries and committee members."""

    valid_from: date
    members: int
    leaders: int
    members_source: Source
    leaders_source: Source


RULES: Final[tuple[StudyRule, ...]] = (
    StudyRule(
        version=1,
        valid_from=date(2000, 1, 1),
        minutes=45,
        types=frozenset({MeetingType.PARTY_LECTURE}),
        source=Source(mark=Mark.LOCAL, text="各地规定不同", valid_from=date(2000, 1, 1)),
    ),
)
REQUIREMENTS: Final[tuple[Requirement, ...]] = (
    Requirement(
        valid_from=date(2019, 5, 6),
        members=32,
        leaders=56,
        members_source=Source(
            mark=Mark.LAW,
            text="《中国共产党党员教育管理工作条例》",
            article="20",
            valid_from=date(2019, 5, 6),
        ),
        leaders_source=Source(
            mark=Mark.LAW, text="全国党员教育培训工作规划", valid_from=date(2019, 5, 6)
        ),
    ),
)


def rules_of(
    year: int, versions: tuple[StudyRule, ...] = RULES
) -> tuple[tuple[StudyRule, date, date], ...]:
    """Return the versions in force in a year, each with its first and last day in it."""
    found = []
    for rule, following in zip(versions, (*versions[1:], None), strict=True):
        first = max(rule.valid_from, date(year, 1, 1))
        last = date(year, 12, 31)
        if following is not None:
            last = min(last, following.valid_from - timedelta(days=1))
        if first <= last:
            found.append((rule, first, last))
    return tuple(found)


def requirement_of(year: int) -> Requirement | None:
    """Return what is required in a year: the last that was in force within it, None before any."""
    known = [one for one in REQUIREMENTS if one.valid_from.year <= year]
    return known[-1] if known else None
