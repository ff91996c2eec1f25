"""Writing the sums of occurrences, and adding them up by unit, type and period."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    delete,
    distinct,
    func,
    insert,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.attendance.tallies import TOOK_PART, Tally
from scheduler.meetings.model import MeetingType, Occurrence, State
from scheduler.store import occurrence_rows
from scheduler.store.attendance_tables import attendance_result as result
from scheduler.store.base import is_id
from scheduler.store.directory_tables import unit
from scheduler.store.meeting_tables import occurrence
from scheduler.store.record_tables import meeting_record as record
from scheduler.store.tally_tables import attendee_year
from scheduler.store.tally_tables import occurrence_tally as tally

Span = tuple[date, date]
"""First and last local day, both included."""

ARCHIVED = "archived"
_SUMS = tuple(field.name for field in fields(Tally) if field.name != "took_place")


@dataclass(frozen=True, kw_only=True, slots=True)
class Attendance:
    """The sums of the meetings that took place: of one unit and type."""

    unit: str
    type: str
    meetings: int
    expected: int
    counted: int
    came: int
    late: int
    left_early: int
    on_leave: int
    absent: int
    took_part: int


async def replace(connection: AsyncConnection, of: Occurrence, day: date, new: Tally) -> None:
    """Write the sums of an occurrence whose results were written in this transaction."""
    # Two meetings of one unit may be settled at once: the second waits, and sees the first.
    lock = select(unit.c.id).where(unit.c.id == of.unit).with_for_update(key_share=True)
    await connection.execute(lock)
    await connection.execute(delete(tally).where(tally.c.occurrence == of.id))
    values = {field.name: getattr(new, field.name) for field in fields(Tally)}
    await connection.execute(
        insert(tally).values(occurrence=of.id, unit=of.unit, type=of.type, day=day, **values)
    )
    await _attendees(connection, of.unit, day.year)


async def _attendees(connection: AsyncConnection, of_unit: str, year: int) -> None:
    """Write anew who took part in the meetings of a unit in a year."""
    await connection.execute(
        delete(attendee_year).where(attendee_year.c.unit == of_unit, attendee_year.c.year == year)
    )
    attended = (
        select(literal(of_unit), literal(year, Integer), result.c.person, func.count())
        .join(tally, tally.c.occurrence == result.c.occurrence)
        .where(
            tally.c.unit == of_unit,
            tally.c.day.between(date(year, 1, 1), date(year, 12, 31)),
            result.c.state.in_(TOOK_PART),
        )
        .group_by(result.c.person)
    )
    await connection.execute(
        insert(attendee_year).from_select(["unit", "year", "person", "took_part"], attended)
    )


async def missing(connection: AsyncConnection, most: int) -> tuple[Occurrence, ...]:
    """Read settled occurrences without sums: they were settled before there were any."""
    statement = (
        select(occurrence)
        .outerjoin(tally, tally.c.occurrence == occurrence.c.id)
        .where(occurrence.c.state == State.SETTLED, tally.c.occurrence.is_(None))
        .limit(most)
    )
    return tuple(occurrence_rows.from_row(row) for row in await connection.execute(statement))


async def held_in_periods(
    connection: AsyncConnection,
    types: Collection[MeetingType],
    periods: Sequence[Span],
    units: Collection[str] | None,
) -> dict[tuple[str, str, int], int]:
    """Count the archived meetings with quorum by (unit, type, place of the period in `periods`).

    The periods are in order and leave no gap.
    """
    if not periods or not types:
        return {}
    number = _number_of_period(periods)
    statement = (
        select(tally.c.unit, tally.c.type, number.label("number"), func.count().label("held"))
        .join(record, record.c.occurrence == tally.c.occurrence)
        .where(_held(), *_within(periods[0][0], periods[-1][1], units), tally.c.type.in_(types))
        .group_by(tally.c.unit, tally.c.type, number)
    )
    return {
        (row.unit, row.type, row.number): row.held for row in await connection.execute(statement)
    }


async def completed(
    connection: AsyncConnection,
    type_: MeetingType,
    at_least: int,
    periods: Sequence[Span],
    units: Collection[str] | None,
) -> dict[str, tuple[int, int]]:
    """Add up min(held, `at_least`) and held over the periods, by unit."""
    if not periods:
        return {}
    number = _number_of_period(periods)
    inner = (
        select(tally.c.unit, func.count().label("held"))
        .join(record, record.c.occurrence == tally.c.occurrence)
        .where(_held(), *_within(periods[0][0], periods[-1][1], units), tally.c.type == type_)
        .group_by(tally.c.unit, number)
        .subquery()
    )
    enough = case((inner.c.held > at_least, at_least), else_=inner.c.held)
    statement = select(
        inner.c.unit, func.sum(enough).label("enough"), func.sum(inner.c.held).label("held")
    ).group_by(inner.c.unit)
    return {
        row.unit: (int(row.enough), int(row.held)) for row in await connection.execute(statement)
    }


async def attendance(
    connection: AsyncConnection, first: date, last: date, units: Collection[str] | None
) -> tuple[Attendance, ...]:
    """Add up the meetings that took place, by unit and type."""
    statement = (
        select(
            tally.c.unit,
            tally.c.type,
            func.count().label("meetings"),
            *(func.sum(tally.c[name]).label(name) for name in _SUMS),
        )
        .where(tally.c.took_place, *_within(first, last, units))
        .group_by(tally.c.unit, tally.c.type)
    )
    return tuple(
        Attendance(
            unit=row.unit,
            type=row.type,
            meetings=row.meetings,
            **{name: int(row._mapping[name]) for name in _SUMS},
        )
        for row in await connection.execute(statement)
    )


async def headcounts(
    connection: AsyncConnection, year: int, units: Collection[str] | None
) -> dict[str, int]:
    """Count who took part in a meeting of the year (人数), by unit."""
    statement = _of_year(
        select(attendee_year.c.unit, func.count().label("persons")), year, units
    ).group_by(attendee_year.c.unit)
    return {row.unit: row.persons for row in await connection.execute(statement)}


async def headcount(connection: AsyncConnection, year: int, units: Collection[str] | None) -> int:
    """Count the persons who took part in a meeting of any of the units in the year, each once."""
    statement = _of_year(select(func.count(distinct(attendee_year.c.person))), year, units)
    return int((await connection.execute(statement)).scalar_one())


def _of_year(
    statement: Select[*tuple[Any, ...]], year: int, units: Collection[str] | None
) -> Select[*tuple[Any, ...]]:
    statement = statement.where(attendee_year.c.year == year)
    if units is not None:
        statement = statement.where(attendee_year.c.unit.in_([one for one in units if is_id(one)]))
    return statement


def _held() -> ColumnElement[bool]:
    """Return the condition of a meeting that counts: archived, and its quorum not missed."""
    return and_(
        tally.c.took_place,
        record.c.state == ARCHIVED,
        or_(record.c.quorum_met.is_(None), record.c.quorum_met),
    )


def _within(first: date, last: date, units: Collection[str] | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [tally.c.day.between(first, last)]
    if units is not None:
        conditions.append(tally.c.unit.in_([one for one in units if is_id(one)]))
    return conditions


def _number_of_period(periods: Sequence[Span]) -> ColumnElement[Any]:
    """Return the place of the period that a day lies in."""
    return case(
        *(
            (tally.c.day <= last, literal(place, Integer))
            for place, (_, last) in enumerate(periods)
        ),
        else_=null(),
    )
