"""Queries of the conflicts that somebody saved over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.store.planning_tables import conflict_acknowledgement as table


@dataclass(frozen=True, kw_only=True)
class Acknowledged:
    """Who saved over conflicts, when and why; `conflicts` as they were shown, by ids."""

    at: datetime
    by: str | None
    reason: str
    conflicts: tuple[dict[str, Any], ...]


async def write(
    connection: AsyncConnection,
    *,
    series: str | None,
    occurrence: str | None,
    at: datetime,
    by: str | None,
    reason: str,
    conflicts: Sequence[dict[str, object]],
) -> None:
    """Append an acknowledgement to a series or to a meeting."""
    await connection.execute(
        insert(table).values(
            series=series,
            occurrence=occurrence,
            at=at,
            by=by,
            reason=reason,
            conflicts=list(conflicts),
        )
    )


async def of(
    connection: AsyncConnection, *, series: str | None, occurrence: str | None
) -> tuple[Acknowledged, ...]:
    """Read the acknowledgements of a series or of a meeting, oldest first."""
    owner = table.c.series == series if series is not None else table.c.occurrence == occurrence
    return tuple(
        Acknowledged(at=row.at, by=row.by, reason=row.reason, conflicts=tuple(row.conflicts))
        for row in await connection.execute(select(table).where(owner).order_by(table.c.id))
    )
