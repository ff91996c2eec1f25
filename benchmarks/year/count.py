"""The independent count: figures of the year straight from its plan, by plain loops.

It shares no code with the clock of the branches: what it knows of the rules is written down here
once more, in another way.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from benchmarks.year.plan import ZONE, PlannedMeeting, YearPlan

BRANCH_TYPES: Final = {
    "member_assembly": "quarter",
    "branch_committee_meeting": "month",
    "party_lecture": "quarter",
    "theme_party_day": "month",
    "org_life_meeting": "year",
}


@dataclass
class Count:
    """One unit and type. Numbers of meetings, then of persons."""

    required: int = 0
    enough: int = 0
    held: int = 0
    waiting: int = 0
    meetings: int = 0
    expected: int = 0
    counted: int = 0
    came: int = 0
    on_leave: int = 0
    absent: int = 0
    took_part: int = 0


@dataclass
class YearCount:
    """By (unit, type), and who took part by unit."""

    cells: dict[tuple[str, str], Count] = field(default_factory=dict)
    attendees: dict[str, set[str]] = field(default_factory=dict)


def count(plan: YearPlan) -> YearCount:
    """Count a year that is over."""
    found = YearCount()
    held: Counter[tuple[str, str, str]] = Counter()
    for meeting in plan.meetings:
        if meeting.cancelled or not took_place(plan, meeting):
            continue
        unit, kind = meeting.series.unit, meeting.series.type
        cell = found.cells.setdefault((unit, kind), Count())
        attendees = found.attendees.setdefault(unit, set())
        _count_persons(cell, attendees, meeting)
        counts = meeting.archived and had_quorum(meeting) is not False
        if not meeting.archived:
            cell.waiting += 1
        if counts:
            cell.held += 1
            held[unit, kind, period_name(kind, meeting.start.astimezone(ZONE).date())] += 1
    for unit, kind, period in owed(plan):
        cell = found.cells.setdefault((unit, kind), Count())
        cell.required += 1
        cell.enough += min(1, held[unit, kind, period])
    return found


def took_place(plan: YearPlan, meeting: PlannedMeeting) -> bool:
    """A meeting that was over before the server came back did not take place, nor did one that
    the server was down for from before its opening to its end."""
    opens = meeting.start - timedelta(minutes=5)
    if opens < plan.down_from:
        return True
    opened = max(opens, plan.down_until) if opens < plan.down_until else opens
    return opened < meeting.end


def had_quorum(meeting: PlannedMeeting) -> bool | None:
    """Half of all must have been there together; None for a type that asks nothing."""
    if meeting.series.type not in ("member_assembly", "branch_committee_meeting"):
        return None
    here = [one for one in meeting.outcomes.values() if one in ("present", "late", "left_early")]
    return 2 * len(here) >= len(meeting.series.persons)


def _count_persons(cell: Count, attendees: set[str], meeting: PlannedMeeting) -> None:
    cell.meetings += 1
    for person, outcome in meeting.outcomes.items():
        exempt = person in meeting.series.exempt
        here = outcome in ("present", "late", "left_early")
        cell.expected += 1
        if not exempt:
            cell.counted += 1
            cell.came += outcome in ("present", "late")
            cell.on_leave += outcome == "leave"
            cell.absent += outcome == "absent"
        if here:
            cell.took_part += 1
            attendees.add(person)


def period_name(kind: str, day: date) -> str:
    """Name the period in which a meeting of this type counts."""
    how = BRANCH_TYPES.get(kind, "week")
    if how == "year":
        return f"{day.year}"
    if how == "quarter":
        return f"{day.year}Q{(day.month + 2) // 3}"
    if how == "month":
        return f"{day.year}-{day.month}"
    number = day.isocalendar()
    return f"{number.year}W{number.week}"


def owed(plan: YearPlan) -> Iterator[tuple[str, str, str]]:
    """Name what is owed, once for each meeting: unit, type and period."""
    last = date(plan.year, 12, 31)
    days = [date(plan.year, 1, 1) + timedelta(days=n) for n in range(last.timetuple().tm_yday)]
    for branch in plan.county.branches:
        for kind in BRANCH_TYPES:
            if kind == "branch_committee_meeting" and len(branch.members) < 7:
                continue
            lived: Counter[str] = Counter()
            long: Counter[str] = Counter()
            ended = set()
            for day in days:
                name = period_name(kind, day)
                long[name] += 1
                lived[name] += branch.founded is None or day >= branch.founded
                if branch.dissolved is not None and day > branch.dissolved:
                    ended.add(name)
            for name, length in long.items():
                if name not in ended and 2 * lived[name] >= length:
                    yield branch.id, kind, name
    for network in plan.county.networks:
        for week in range(1, date(plan.year, 12, 28).isocalendar().week + 1):
            yield network.id, "network_branch_meeting", f"{plan.year}W{week}"


def at(year: int, month: int, day: int) -> datetime:
    """Return a local midnight."""
    return datetime(year, month, day, tzinfo=ZONE)
