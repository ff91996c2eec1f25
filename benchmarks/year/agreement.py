"""Where the clock of the branches and the independent count of a plan disagree: nowhere, it should
be."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from benchmarks.year.count import Count, YearCount, count, took_place
from benchmarks.year.county import CITY
from benchmarks.year.plan import ZONE, YearPlan
from benchmarks.year.running import Lived
from config.settings import Rules
from scheduler.agenda import Kind
from scheduler.branch_clock.model import ClockRow
from scheduler.branch_clock.service import Clocks
from scheduler.meetings.model import MeetingType
from scheduler.store.engine import Store
from scheduler.virtual_time import VirtualClock

PROGRESS = ("required", "enough", "held", "waiting")
FIGURES = ("meetings", "expected", "counted", "came", "on_leave", "absent", "took_part")


def clocks_after(store: Store, plan: YearPlan) -> Clocks:
    """Return the clock as it stands when the year is over."""
    after = VirtualClock(datetime(plan.year + 1, 2, 1, tzinfo=ZONE))
    return Clocks(store, after, Rules(), ZONE)


async def disagreements(store: Store, plan: YearPlan) -> list[str]:
    """Compare city, townships and every branch; name each figure that differs."""
    counted = count(plan)
    clocks = clocks_after(store, plan)
    city = await clocks.overview(plan.year, {CITY})
    found: list[str] = []
    for row in (*city.rows, city.whole):
        found += _row(row, _units_below(plan, row.unit), counted)
    for unit in sorted({one.unit for one in plan.series}):
        branch = await clocks.branch(plan.year, unit)
        found += _row(branch.row, {unit}, counted)
        for kind, periods in branch.periods.items():
            cell = counted.cells.get((unit, kind), Count())
            if sum(one.due.at_least for one in periods) != cell.required:
                found.append(f"{unit} {kind}: the periods of the branch owe something else")
            if sum(min(one.held, one.due.at_least) for one in periods) != cell.enough:
                found.append(f"{unit} {kind}: the periods of the branch hold something else")
    return found


def done_twice_or_never(plan: YearPlan, lived: Lived) -> list[str]:
    """Compare what the agenda did with what it had to do, the days of downtime included."""
    found = [f"{key} was done {times} times" for key, times in lived.deeds.items() if times != 1]
    kinds = Counter(kind for _, kind in lived.deeds)
    meetings = [one for one in plan.meetings if not one.cancelled]
    held = [one for one in meetings if took_place(plan, one)]
    for kind, number in (
        (Kind.OPEN, len(meetings)),
        (Kind.CLOSE, len(meetings)),
        (Kind.SETTLE, len(meetings)),
        (Kind.RING, len(held)),  # nobody is called to a meeting whose time is over
    ):
        if kinds[kind] != number:
            found.append(f"{kind}: done for {kinds[kind]} meetings, not {number}")
    return found


def _units_below(plan: YearPlan, unit: str) -> set[str]:
    branches = {one.id for one in plan.county.branches if unit in (one.township, CITY)}
    return branches | {one.id for one in plan.county.networks if unit in (one.id, CITY)}


def _row(row: ClockRow, units: set[str], counted: YearCount) -> Iterator[str]:
    for kind in {kind for unit, kind in counted.cells if unit in units}:
        cells = [counted.cells[unit, kind] for unit in units if (unit, kind) in counted.cells]
        required = sum(one.required for one in cells)
        progress, figures = row.types[MeetingType(kind)], row.attendance.get(MeetingType(kind))
        for name, value in [
            *((name, getattr(progress, name)) for name in PROGRESS),
            *((name, getattr(figures, name) if figures else 0) for name in FIGURES),
        ]:
            expected = sum(getattr(one, name) for one in cells)
            if value != expected:
                yield f"{row.unit} {kind} {name}: {value}, counted {expected}"
        completion = sum(one.enough for one in cells) / required if required else None
        if progress.completion_rate != completion:
            yield f"{row.unit} {kind}: completion {progress.completion_rate}, {completion} counted"
        people = sum(one.counted for one in cells)
        rate = sum(one.came for one in cells) / people if people else None
        if (figures.attendance_rate if figures else None) != rate:
            yield f"{row.unit} {kind}: the attendance rate is not {rate}"
    persons = set().union(*(counted.attendees.get(unit, set()) for unit in units))
    if row.headcount != len(persons):
        yield f"{row.unit}: {row.headcount} persons, counted {len(persons)}"
