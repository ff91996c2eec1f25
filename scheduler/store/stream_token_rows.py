"""Queries of the tokens of encoders and players."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.store.account_tables import stream_token

AnyRow = Row[*tuple[Any, ...]]


async def put(
    connection: AsyncConnection,
    token_hash: str,
    occurrence: str,
    scope: str,
    label: str,
    expires_at: datetime,
) -> None:
    await connection.execute(
        insert(stream_token).values(
            token_hash=token_hash,
            occurrence=occurrence,
            scope=scope,
            label=label,
            expires_at=expires_at,
        )
    )


async def find(
    connection: AsyncConnection, token_hashes: Sequence[str], now: datetime
) -> dict[str, AnyRow]:
    """Return (token_hash, occurrence, scope, label, expires_at) of the tokens that hold, by
    hash."""
    columns: Sequence[Any] = (
        stream_token.c.token_hash,
        stream_token.c.occurrence,
        stream_token.c.scope,
        stream_token.c.label,
        stream_token.c.expires_at,
    )
    query = select(*columns).where(
        stream_token.c.token_hash.in_(token_hashes), stream_token.c.expires_at > now
    )
    return {row.token_hash: row for row in await connection.execute(query)}


async def drop_all_of(connection: AsyncConnection, occurrence: str) -> int:
    """Delete the tokens of an occurrence; return how many."""
    statement = delete(stream_token).where(stream_token.c.occurrence == occurrence)
    return (await connection.execute(statement)).rowcount
