"""The clock of the branches: an overview of units, and one branch in full."""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from config.settings import Rules as LocalRules
from scheduler.branch_clock import counting
from scheduler.branch_clock.counting import Year
from scheduler.branch_clock.duties import OWED_BY, Life, periods_of_year
from scheduler.branch_clock.model import (
    BranchClock,
    ClockRow,
    Figures,
    Meeting,
    Overview,
    Progress,
)
from scheduler.branch_clock.tree import Tree, Unit, around, read_tree
from scheduler.clock import Clock
from scheduler.errors import DomainError, Invalid, NotFound
from scheduler.meetings.model import MeetingType, State
from scheduler.meetings.recurrence import day_bounds, local_day
from scheduler.store import clock_rows, directory_rows, tally_rows
from scheduler.store.clock_rows import Stamp, Sum
from scheduler.store.engine import Store

EARLIEST_YEAR, LATEST_YEAR = 2000, 2200
MOST_KEPT = 64
"""Sums that are kept: of the city, its townships and some branches."""
TYPES: Final = tuple(dict.fromkeys(kind for kinds in OWED_BY.values() for kind in kinds))
"""The types that anybody owes, in the order in which they are shown."""

Question = tuple[int, frozenset[str] | None]
"""A year, and the units it is asked of."""


class Clocks:
    """Counts what is due, held and late. `local` is the section `[rules]` of the settings; `zone`
    says where days begin."""

    def __init__(self, store: Store, clock: Clock, local: LocalRules, zone: ZoneInfo) -> None:
        self._store = store
        self._clock = clock
        self._local = local
        self._zone = zone
        self._kept: dict[Hashable, tuple[Stamp, tuple[Sum, ...]]] = {}
        self._asking = store.batches(self._answer)

    def today(self) -> date:
        """Return the local day."""
        return local_day(self._clock.now(), self._zone)

    async def overview(self, year: int, units: Collection[str] | None) -> Overview:
        """Count a year of the units (all of the Party tree when None) and all below them: one row
        for each, or for what stands right below where it is a single unit.

        Those who ask the same at the same time get the same answer, reckoned once after they all
        asked. Raise NotFound("unknown_unit") or Invalid("year_out_of_range").
        """
        return await self._asking.call((year, None if units is None else frozenset(units)))

    async def _answer(self, questions: Sequence[Question]) -> Sequence[Overview | Exception]:
        found: dict[Question, Overview | Exception] = {}
        for question in dict.fromkeys(questions):
            try:
                found[question] = await self._overview(*question)
            except DomainError as error:
                found[question] = error
        return [found[question] for question in questions]

    async def _overview(self, year: int, units: frozenset[str] | None) -> Overview:
        of = self._year(year)
        async with self._store.read() as connection:
            tree = await read_tree(connection, min(of.today, date(year, 12, 31)), year)
            roots = tree.topmost(tree.units if units is None else units)
            if not roots:
                raise NotFound("unknown_unit", ", ".join(sorted(units or ()))[:64])
            single = tree.units[roots[0]] if len(roots) == 1 else None
            tops = tree.below(single.id) or (single.id,) if single else roots
            rows = await self._rows(connection, of, tree, tops)
            whole = await self._whole(connection, of, tree, roots, rows, single)
        shown = [row for row in rows.values() if row.branches or row.attendance]
        return Overview(
            year=year,
            today=of.today,
            unit=single.id if single else "",
            name=single.name if single else "",
            kind=single.kind if single else "",
            whole=whole,
            rows=tuple(shown),
        )

    async def branch(self, year: int, unit: str) -> BranchClock:
        """Show one unit of the Party tree by itself, period by period and meeting by meeting.

        Raise NotFound("unknown_unit") or Invalid("year_out_of_range").
        """
        of = self._year(year)
        async with self._store.read() as connection:
            tree = await read_tree(connection, min(of.today, date(year, 12, 31)), year)
            if unit not in tree.units:
                raise NotFound("unknown_unit", unit[:64])
            one = tree.units[unit]
            row = (await self._rows(connection, of, tree, (unit,)))[unit]
            plan = {kind: of.plan[kind] for kind in OWED_BY.get(one.kind, ())}
            first, last = counting.bounds(plan, year)
            cells = await clock_rows.cells(connection, plan, [unit])
            meetings = await clock_rows.meetings_of(
                connection, unit, *day_bounds(first, last, self._zone)
            )
        found = tuple(self._meeting(each) for each in meetings)
        return BranchClock(
            year=year,
            today=of.today,
            founded=one.terms.life.founded,
            dissolved=one.terms.life.dissolved,
            without_committee=any(each.shared(first, last) for each in one.terms.without_committee),
            row=row,
            periods={
                kind: counting.periods_of_branch(kind, periods, one.terms, cells, found, of.today)
                for kind, periods in plan.items()
            },
            meetings=found,
        )

    async def set_life(
        self, unit: str, founded: date | None, dissolved: date | None, by: str | None
    ) -> None:
        """Write down when a unit was founded and dissolved, both days included.

        Raise NotFound("unknown_unit") or Invalid("period_reversed").
        """
        if founded is not None and dissolved is not None and dissolved < founded:
            raise Invalid("period_reversed", f"{founded} > {dissolved}")
        async with self._store.begin() as connection:
            if not await directory_rows.units(connection, self.today(), ids={unit}):
                raise NotFound("unknown_unit", unit[:64])
            life = Life(founded, dissolved)
            await clock_rows.put_life(connection, unit, life, self._clock.now(), by)

    def _year(self, year: int) -> Year:
        if not EARLIEST_YEAR <= year <= LATEST_YEAR:
            raise Invalid("year_out_of_range", str(year)[:10])
        today = self.today()
        plan = {kind: periods_of_year(kind, year, self._local) for kind in TYPES}
        now = {kind: counting.place_of(periods, today) for kind, periods in plan.items()}
        return Year(year, today, plan, now)

    async def _rows(
        self, connection: AsyncConnection, of: Year, tree: Tree, tops: tuple[str, ...]
    ) -> dict[str, ClockRow]:
        """Count the units of `tops`, each with all below it."""
        rows = {
            top: ClockRow(unit=top, name=tree.units[top].name, kind=tree.units[top].kind)
            for top in tops
        }
        owing = tree.owing(tops)
        # Units that were founded or dissolved, or have no committee, do not owe every period: they
        # are counted one by one.
        within = around(of.number)
        limited = {
            unit.id: unit for unit, _ in owing if unit.terms.limits(within.first, within.last)
        }
        # Nearly all units of a kind have the same terms: what they owe is reckoned once.
        alike = Counter((top, unit.kind, unit.terms) for unit, top in owing)
        for (top, unit_kind, terms), number in alike.items():
            rows[top].branches += number
            for kind in OWED_BY[unit_kind]:
                if of.plan[kind]:
                    due = counting.owed(of, kind, terms)
                    progress = rows[top].types.setdefault(kind, Progress())
                    progress.required += number * due.required
                    progress.now_required += number * due.now_required
        for each in await self._sums(connection, of, tree, tops, limited):
            progress = rows[each.top].types.setdefault(each.type, Progress())
            progress.waiting += each.waiting
            if each.now:
                progress.now_enough += each.enough
            else:
                progress.enough += each.enough
                progress.held += each.held
        tops_of = defaultdict(list)
        for unit, top in owing:
            tops_of[unit.id].append(top)
        for cell in await clock_rows.cells(connection, of.plan, limited):
            for top in tops_of[cell.unit]:
                progress = rows[top].types.setdefault(cell.type, Progress())
                progress.add(counting.counted(of, cell, limited[cell.unit].terms))
        await self._plan_ahead(connection, of, rows, owing)
        first, last = date(of.number, 1, 1), date(of.number, 12, 31)
        for sums in await tally_rows.attendance(connection, first, last, tops):
            rows[sums.unit].attendance[MeetingType(sums.type)] = counting.figures(sums)
        for top, persons in (await tally_rows.headcounts(connection, of.number, tops)).items():
            rows[top].headcount = persons
        return rows

    async def _sums(
        self,
        connection: AsyncConnection,
        of: Year,
        tree: Tree,
        tops: tuple[str, ...],
        without: Collection[str],
    ) -> tuple[Sum, ...]:
        """Add up what the units held. The sums of a county take a tenth of a second and change
        when a meeting is settled or archived: they are kept until then."""
        shape = hash(frozenset((one.id, one.kind, one.parent) for one in tree.units.values()))
        now = tuple(sorted(of.now.items()))
        key = (of.number, now, tops, frozenset(without), shape)
        stamp = await clock_rows.stamp(connection)
        kept = self._kept.pop(key, None)
        if kept is None or kept[0] != stamp:
            found = await clock_rows.sums(connection, of.plan, of.now, tops, without)
            kept = stamp, found
        self._kept[key] = kept  # the last one used stands last
        while len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return kept[1]

    async def _plan_ahead(
        self,
        connection: AsyncConnection,
        of: Year,
        rows: Mapping[str, ClockRow],
        owing: Collection[tuple[Unit, str]],
    ) -> None:
        """Count what is planned of what the periods that go on still owe."""
        spans = {}
        for kind, place in of.now.items():
            if 0 <= place < len(of.plan[kind]):
                due = of.plan[kind][place]
                spans[kind] = day_bounds(due.first, due.last, self._zone)
        ahead = await clock_rows.planned(connection, spans)
        if not ahead:
            return
        going_on = {kind: (of.plan[kind][of.now[kind]],) for kind in spans}
        wanted = {unit for unit, _ in ahead}
        done = {
            (cell.unit, cell.type): cell.held + cell.waiting
            for cell in await clock_rows.cells(connection, going_on, wanted)
        }
        for unit, top in owing:
            for kind in OWED_BY[unit.kind]:
                number = ahead.get((unit.id, kind), 0)
                if number and unit.terms.owes(kind, going_on[kind][0]):
                    owed = going_on[kind][0].at_least
                    missing = max(0, owed - done.get((unit.id, kind), 0))
                    rows[top].types[kind].now_planned += min(missing, number)

    async def _whole(
        self,
        connection: AsyncConnection,
        of: Year,
        tree: Tree,
        roots: tuple[str, ...],
        rows: Mapping[str, ClockRow],
        single: Unit | None,
    ) -> ClockRow:
        """Add the rows up. Persons are counted once over all of them, and what the single unit
        held itself belongs to it."""
        if single is not None and (single.id in rows or single.kind in OWED_BY):
            return (await self._rows(connection, of, tree, (single.id,)))[single.id]
        whole = ClockRow(unit="", name="", kind="")
        if single is not None:
            whole = ClockRow(unit=single.id, name=single.name, kind=single.kind)
        for row in rows.values():
            whole.branches += row.branches
            for kind, progress in row.types.items():
                whole.types.setdefault(kind, Progress()).add(progress)
            for kind, figures in row.attendance.items():
                whole.attendance.setdefault(kind, Figures()).add(figures)
        if single is not None:
            first, last = date(of.number, 1, 1), date(of.number, 12, 31)
            for sums in await tally_rows.attendance_of(connection, first, last, single.id):
                kind = MeetingType(sums.type)
                whole.attendance.setdefault(kind, Figures()).add(counting.figures(sums))
        whole.headcount = await tally_rows.headcount(connection, of.number, roots)
        return whole

    def _meeting(self, row: clock_rows.MeetingRow) -> Meeting:
        return Meeting(
            occurrence=row.id,
            type=MeetingType(row.type),
            title=row.title,
            start=row.scheduled_start,
            day=local_day(row.scheduled_start, self._zone),
            state=State(row.state),
            record_state=row.record_state,
            quorum_met=row.quorum_met,
            counts=bool(
                row.took_place
                and row.record_state == clock_rows.ARCHIVED
                and row.quorum_met is not False
            ),
        )
