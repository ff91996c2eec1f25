"""Queries of who and what is taken when."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.meetings.model import MeetingType, Series, State
from scheduler.planning.busy import Busy
from scheduler.store import series_rows
from scheduler.store.base import is_id
from scheduler.store.meeting_tables import (
    occurrence,
    roster_person,
    roster_site,
    series,
    series_person,
    series_site,
)

_PARAMETERS = 10_000
_STANDING = (State.SCHEDULED, State.OPEN)
_COLUMNS = (
    occurrence.c.id,
    occurrence.c.series,
    occurrence.c.unit,
    occurrence.c.type,
    occurrence.c.title,
    occurrence.c.scheduled_start,
    occurrence.c.scheduled_end,
)


async def touching(
    connection: AsyncConnection,
    start: datetime,
    end: datetime,
    longest: datetime,
    persons: Collection[str],
    sites: Collection[str],
) -> tuple[Busy, ...]:
    """Read the meetings that touch [start, end) and take one of the persons or sites, with those
    they take. `longest` is `start` less the longest meeting there may be."""
    standing = (
        occurrence.c.scheduled_start >= longest,
        occurrence.c.scheduled_start < end,
        occurrence.c.scheduled_end > start,
        occurrence.c.state.in_(_STANDING),
    )
    rows: dict[str, Any] = {}
    taken: defaultdict[str, set[str]] = defaultdict(set)
    used: defaultdict[str, set[str]] = defaultdict(set)
    on_roster = roster_person.c.occurrence == occurrence.c.id
    at_site = roster_site.c.occurrence == occurrence.c.id
    for batch in _batches(persons):
        query = select(*_COLUMNS, roster_person.c.person.label("subject")).join(
            roster_person, on_roster
        )
        for row in await connection.execute(
            query.where(roster_person.c.person.in_(batch), *standing)
        ):
            rows[row.id] = row
            taken[row.id].add(row.subject)
        for column in (occurrence.c.host, occurrence.c.recorder):
            query = select(*_COLUMNS, column.label("subject"))
            for row in await connection.execute(query.where(column.in_(batch), *standing)):
                rows[row.id] = row
                taken[row.id].add(row.subject)
    for batch in _batches(sites):
        query = select(*_COLUMNS, roster_site.c.site.label("subject")).join(roster_site, at_site)
        for row in await connection.execute(query.where(roster_site.c.site.in_(batch), *standing)):
            rows[row.id] = row
            used[row.id].add(row.subject)
    found = [
        Busy(
            occurrence=row.id,
            series=row.series,
            unit=row.unit,
            type=MeetingType(row.type),
            title=row.title,
            start=row.scheduled_start,
            end=row.scheduled_end,
            persons=frozenset(taken[row.id]),
            sites=frozenset(used[row.id]),
        )
        for row in rows.values()
    ]
    return tuple(sorted(found, key=lambda one: (one.start, one.occurrence or "")))


async def series_sharing(
    connection: AsyncConnection, persons: Collection[str], sites: Collection[str]
) -> tuple[Series, ...]:
    """Read the series that go on and expect one of the persons or sites."""
    found: set[str] = set()
    for batch in _batches(persons):
        expected = series_person.c.series == series.c.id
        query = select(series.c.id).join(series_person, expected).distinct()
        found |= await _ids(connection, query, series_person.c.person.in_(batch))
        by_office = or_(series.c.host.in_(batch), series.c.recorder.in_(batch))
        found |= await _ids(connection, select(series.c.id), by_office)
    for batch in _batches(sites):
        query = select(series.c.id).join(series_site, series_site.c.series == series.c.id)
        found |= await _ids(connection, query.distinct(), series_site.c.site.in_(batch))
    return await series_rows.series_of(connection, found)


async def _ids(connection: AsyncConnection, query: Any, condition: ColumnElement[bool]) -> set[str]:
    return set((await connection.execute(query.where(condition, series.c.active))).scalars())


def _batches(values: Collection[str]) -> Iterator[list[str]]:
    waiting = iter(sorted(value for value in set(values) if is_id(value)))
    while batch := list(islice(waiting, _PARAMETERS)):
        yield batch
