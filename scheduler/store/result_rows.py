"""The results of settled occurrences, and their sums over a period."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, insert, not_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.attendance.model import Attended
from scheduler.meetings.model import Occurrence, Standing, State
from scheduler.store import occurrence_rows
from scheduler.store.attendance_tables import attendance_result as result
from scheduler.store.base import is_id
from scheduler.store.meeting_tables import occurrence


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What counts for one person in one occurrence."""

    person: str
    standing: Standing | None
    exempt: bool
    state: Attended
    minutes: float


@dataclass(kw_only=True, slots=True)
class Sums:
    """A person over a period. `counted` of the expected ones were not exempt, `came` of these the
    person was present in."""

    expected: int = 0
    present: int = 0
    late: int = 0
    left_early: int = 0
    on_leave: int = 0
    absent: int = 0
    exempt: int = 0
    non_voting: int = 0
    counted: int = 0
    came: int = 0
    minutes: float = 0.0


async def replace(connection: AsyncConnection, occurrence_id: str, rows: Sequence[Result]) -> None:
    """Write the result of an occurrence in the place of an earlier one."""
    await connection.execute(delete(result).where(result.c.occurrence == occurrence_id))
    if rows:
        await connection.execute(
            insert(result),
            [
                {
                    "occurrence": occurrence_id,
                    "person": row.person,
                    "standing": row.standing,
                    "exempt": row.exempt,
                    "state": row.state,
                    "minutes": row.minutes,
                }
                for row in rows
            ],
        )


def within(start: datetime, end: datetime, units: Collection[str] | None) -> list[Any]:
    """Return the conditions of the occurrences that begin in [start, end), of these units."""
    conditions: list[Any] = [
        occurrence.c.scheduled_start >= start,
        occurrence.c.scheduled_start < end,
    ]
    if units is not None:
        conditions.append(occurrence.c.unit.in_([unit for unit in units if is_id(unit)]))
    return conditions


async def unsettled(connection: AsyncConnection, conditions: list[Any]) -> tuple[Occurrence, ...]:
    """Read the occurrences that ended and are not settled yet. One that goes on is left out:
    who has not come is not absent before its end."""
    statement = select(occurrence).where(*conditions, occurrence.c.state == State.CLOSED)
    return tuple(occurrence_rows.from_row(row) for row in await connection.execute(statement))


async def held(connection: AsyncConnection, conditions: list[Any]) -> int:
    """Count the settled occurrences that had a part of their schedule."""
    statement = select(func.count()).where(
        *conditions,
        occurrence.c.state == State.SETTLED,
        occurrence.c.opened_at < occurrence.c.scheduled_end,
        occurrence.c.closed_at > occurrence.c.scheduled_start,
    )
    return int((await connection.execute(statement)).scalar_one())


async def sums(
    connection: AsyncConnection, conditions: list[Any], persons: Collection[str] | None
) -> dict[str, Sums]:
    """Read the sums of the settled occurrences, by person."""
    expected = result.c.standing == Standing.EXPECTED
    came = result.c.state.in_([Attended.PRESENT, Attended.LATE])
    statement = (
        select(
            result.c.person,
            _count(expected).label("expected"),
            _count(and_(expected, came)).label("present"),
            *(
                _count(and_(expected, result.c.state == state)).label(name)
                for name, state in (
                    ("late", Attended.LATE),
                    ("left_early", Attended.LEFT_EARLY),
                    ("on_leave", Attended.LEAVE),
                    ("absent", Attended.ABSENT),
                )
            ),
            _count(and_(expected, result.c.exempt)).label("exempt"),
            _count(result.c.state == Attended.NON_VOTING).label("non_voting"),
            _count(and_(expected, not_(result.c.exempt))).label("counted"),
            _count(and_(expected, not_(result.c.exempt), came)).label("came"),
            func.sum(result.c.minutes).label("minutes"),
        )
        .join(occurrence, occurrence.c.id == result.c.occurrence)
        .where(*conditions)
        .group_by(result.c.person)
    )
    if persons is not None:
        statement = statement.where(result.c.person.in_([one for one in persons if is_id(one)]))
    return {
        row.person: Sums(**{name: row._mapping[name] for name in Sums.__dataclass_fields__})
        for row in await connection.execute(statement)
    }


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
