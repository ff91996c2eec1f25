"""Queries of the agenda items of meetings and of series."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.meetings.model import AgendaItem, AgendaLine
from scheduler.store.base import is_id
from scheduler.store.planning_tables import agenda_item, series_agenda_item

Lines = tuple[AgendaLine, ...]


async def of(connection: AsyncConnection, occurrence: str) -> tuple[AgendaItem, ...]:
    """Read the agenda of a meeting, in order."""
    return (await of_many(connection, [occurrence]))[occurrence]


async def of_many(
    connection: AsyncConnection, occurrences: Collection[str]
) -> dict[str, tuple[AgendaItem, ...]]:
    """Read the agendas of several meetings, by occurrence."""
    found: defaultdict[str, list[AgendaItem]] = defaultdict(list)
    wanted = [one for one in occurrences if is_id(one)]
    query = select(agenda_item).where(agenda_item.c.occurrence.in_(wanted))
    order = (agenda_item.c.occurrence, agenda_item.c.position)
    for row in await connection.execute(query.order_by(*order)):
        found[row.occurrence].append(
            AgendaItem(
                id=row.id,
                position=row.position,
                title=row.title,
                speaker=row.speaker,
                minutes=row.minutes,
            )
        )
    return {one: tuple(found[one]) for one in occurrences}


async def of_series(connection: AsyncConnection, series: str) -> Lines:
    """Read the agenda that every new meeting of a series begins with."""
    query = (
        select(series_agenda_item)
        .where(series_agenda_item.c.series == series)
        .order_by(series_agenda_item.c.position)
    )
    return tuple(
        AgendaLine(title=row.title, speaker=row.speaker, minutes=row.minutes)
        for row in await connection.execute(query)
    )


async def write_series(connection: AsyncConnection, series: str, lines: Lines) -> None:
    """Write the agenda of a series in the place of the one it had."""
    await connection.execute(
        delete(series_agenda_item).where(series_agenda_item.c.series == series)
    )
    rows = [
        {"series": series, "position": position, **_values(line)}
        for position, line in enumerate(lines)
    ]
    if rows:
        await connection.execute(insert(series_agenda_item), rows)


async def follow_series(
    connection: AsyncConnection, occurrences: Collection[str], old: Lines, new: Lines
) -> None:
    """Give the new agenda to those meetings whose agenda nobody has touched."""
    if old == new:
        return
    agendas = await of_many(connection, occurrences)
    untouched = [one for one in occurrences if lines_of(agendas[one]) == old]
    if untouched:
        await connection.execute(delete(agenda_item).where(agenda_item.c.occurrence.in_(untouched)))
    await copy(connection, untouched, new)


async def copy(connection: AsyncConnection, occurrences: Collection[str], lines: Lines) -> None:
    """Give an agenda to meetings that have none yet."""
    rows = [
        {"id": uuid4().hex, "occurrence": occurrence, "position": position, **_values(line)}
        for occurrence in occurrences
        for position, line in enumerate(lines)
    ]
    if rows:
        await connection.execute(insert(agenda_item), rows)


async def replace(
    connection: AsyncConnection, occurrence: str, items: Sequence[AgendaItem]
) -> None:
    """Write the agenda of a meeting; items that stay keep their identity, so that votes on them
    keep what they refer to."""
    before = {item.id for item in await of(connection, occurrence)}
    gone = before - {item.id for item in items}
    if gone:
        await connection.execute(delete(agenda_item).where(agenda_item.c.id.in_(gone)))
    for item in items:
        values = {"position": item.position, **_values(item)}
        if item.id in before:
            kept = update(agenda_item).where(agenda_item.c.id == item.id)
            await connection.execute(kept.values(**values))
        else:
            new = insert(agenda_item).values(id=item.id, occurrence=occurrence, **values)
            await connection.execute(new)


def lines_of(items: Sequence[AgendaItem]) -> Lines:
    """Return what the items say, without their identities."""
    return tuple(
        AgendaLine(title=item.title, speaker=item.speaker, minutes=item.minutes) for item in items
    )


def _values(line: AgendaLine) -> dict[str, str | int | None]:
    return {"title": line.title, "speaker": line.speaker, "minutes": line.minutes}
