"""Writing posts."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.store.base import is_id
from scheduler.store.directory_tables import post, unit


async def lock(connection: AsyncConnection, of_unit: str) -> bool:
    """Let changes of a unit's posts come one after the other; return whether it exists."""
    if not is_id(of_unit):
        return False
    query = select(unit.c.id).where(unit.c.id == of_unit).with_for_update(key_share=True)
    return (await connection.execute(query)).one_or_none() is not None


async def add(
    connection: AsyncConnection, of_unit: str, since: date, held: Sequence[tuple[str, str]]
) -> None:
    """Write posts, (person, post), that are held from a day on."""
    rows = [
        {"person": person, "unit": of_unit, "post": name, "since": since, "until": None}
        for person, name in held
    ]
    if rows:
        await connection.execute(insert(post), rows)


async def end(connection: AsyncConnection, row: Row[Any], last: date | None) -> None:
    """Let a post end with a day; None: it never was held."""
    if last is None:
        await connection.execute(delete(post).where(_is(row)))
    else:
        await connection.execute(update(post).where(_is(row)).values(until=last))


async def reopen(connection: AsyncConnection, row: Row[Any]) -> None:
    """Let a post go on without an end."""
    await connection.execute(update(post).where(_is(row)).values(until=None))


def _is(row: Row[Any]) -> Any:
    return and_(
        post.c.person == row.person,
        post.c.unit == row.unit,
        post.c.post == row.post,
        post.c.since == row.since,
    )
