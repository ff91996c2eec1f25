"""A year in the life of a small county, run through the real store in virtual time: what the clock
of the branches says agrees with a count made straight from the plan."""

import csv
import io
from collections import Counter

from openpyxl import load_workbook
from sqlalchemy import select

from benchmarks.year.agreement import clocks_after, disagreements, done_twice_or_never
from benchmarks.year.count import count, had_quorum
from benchmarks.year.county import CITY, RENAMED, SMALL, Size, found
from benchmarks.year.filling import fill
from benchmarks.year.plan import YearPlan, plan_year
from benchmarks.year.running import live
from scheduler.attendance.export import to_csv, to_xlsx
from scheduler.attendance.model import Attended
from scheduler.attendance.tallies import TOOK_PART, Tally, tally_of
from scheduler.branch_clock.sheets import overview_sheet
from scheduler.meetings.model import Standing
from scheduler.store import attendance_tables, tally_tables
from scheduler.store.engine import Store
from scheduler.store.result_rows import Result

YEAR, SEED = 2026, 4


def planned() -> YearPlan:
    return plan_year(found(SMALL, SEED, YEAR), SEED, YEAR)


async def test_clocks_rates_and_sums_agree_with_the_independent_count(store: Store) -> None:
    plan = planned()
    lived = await live(store, plan)
    assert len(lived.occurrences) == len(plan.meetings)
    assert await disagreements(store, plan) == []
    await names_carry_dates(store, plan)
    await tallies_are_what_the_results_give(store)
    quorums = {had_quorum(one) for one in plan.meetings if one.archived and not one.cancelled}
    assert quorums == {True, False, None}
    missed = [one for one in plan.meetings if plan.down_from < one.start < plan.down_until]
    assert missed
    assert done_twice_or_never(plan, lived) == []


async def names_carry_dates(store: Store, plan: YearPlan) -> None:
    renamed = next(one for one in plan.county.branches if one.renamed_on)
    clocks = clocks_after(store, plan)
    assert (await clocks.branch(YEAR, renamed.id)).row.name == RENAMED
    assert (await clocks.branch(YEAR - 1, renamed.id)).row.name == renamed.name


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


async def test_a_year_written_straight_into_the_tables_reads_as_one_that_was_lived(
    store: Store,
) -> None:
    plan = plan_year(found(Size(4, 30, 500, 2, 20), SEED, YEAR), SEED, YEAR)
    await fill(store, plan)
    assert await disagreements(store, plan) == []
    await tallies_are_what_the_results_give(store)
    await the_exports_agree(store, plan)


async def the_exports_agree(store: Store, plan: YearPlan) -> None:
    """What people take away has the figures of the independent count."""
    cells = count(plan).cells.values()
    overview = await clocks_after(store, plan).overview(YEAR, {CITY})
    sheet = overview_sheet(overview)
    lines = list(csv.DictReader(io.StringIO(to_csv(sheet).decode("utf-8-sig"))))
    book = load_workbook(io.BytesIO(to_xlsx(sheet))).active
    assert book is not None
    heads = [cell.value for cell in book[len(sheet.preface) + 2]]
    last = dict(zip(heads, [cell.value for cell in book[book.max_row]], strict=True))
    for heading, name in (
        ("到期应开", "required"),
        ("已完成", "enough"),
        ("会议次数", "meetings"),
        ("应到（不含豁免）", "counted"),
        ("实到（不含豁免）", "came"),
        ("人次", "took_part"),
    ):
        counted = sum(getattr(one, name) for one in cells)
        assert (int(lines[-1][heading]), last[heading]) == (counted, counted)
