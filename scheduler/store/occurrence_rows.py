"""Reading and writing occurrences."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.meetings.model import MeetingType, Occurrence, SignIn, State
from scheduler.store.base import insert_of, is_id
from scheduler.store.directory_tables import device
from scheduler.store.meeting_tables import occurrence, roster_person, roster_site

_COLUMNS = tuple(field.name for field in fields(Occurrence))


def from_row(row: Row[Any]) -> Occurrence:
    """Make an occurrence of a row of its table."""
    values = {name: getattr(row, name) for name in _COLUMNS}
    values["type"] = MeetingType(row.type)
    values["state"] = State(row.state)
    values["sign_in"] = SignIn(row.sign_in)
    return Occurrence(**values)


async def insert_missing(
    connection: AsyncConnection, new: Sequence[Occurrence], at: datetime
) -> tuple[Occurrence, ...]:
    """Store those whose day of their series is not taken yet, and return them.

    Another node may lay out the same series at the same time: the database decides who wins.
    """
    if not new:
        return ()
    into = insert_of(connection)
    stored: set[str] = set()
    for one in new:
        values = {name: getattr(one, name) for name in _COLUMNS} | {"changed_at": at}
        if one.state is State.CANCELLED:
            values["cancelled_at"] = at
        statement = into(occurrence).values(values).on_conflict_do_nothing()
        result = await connection.execute(statement.returning(occurrence.c.id))
        stored.update(result.scalars())
    return tuple(one for one in new if one.id in stored)


async def insert_one(connection: AsyncConnection, new: Occurrence, at: datetime) -> None:
    """Store an occurrence outside any series."""
    values = {name: getattr(new, name) for name in _COLUMNS} | {"changed_at": at}
    await connection.execute(insert(occurrence).values(values))


async def read_one(
    connection: AsyncConnection, occurrence_id: str, *, lock: bool = False, share: bool = False
) -> Occurrence | None:
    """Read one occurrence. Until the transaction ends nobody else changes it, with `lock` for
    this transaction alone, with `share` for all that only rely on its state."""
    if not is_id(occurrence_id):
        return None
    statement = select(occurrence).where(occurrence.c.id == occurrence_id)
    if lock or share:
        statement = statement.with_for_update(read=share)
    row = (await connection.execute(statement)).one_or_none()
    return from_row(row) if row else None


async def change(
    connection: AsyncConnection, old: Occurrence, at: datetime, **values: object
) -> Occurrence:
    """Change columns of an occurrence that this transaction has locked; return it as it is now."""
    statement = (
        update(occurrence)
        .where(occurrence.c.id == old.id)
        .values(**values, version=old.version + 1, changed_at=at)
        .returning(occurrence)
    )
    return from_row((await connection.execute(statement)).one())


async def to_come(
    connection: AsyncConnection, series_id: str, now: datetime, *, lock: bool = True
) -> tuple[Occurrence, ...]:
    """Read, and lock unless told otherwise, the occurrences of a series that are not over by their
    schedule."""
    statement = (
        select(occurrence)
        .where(occurrence.c.series == series_id, occurrence.c.scheduled_end > now)
        .order_by(occurrence.c.planned_for)
    )
    if lock:
        statement = statement.with_for_update()
    return tuple(from_row(row) for row in await connection.execute(statement))


async def planned_days(connection: AsyncConnection, first: date) -> frozenset[tuple[str, date]]:
    """Read which days from `first` on are taken, with the series that took them."""
    statement = select(occurrence.c.series, occurrence.c.planned_for).where(
        occurrence.c.series.is_not(None), occurrence.c.planned_for >= first
    )
    return frozenset((row.series, row.planned_for) for row in await connection.execute(statement))


async def touching(
    connection: AsyncConnection,
    start: datetime,
    end: datetime,
    longest: datetime,
    *,
    units: Collection[str] | None = None,
    person: str | None = None,
    site: str | None = None,
    states: Collection[State] | None = None,
) -> tuple[Occurrence, ...]:
    """Read the occurrences whose schedule touches [start, end), in order of start.

    `longest` is `start` less the longest meeting there may be: it keeps the search in the index.
    """
    conditions: list[Any] = [
        occurrence.c.scheduled_start >= longest,
        occurrence.c.scheduled_start < end,
        occurrence.c.scheduled_end > start,
    ]
    if units is not None:
        conditions.append(occurrence.c.unit.in_([unit for unit in units if is_id(unit)]))
    if states is not None:
        conditions.append(occurrence.c.state.in_(states))
    if not all(is_id(one) for one in (person, site) if one is not None):
        return ()
    if person is not None:
        conditions.append(_concerns(person))
    if site is not None:
        conditions.append(_expects_site(site))
    return await _in_order(connection, *conditions)


async def open_for_person(connection: AsyncConnection, person: str) -> tuple[Occurrence, ...]:
    """Read the open occurrences that a person is expected in, hosts or records."""
    if not is_id(person):
        return ()
    return await _in_order(connection, occurrence.c.state == State.OPEN, _concerns(person))


async def open_for_device(connection: AsyncConnection, device_id: str) -> tuple[Occurrence, ...]:
    """Read the open occurrences that expect the site or the holder of a device in use."""
    if not is_id(device_id):
        return ()
    statement = select(device.c.site, device.c.holder).where(
        device.c.id == device_id, device.c.revoked_at.is_(None)
    )
    row = (await connection.execute(statement)).one_or_none()
    reasons = []
    if row is not None and row.site is not None:
        reasons.append(_expects_site(row.site))
    if row is not None and row.holder is not None:
        reasons.append(_concerns(row.holder))
    if not reasons:
        return ()
    return await _in_order(connection, occurrence.c.state == State.OPEN, or_(*reasons))


async def _in_order(connection: AsyncConnection, *conditions: Any) -> tuple[Occurrence, ...]:
    order = (occurrence.c.scheduled_start, occurrence.c.id)
    rows = await connection.execute(select(occurrence).where(*conditions).order_by(*order))
    return tuple(from_row(row) for row in rows)


def _concerns(person: str) -> Any:
    on_roster = exists().where(
        roster_person.c.occurrence == occurrence.c.id, roster_person.c.person == person
    )
    return or_(on_roster, occurrence.c.host == person, occurrence.c.recorder == person)


def _expects_site(site: str) -> Any:
    return exists().where(roster_site.c.occurrence == occurrence.c.id, roster_site.c.site == site)
