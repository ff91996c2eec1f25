"""Queries of the table of public holidays and working weekends."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.meetings.public_days import DayKind, PublicDay, PublicDays
from scheduler.store.base import insert_of
from scheduler.store.public_day_tables import public_day, public_year


async def days_from(connection: AsyncConnection, first: date) -> PublicDays:
    """Read the table from a day on."""
    return PublicDays({one.day: one for one in await _read(connection, public_day.c.day >= first)})


async def days_of(connection: AsyncConnection, year: int) -> tuple[PublicDay, ...]:
    """Read the days of a year, in order."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return await _read(connection, public_day.c.day.between(first, last))


async def is_taken_over(connection: AsyncConnection, year: int) -> bool:
    """Return whether the published list of a year stands in the table."""
    query = select(public_year.c.year).where(public_year.c.year == year)
    return (await connection.execute(query)).scalar() is not None


async def take_over(
    connection: AsyncConnection, year: int, days: Sequence[PublicDay], at: datetime
) -> bool:
    """Write the published days of a year, but for those somebody edited; return False when
    another node has done so."""
    into = insert_of(connection)
    taken = into(public_year).values(year=year, taken_at=at).on_conflict_do_nothing()
    if (await connection.execute(taken.returning(public_year.c.year))).scalar() is None:
        return False
    for one in days:
        values = {"day": one.day, "kind": one.kind, "name": one.name, "changed_at": at}
        statement = into(public_day).values(values).on_conflict_do_nothing()
        await connection.execute(statement)
    return True


async def put(connection: AsyncConnection, one: PublicDay, at: datetime) -> None:
    """Write what somebody says of a day, in the place of what stood there."""
    await connection.execute(delete(public_day).where(public_day.c.day == one.day))
    values = {"day": one.day, "kind": one.kind, "name": one.name, "edited_by": one.edited_by}
    await connection.execute(insert(public_day).values(**values, changed_at=at))


async def _read(connection: AsyncConnection, condition: Any) -> tuple[PublicDay, ...]:
    query = select(public_day).where(condition).order_by(public_day.c.day)
    return tuple(
        PublicDay(day=row.day, kind=DayKind(row.kind), name=row.name, edited_by=row.edited_by)
        for row in await connection.execute(query)
    )
