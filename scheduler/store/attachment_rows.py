"""Queries of the papers of meetings and of their bytes."""

from dataclasses import fields
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.planning.papers import Attachment
from scheduler.store.base import insert_of, is_id
from scheduler.store.planning_tables import attachment, document

_COLUMNS = tuple(field.name for field in fields(Attachment))


async def of(connection: AsyncConnection, occurrence: str) -> tuple[Attachment, ...]:
    """Read the papers of a meeting in the order in which they were added."""
    query = select(attachment).where(attachment.c.occurrence == occurrence)
    rows = await connection.execute(query.order_by(attachment.c.added_at, attachment.c.id))
    return tuple(Attachment(**{name: getattr(row, name) for name in _COLUMNS}) for row in rows)


async def one(connection: AsyncConnection, attachment_id: str) -> Attachment | None:
    """Read one paper."""
    if not is_id(attachment_id):
        return None
    query = select(attachment).where(attachment.c.id == attachment_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Attachment(**{n: getattr(row, n) for n in _COLUMNS})


async def content(connection: AsyncConnection, sha256: str) -> bytes:
    """Read the bytes of a paper."""
    query = select(document.c.content).where(document.c.sha256 == sha256)
    return bytes((await connection.execute(query)).scalar_one())


async def add(
    connection: AsyncConnection, new: Attachment, bytes_: bytes, at: datetime, by: str | None
) -> None:
    """Store a paper; its bytes only where no meeting shows the same ones."""
    into = insert_of(connection)
    stored = into(document).values(sha256=new.sha256, content=bytes_).on_conflict_do_nothing()
    await connection.execute(stored)
    values = {name: getattr(new, name) for name in _COLUMNS}
    await connection.execute(insert(attachment).values(**values, added_at=at, added_by=by))


async def remove(connection: AsyncConnection, old: Attachment) -> None:
    """Remove a paper, and its bytes where no other meeting shows them."""
    await connection.execute(delete(attachment).where(attachment.c.id == old.id))
    shown = select(func.count()).where(attachment.c.sha256 == old.sha256)
    if (await connection.execute(shown)).scalar_one() == 0:
        await connection.execute(delete(document).where(document.c.sha256 == old.sha256))
