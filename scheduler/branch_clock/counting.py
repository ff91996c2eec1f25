"""What a unit owes, and what it held of that, in the periods of a year: pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from scheduler.branch_clock.duties import DuePeriod, Terms
from scheduler.branch_clock.model import Figures, Meeting, PeriodOfBranch, Progress, Standing
from scheduler.meetings.model import MeetingType, State
from scheduler.store import tally_rows
from scheduler.store.clock_rows import Cell

Plan = dict[MeetingType, tuple[DuePeriod, ...]]


@dataclass(frozen=True)
class Year:
    """A year as it stands on a day: what is due in it, and by type the place of the period that
    goes on (-1 before the year, their number after it)."""

    number: int
    today: date
    plan: Plan
    now: Mapping[MeetingType, int]


def figures(sums: tally_rows.Attendance) -> Figures:
    """Return the figures of attendance that were added up in the store."""
    return Figures(**{name: getattr(sums, name) for name in Figures.__dataclass_fields__})


def place_of(periods: tuple[DuePeriod, ...], today: date) -> int:
    """Return which period goes on: -1 before the first, their number after the last."""
    if not periods or today < periods[0].first:
        return -1
    return next((n for n, due in enumerate(periods) if today <= due.last), len(periods))


def bounds(plan: Plan, year: int) -> tuple[date, date]:
    """Return the days of a year, with those of the weeks at its ends that belong to it."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    for periods in plan.values():
        if periods:
            first, last = min(first, periods[0].first), max(last, periods[-1].last)
    return first, last


def owed(of: Year, kind: MeetingType, terms: Terms) -> Progress:
    """Return what a unit owes of a type, in the periods that are over and in the one going on."""
    periods, now = of.plan[kind], of.now[kind]
    over = sum(due.at_least for due in periods[: max(now, 0)] if terms.owes(kind, due))
    current = periods[now : now + 1] if now >= 0 else ()
    return Progress(
        required=over,
        now_required=sum(due.at_least for due in current if terms.owes(kind, due)),
    )


def counted(of: Year, cell: Cell, terms: Terms) -> Progress:
    """Return what a unit held that does not owe every period, where it owed it."""
    due, now = of.plan[cell.type][cell.place], of.now[cell.type]
    if cell.place > now:
        return Progress()
    enough = min(cell.held, due.at_least) if terms.owes(cell.type, due) else 0
    if cell.place == now:
        return Progress(now_enough=enough, waiting=cell.waiting)
    return Progress(enough=enough, held=cell.held, waiting=cell.waiting)


def periods_of_branch(
    kind: MeetingType,
    periods: tuple[DuePeriod, ...],
    terms: Terms,
    cells: Collection[Cell],
    meetings: Collection[Meeting],
    today: date,
) -> tuple[PeriodOfBranch, ...]:
    """Return how each period of a type stands that a unit on these terms owes."""
    by_place = {cell.place: cell for cell in cells if cell.type is kind}
    found = []
    for place, due in enumerate(periods):
        if not terms.owes(kind, due):
            continue
        cell = by_place.get(place)
        held, waiting = (cell.held, cell.waiting) if cell else (0, 0)
        planned = sum(
            due.first <= one.day <= due.last and one.state in (State.SCHEDULED, State.OPEN)
            for one in meetings
            if one.type is kind
        )
        found.append(
            PeriodOfBranch(
                due=due,
                standing=_standing(due, held, waiting, planned, today),
                held=held,
                waiting=waiting,
                planned=planned,
            )
        )
    return tuple(found)


def _standing(due: DuePeriod, held: int, waiting: int, planned: int, today: date) -> Standing:
    if held >= due.at_least:
        return Standing.DONE
    if held + waiting >= due.at_least:
        return Standing.WAITING
    if due.last < today:
        return Standing.LATE
    if held + waiting + planned >= due.at_least:
        return Standing.PLANNED
    return Standing.DUE if due.first <= today else Standing.TO_COME
