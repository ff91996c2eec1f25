"""A year in the life of a small county, run through the real store in virtual time: what the clock
of the branches says agrees with a count made straight from the plan."""

from collections import Counter
from datetime import datetime

from sqlalchemy import select

from benchmarks.year.count import Count, YearCount, count, took_place
from benchmarks.year.county import CITY, RENAMED, SMALL, found
from benchmarks.year.plan import ZONE, YearPlan, plan_year
from benchmarks.year.running import Lived, live
from config.settings import Rules
from scheduler.agenda import Kind
from scheduler.attendance.model import Attended
from scheduler.attendance.tallies import TOOK_PART, Tally, tally_of
from scheduler.branch_clock.model import ClockRow
from scheduler.branch_clock.service import Clocks
from scheduler.meetings.model import MeetingType, Standing
from scheduler.store import attendance_tables, tally_tables
from scheduler.store.engine import Store
from scheduler.store.result_rows import Result
from tests.support.clock import MovableClock

YEAR, SEED = 2026, 4


def planned() -> YearPlan:
    return plan_year(found(SMALL, SEED, YEAR), SEED, YEAR)


def clocks(store: Store) -> Clocks:
    return Clocks(store, MovableClock(datetime(YEAR + 1, 2, 1, tzinfo=ZONE)), Rules(), ZONE)


async def test_clocks_rates_and_sums_agree_with_the_independent_count(store: Store) -> None:
    plan = planned()
    lived = await live(store, plan)
    counted = count(plan)
    assert len(lived.occurrences) == len(plan.meetings)

    await the_overview_agrees(store, plan, counted)
    await every_branch_agrees(store, plan, counted)
    await nothing_was_done_twice(plan, lived)
    await tallies_are_what_the_results_give(store)


async def the_overview_agrees(store: Store, plan: YearPlan, counted: YearCount) -> None:
    city = await clocks(store).overview(YEAR, {CITY})
    assert {row.unit for row in city.rows} == {
        *plan.county.townships,
        *(network.id for network in plan.county.networks),
    }
    for row in (*city.rows, city.whole):
        units = {
            branch.id for branch in plan.county.branches if row.unit in (branch.township, CITY)
        } | {network.id for network in plan.county.networks if row.unit in (network.id, CITY)}
        agrees(row, units, counted)
    assert city.whole.headcount > 0


async def every_branch_agrees(store: Store, plan: YearPlan, counted: YearCount) -> None:
    for unit in sorted({one.unit for one in plan.series}):
        found = await clocks(store).branch(YEAR, unit)
        agrees(found.row, {unit}, counted)
        for kind, periods in found.periods.items():
            cell = counted.cells.get((unit, kind), Count())
            assert sum(one.due.at_least for one in periods) == cell.required
            assert sum(min(one.held, one.due.at_least) for one in periods) == cell.enough
    renamed = next(one for one in plan.county.branches if one.renamed_on)
    assert (await clocks(store).branch(YEAR, renamed.id)).row.name == RENAMED
    assert (await clocks(store).branch(YEAR - 1, renamed.id)).row.name == renamed.name


def agrees(row: ClockRow, units: set[str], counted: YearCount) -> None:
    kinds = {kind for unit, kind in counted.cells if unit in units}
    for kind in kinds:
        cells = [counted.cells[unit, kind] for unit in units if (unit, kind) in counted.cells]
        progress = row.types[MeetingType(kind)]
        for name in ("required", "enough", "held", "waiting"):
            assert getattr(progress, name) == sum(getattr(one, name) for one in cells), (
                row.unit,
                kind,
                name,
            )
        figures = row.attendance.get(MeetingType(kind))
        for name in ("meetings", "expected", "counted", "came", "on_leave", "absent", "took_part"):
            expected = sum(getattr(one, name) for one in cells)
            assert (getattr(figures, name) if figures else 0) == expected, (row.unit, kind, name)
        required = sum(one.required for one in cells)
        rate = progress.completion_rate
        assert rate == (sum(one.enough for one in cells) / required if required else None)
        if figures is not None and figures.counted:
            assert figures.attendance_rate == figures.came / figures.counted
    persons = set().union(*(counted.attendees.get(unit, set()) for unit in units))
    assert row.headcount == len(persons)


async def nothing_was_done_twice(plan: YearPlan, lived: Lived) -> None:
    """Three days of downtime lie in the year: what was due then was done after it, once."""
    assert set(lived.deeds.values()) == {1}
    kinds = Counter(kind for _, kind in lived.deeds)
    meetings = [one for one in plan.meetings if not one.cancelled]
    missed = [one for one in meetings if plan.down_from < one.start < plan.down_until]
    assert missed
    for kind in (Kind.OPEN, Kind.CLOSE, Kind.SETTLE):
        assert kinds[kind] == len(meetings)
    assert kinds[Kind.RING] == len([one for one in meetings if took_place(plan, one)])


async def tallies_are_what_the_results_give(store: Store) -> None:
    """The sums written meeting by meeting are those made anew from the results, and so is who
    took part in the year."""
    tally, result = tally_tables.occurrence_tally, attendance_tables.attendance_result
    async with store.read() as connection:
        by_occurrence: dict[str, list[Result]] = {}
        for row in await connection.execute(select(result)):
            values = {name: row._mapping[name] for name in Result.__dataclass_fields__}
            values |= {
                "state": Attended(row.state),
                "standing": row.standing and Standing(row.standing),
            }
            by_occurrence.setdefault(row.occurrence, []).append(Result(**values))
        attended: Counter[tuple[str, int, str]] = Counter()
        for row in await connection.execute(select(tally)):
            results = by_occurrence.get(row.occurrence, [])
            made_anew = tally_of(results, took_place=row.took_place)
            for name in Tally.__dataclass_fields__:
                assert row._mapping[name] == getattr(made_anew, name)
            for one in results:
                if one.state in TOOK_PART:
                    attended[row.unit, row.day.year, one.person] += 1
        rows = await connection.execute(select(tally_tables.attendee_year))
        assert {(r.unit, r.year, r.person): r.took_part for r in rows} == attended
