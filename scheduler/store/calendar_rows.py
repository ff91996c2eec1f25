"""Queries of the calendar feeds and of what they show."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, exists, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.calendars.model import Feed, FeedKind
from scheduler.store.base import is_id
from scheduler.store.calendar_tables import calendar_feed
from scheduler.store.meeting_tables import occurrence, series, series_person, series_site


def _feed(row: Row[Any]) -> Feed:
    return Feed(
        id=row.id,
        kind=FeedKind(row.kind),
        subject=row.subject,
        issued_by=row.issued_by,
        issued_at=row.issued_at,
    )


async def put(connection: AsyncConnection, feed: Feed, token_hash: str) -> None:
    await connection.execute(
        insert(calendar_feed).values(
            id=feed.id,
            token_hash=token_hash,
            kind=feed.kind,
            subject=feed.subject,
            issued_by=feed.issued_by,
            issued_at=feed.issued_at,
        )
    )


async def find(connection: AsyncConnection, token_hash: str) -> Feed | None:
    query = select(calendar_feed).where(calendar_feed.c.token_hash == token_hash)
    row = (await connection.execute(query)).one_or_none()
    return _feed(row) if row else None


async def issued_by(connection: AsyncConnection, person: str) -> tuple[Feed, ...]:
    """Read the feeds of a person, oldest first."""
    query = (
        select(calendar_feed)
        .where(calendar_feed.c.issued_by == person)
        .order_by(calendar_feed.c.issued_at, calendar_feed.c.id)
    )
    return tuple(_feed(row) for row in await connection.execute(query))


async def drop(connection: AsyncConnection, feed: str, person: str) -> bool:
    """Delete a feed of a person; return whether there was one."""
    if not is_id(feed):
        return False
    statement = delete(calendar_feed).where(
        calendar_feed.c.id == feed, calendar_feed.c.issued_by == person
    )
    return (await connection.execute(statement)).rowcount > 0


async def series_that_expect(
    connection: AsyncConnection, kind: FeedKind, subject: str
) -> frozenset[str]:
    """Read which series go on and expect a person or a site, or are of a unit."""
    if not is_id(subject):
        return frozenset()
    query = select(series.c.id).where(series.c.active, _expects(kind, subject))
    return frozenset((await connection.execute(query)).scalars())


def _expects(kind: FeedKind, subject: str) -> Any:
    if kind is FeedKind.UNIT:
        return series.c.unit == subject
    if kind is FeedKind.SITE:
        return exists().where(series_site.c.series == series.c.id, series_site.c.site == subject)
    invited = exists().where(
        series_person.c.series == series.c.id, series_person.c.person == subject
    )
    return or_(invited, series.c.host == subject, series.c.recorder == subject)


async def laid_out_to(
    connection: AsyncConnection, ids: Collection[str], withdrawn: str
) -> dict[str, date]:
    """Read the last day with an occurrence by series, but for those cancelled as `withdrawn`."""
    query = (
        select(occurrence.c.series, func.max(occurrence.c.planned_for).label("day"))
        .where(
            occurrence.c.series.in_(ids),
            or_(occurrence.c.cancel_reason.is_(None), occurrence.c.cancel_reason != withdrawn),
        )
        .group_by(occurrence.c.series)
    )
    return {row.series: row.day for row in await connection.execute(query)}


async def changed_at(
    connection: AsyncConnection, all_series: Collection[str], occurrences: Collection[str]
) -> dict[str, datetime]:
    """Read when each was changed last, by id."""
    found: dict[str, datetime] = {}
    for table, ids in ((series, sorted(all_series)), (occurrence, sorted(occurrences))):
        for begin in range(0, len(ids), _AT_ONCE):
            query = select(table.c.id, table.c.changed_at).where(
                table.c.id.in_(ids[begin : begin + _AT_ONCE])
            )
            found |= {row.id: row.changed_at for row in await connection.execute(query)}
    return found


_AT_ONCE = 500
"""Bound parameters of one statement; SQLite and PostgreSQL both have a limit."""
