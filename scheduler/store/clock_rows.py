"""What was held in the periods in which it was due, counted by the database.

A meeting counts where its record is archived and its quorum was not missed. It waits where it took
place and its record is not archived.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    and_,
    case,
    delete,
    false,
    func,
    insert,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.branch_clock.duties import OWED_BY, DuePeriod, Life
from scheduler.meetings.model import MeetingType, State
from scheduler.store import directory_rows
from scheduler.store.base import is_id
from scheduler.store.directory_tables import unit
from scheduler.store.life_tables import branch_life
from scheduler.store.meeting_tables import occurrence
from scheduler.store.record_tables import meeting_record as record
from scheduler.store.tally_tables import occurrence_tally as tally

ARCHIVED: Final = "archived"

Stamp = tuple[int, int, datetime | None]
Plan = Mapping[MeetingType, Sequence[DuePeriod]]
"""By type the periods of a year, in order and without a gap between them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One unit, type and period (its place in the plan): meetings that count, and that wait."""

    unit: str
    type: MeetingType
    place: int
    held: int
    waiting: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Sum:
    """A type in all units below `top`, over the periods before `places[type]` or in it (`now`)."""

    top: str
    type: MeetingType
    now: bool
    enough: int
    held: int
    waiting: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MeetingRow:
    """A meeting with where its record stands; None: there is none, or it is not settled."""

    id: str
    type: str
    title: str
    scheduled_start: datetime
    state: str
    record_state: str | None
    quorum_met: bool | None
    took_place: bool | None


async def cells(
    connection: AsyncConnection, plan: Plan, units: Collection[str]
) -> tuple[Cell, ...]:
    """Read the cells of these units in which anything is held or waits."""
    wanted = [one for one in units if is_id(one)]
    if not wanted or not any(plan.values()):
        return ()
    alone = select(unit.c.id, unit.c.id.label("top")).where(unit.c.id.in_(wanted)).subquery()
    statement = _cells(plan, alone)
    return tuple(
        Cell(
            unit=row.unit,
            type=MeetingType(row.type),
            place=row.place,
            held=int(row.held),
            waiting=int(row.waiting),
        )
        for row in await connection.execute(statement)
    )


async def stamp(connection: AsyncConnection) -> Stamp:
    """Return what differs whenever `sums` may: how many meetings are settled and archived, and
    when an archived record was changed last."""
    settled = (await connection.execute(select(func.count()).select_from(tally))).scalar_one()
    archived = select(func.count(), func.max(record.c.changed_at)).where(record.c.state == ARCHIVED)
    number, changed_at = (await connection.execute(archived)).one()
    return settled, number, changed_at


async def sums(
    connection: AsyncConnection,
    plan: Plan,
    now: Mapping[MeetingType, int],
    tops: Collection[str],
    without: Collection[str],
) -> tuple[Sum, ...]:
    """Add up the cells of the units below `tops`, but for those in `without`.

    `now` names the place of the period that goes on, by type; what comes after it is left out.
    """
    if not any(plan.values()):
        return ()
    below = directory_rows.below(tops)
    cell = _cells(plan, below, without=without).subquery("cell")
    going_on = case(
        *((cell.c.type == kind, literal(place, Integer)) for kind, place in now.items()),
        else_=-1,
    )
    # In a query of its own: PostgreSQL takes the same expression with other parameters for another
    # one, and could not group by it.
    begun = (
        select(
            cell,
            case((cell.c.place == going_on, 1), else_=0).label("now"),
            _owed(plan, cell.c.type, cell.c.place).label("owed"),
        )
        .where(cell.c.place <= going_on)
        .subquery("begun")
    )
    enough = case((begun.c.held > begun.c.owed, begun.c.owed), else_=begun.c.held)
    statement = select(
        begun.c.top,
        begun.c.type,
        begun.c.now,
        func.sum(enough).label("enough"),
        func.sum(begun.c.held).label("held"),
        func.sum(begun.c.waiting).label("waiting"),
    ).group_by(begun.c.top, begun.c.type, begun.c.now)
    return tuple(
        Sum(
            top=row.top,
            type=MeetingType(row.type),
            now=bool(row.now),
            enough=int(row.enough),
            held=int(row.held),
            waiting=int(row.waiting),
        )
        for row in await connection.execute(statement)
    )


async def planned(
    connection: AsyncConnection,
    spans: Mapping[MeetingType, tuple[datetime, datetime]],
    units: Collection[str] | None = None,
) -> dict[tuple[str, MeetingType], int]:
    """Count the meetings to come or going on, by unit and type, that begin in [start, end) of
    their type."""
    if not spans:
        return {}
    in_span = or_(
        false(),
        *(
            and_(
                occurrence.c.type == kind,
                occurrence.c.scheduled_start >= start,
                occurrence.c.scheduled_start < end,
            )
            for kind, (start, end) in spans.items()
        ),
    )
    statement = (
        select(occurrence.c.unit, occurrence.c.type, func.count().label("number"))
        .where(occurrence.c.state.in_([State.SCHEDULED, State.OPEN]), in_span)
        .group_by(occurrence.c.unit, occurrence.c.type)
    )
    if units is not None:
        statement = statement.where(occurrence.c.unit.in_([one for one in units if is_id(one)]))
    return {
        (row.unit, MeetingType(row.type)): row.number for row in await connection.execute(statement)
    }


async def meetings_of(
    connection: AsyncConnection, of_unit: str, start: datetime, end: datetime
) -> Sequence[MeetingRow]:
    """Read the meetings of a unit that begin in [start, end) and were not cancelled, in order."""
    statement = (
        select(
            occurrence.c.id,
            occurrence.c.type,
            occurrence.c.title,
            occurrence.c.scheduled_start,
            occurrence.c.state,
            record.c.state.label("record_state"),
            record.c.quorum_met,
            tally.c.took_place,
        )
        .outerjoin(record, record.c.occurrence == occurrence.c.id)
        .outerjoin(tally, tally.c.occurrence == occurrence.c.id)
        .where(
            occurrence.c.unit == of_unit,
            occurrence.c.scheduled_start >= start,
            occurrence.c.scheduled_start < end,
            occurrence.c.state != State.CANCELLED,
        )
        .order_by(occurrence.c.scheduled_start, occurrence.c.id)
    )
    return [
        MeetingRow(**{name: row._mapping[name] for name in MeetingRow.__dataclass_fields__})
        for row in await connection.execute(statement)
    ]


async def put_life(
    connection: AsyncConnection, unit_id: str, life: Life, at: datetime, by: str | None
) -> None:
    """Write down when a unit was founded and dissolved, in the place of what stood there."""
    await connection.execute(delete(branch_life).where(branch_life.c.unit == unit_id))
    await connection.execute(
        insert(branch_life).values(
            unit=unit_id,
            founded=life.founded,
            dissolved=life.dissolved,
            changed_at=at,
            changed_by=by,
        )
    )


async def lives(connection: AsyncConnection) -> dict[str, tuple[date | None, date | None]]:
    """Read when branches were founded and dissolved, those of which it is written down."""
    rows = await connection.execute(
        select(branch_life.c.unit, branch_life.c.founded, branch_life.c.dissolved)
    )
    return {row.unit: (row.founded, row.dissolved) for row in rows}


def _cells(
    plan: Plan, of: FromClause, *, without: Collection[str] = ()
) -> Select[*tuple[Any, ...]]:
    """Return (top, unit, type, place, held, waiting) of what was held in a period of the plan by a
    unit that owes it, of the units (id, top) in `of`."""
    first = min(periods[0].first for periods in plan.values() if periods)
    last = max(periods[-1].last for periods in plan.values() if periods)
    archived = func.coalesce(record.c.state, "") == ARCHIVED
    counts = and_(archived, or_(record.c.quorum_met.is_(None), record.c.quorum_met))
    owes = or_(
        *(and_(unit.c.kind == kind, tally.c.type.in_(types)) for kind, types in OWED_BY.items())
    )
    meetings = (
        select(
            of.c.top,
            tally.c.unit,
            tally.c.type,
            _place(plan).label("place"),
            case((counts, 1), else_=0).label("held"),
            case((archived, 0), else_=1).label("waiting"),
        )
        .join(of, of.c.id == tally.c.unit)
        .join(unit, unit.c.id == tally.c.unit)
        .outerjoin(record, record.c.occurrence == tally.c.occurrence)
        .where(tally.c.took_place, tally.c.day.between(first, last), owes)
    )
    if without:
        meetings = meetings.where(tally.c.unit.not_in(without))
    one = meetings.subquery("meeting")
    return (
        select(
            one.c.top,
            one.c.unit,
            one.c.type,
            one.c.place,
            func.sum(one.c.held).label("held"),
            func.sum(one.c.waiting).label("waiting"),
        )
        .where(one.c.place.is_not(None))
        .group_by(one.c.top, one.c.unit, one.c.type, one.c.place)
    )


def _place(plan: Plan) -> ColumnElement[Any]:
    """Return the place in the plan of the period that a meeting of its type lies in, or null."""
    return case(
        *(
            (
                tally.c.type == kind,
                case(
                    (tally.c.day < periods[0].first, null()),
                    *(
                        (tally.c.day <= period.last, literal(place, Integer))
                        for place, period in enumerate(periods)
                    ),
                    else_=null(),
                ),
            )
            for kind, periods in plan.items()
            if periods
        ),
        else_=null(),
    )


def _owed(plan: Plan, kind: ColumnElement[Any], place: ColumnElement[Any]) -> ColumnElement[int]:
    """Return how many meetings are owed in a period; a rule may have changed within the year."""
    whens = []
    for each, periods in plan.items():
        for at, period in enumerate(periods):
            if at + 1 == len(periods) or periods[at + 1].at_least != period.at_least:
                condition = and_(kind == each, place <= at)
                whens.append((condition, literal(period.at_least, Integer)))
    return case(*whens, else_=0)
