"""Writing the sums of occurrences, and adding them up by unit and type."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    delete,
    distinct,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.attendance.tallies import TOOK_PART, Tally
from scheduler.meetings.model import Occurrence, State
from scheduler.store import directory_rows, occurrence_rows
from scheduler.store.attendance_tables import attendance_result as result
from scheduler.store.directory_tables import unit
from scheduler.store.meeting_tables import occurrence
from scheduler.store.tally_tables import attendee_year
from scheduler.store.tally_tables import occurrence_tally as tally

_NUMBERS = tuple(field.name for field in fields(Tally) if field.name != "took_place")


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


async def attendance(
    connection: AsyncConnection, first: date, last: date, tops: Collection[str]
) -> tuple[Attendance, ...]:
    """Add up the meetings that took place, by type and by the unit of `tops` they lie below."""
    below = directory_rows.below(tops)
    statement = _sums(below.c.top, first, last).join(below, below.c.id == tally.c.unit)
    return await _attendance(connection, statement)


async def attendance_of(
    connection: AsyncConnection, first: date, last: date, unit_id: str
) -> tuple[Attendance, ...]:
    """Add up the meetings that a unit itself held, by type."""
    statement = _sums(tally.c.unit, first, last).where(tally.c.unit == unit_id)
    return await _attendance(connection, statement)


def _sums(by: ColumnElement[str], first: date, last: date) -> Select[*tuple[Any, ...]]:
    return (
        select(
            by.label("by"),
            tally.c.type,
            func.count().label("meetings"),
            *(func.sum(tally.c[name]).label(name) for name in _NUMBERS),
        )
        .select_from(tally)
        .where(tally.c.took_place, tally.c.day.between(first, last))
        .group_by(by, tally.c.type)
    )


async def _attendance(
    connection: AsyncConnection, statement: Select[*tuple[Any, ...]]
) -> tuple[Attendance, ...]:
    return tuple(
        Attendance(
            unit=row.by,
            type=row.type,
            meetings=row.meetings,
            **{name: int(row._mapping[name]) for name in _NUMBERS},
        )
        for row in await connection.execute(statement)
    )


async def headcounts(
    connection: AsyncConnection, year: int, tops: Collection[str]
) -> dict[str, int]:
    """Count who took part in a meeting of the year (人数), each once, by the unit of `tops` that
    the meetings lie below."""
    below = directory_rows.below(tops)
    statement = (
        select(below.c.top, func.count(distinct(attendee_year.c.person)).label("persons"))
        .join(below, below.c.id == attendee_year.c.unit)
        .where(attendee_year.c.year == year)
        .group_by(below.c.top)
    )
    return {row.top: row.persons for row in await connection.execute(statement)}


async def headcount(connection: AsyncConnection, year: int, tops: Collection[str]) -> int:
    """Count who took part in a meeting of the year of any unit of `tops` or below, each once."""
    below = directory_rows.below(tops)
    statement = select(func.count(distinct(attendee_year.c.person))).where(
        attendee_year.c.year == year, attendee_year.c.unit.in_(select(below.c.id))
    )
    return int((await connection.execute(statement)).scalar_one())
