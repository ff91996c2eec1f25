"""Queries of the answers kept for writes that a client may repeat."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.store.base import insert_of
from scheduler.store.planning_tables import idempotent_answer as table


@dataclass(frozen=True, kw_only=True)
class KeptAnswer:
    """An answer that was given; without a status the write is still under way."""

    fingerprint: str
    at: datetime
    status: int | None
    content_type: str | None
    etag: str | None
    body: bytes | None


async def claim(
    connection: AsyncConnection, author: str, key: str, fingerprint: str, at: datetime
) -> bool:
    """Write down that a write is under way; False when the key was used before."""
    into = insert_of(connection)
    values = {"author": author, "key": key, "fingerprint": fingerprint, "at": at}
    statement = into(table).values(values).on_conflict_do_nothing().returning(table.c.key)
    return (await connection.execute(statement)).scalar() is not None


async def kept(connection: AsyncConnection, author: str, key: str) -> KeptAnswer | None:
    """Read what is kept under a key."""
    query = select(table).where(table.c.author == author, table.c.key == key)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    return KeptAnswer(
        fingerprint=row.fingerprint,
        at=row.at,
        status=row.status,
        content_type=row.content_type,
        etag=row.etag,
        body=None if row.body is None else bytes(row.body),
    )


async def keep(connection: AsyncConnection, author: str, key: str, answer: KeptAnswer) -> None:
    """Keep the answer of a write that is done."""
    await connection.execute(
        update(table)
        .where(table.c.author == author, table.c.key == key)
        .values(
            status=answer.status,
            content_type=answer.content_type,
            etag=answer.etag,
            body=answer.body,
        )
    )


async def forget(connection: AsyncConnection, author: str, key: str) -> None:
    """Forget a write that was refused: it may be tried again."""
    await connection.execute(delete(table).where(table.c.author == author, table.c.key == key))


async def forget_before(connection: AsyncConnection, given: datetime, under_way: datetime) -> None:
    """Forget answers older than `given` and writes that have been under way since `under_way`."""
    old = table.c.at < given
    lost = (table.c.status.is_(None)) & (table.c.at < under_way)
    await connection.execute(delete(table).where(old | lost))
