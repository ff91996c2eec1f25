"""Queries of the table of neighbours."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.store.base import is_id
from scheduler.store.planning_tables import village_neighbour as table


async def of(connection: AsyncConnection, unit: str) -> tuple[str, ...]:
    """Read the neighbours somebody named for a village, in order."""
    if not is_id(unit):
        return ()
    query = select(table.c.neighbour).where(table.c.unit == unit).order_by(table.c.position)
    return tuple((await connection.execute(query)).scalars())


async def put(
    connection: AsyncConnection,
    unit: str,
    neighbours: Sequence[str],
    at: datetime,
    by: str | None,
) -> None:
    """Write the neighbours of a village in the place of those it had."""
    await connection.execute(delete(table).where(table.c.unit == unit))
    rows = [
        {
            "unit": unit,
            "neighbour": one,
            "position": position,
            "changed_at": at,
            "changed_by": by,
        }
        for position, one in enumerate(neighbours)
    ]
    if rows:
        await connection.execute(insert(table), rows)
