"""Reading and writing series with the persons and sites they expect."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.meetings.model import Invitees, MeetingType, OnHoliday, Series, SignIn, Standing
from scheduler.store.base import is_id
from scheduler.store.meeting_tables import series, series_person, series_site

_INVITEES = frozenset(field.name for field in fields(Invitees))
_COLUMNS = tuple(field.name for field in fields(Series) if field.name not in _INVITEES)


async def insert_series(
    connection: AsyncConnection, new: Series, at: datetime, by: str | None
) -> None:
    """Store a new series."""
    await connection.execute(insert(series).values(**_values(new), changed_at=at, changed_by=by))
    await _insert_invitees(connection, new)


async def replace_series(
    connection: AsyncConnection, new: Series, at: datetime, by: str | None
) -> None:
    """Store a changed series in the place of the one with its id."""
    await connection.execute(
        update(series)
        .where(series.c.id == new.id)
        .values(**_values(new), changed_at=at, changed_by=by)
    )
    for table in (series_person, series_site):
        await connection.execute(delete(table).where(table.c.series == new.id))
    await _insert_invitees(connection, new)


async def lock_series(connection: AsyncConnection, series_id: str) -> Series | None:
    """Read a series and keep others from changing it until the transaction ends."""
    if not is_id(series_id):
        return None
    locked = select(series.c.id).where(series.c.id == series_id).with_for_update()
    await connection.execute(locked)
    return await read_series(connection, series_id)


async def read_series(connection: AsyncConnection, series_id: str) -> Series | None:
    """Read one series."""
    if not is_id(series_id):
        return None
    found = await _read(connection, series.c.id == series_id)
    return found[0] if found else None


async def all_series(
    connection: AsyncConnection, units: Collection[str] | None = None
) -> tuple[Series, ...]:
    """Read the series of the units (all when None), by unit and start time."""
    if units is None:
        return await _read(connection)
    return await _read(connection, series.c.unit.in_([unit for unit in units if is_id(unit)]))


async def series_of(connection: AsyncConnection, ids: Collection[str]) -> tuple[Series, ...]:
    """Read the series with these ids."""
    return await _read(connection, series.c.id.in_(ids)) if ids else ()


async def active_series(connection: AsyncConnection) -> tuple[Series, ...]:
    """Read the series that go on."""
    return await _read(connection, series.c.active)


def _values(new: Series) -> dict[str, object]:
    return {name: getattr(new, name) for name in _COLUMNS}


async def _insert_invitees(connection: AsyncConnection, new: Series) -> None:
    named = [
        *((person, Standing.EXPECTED) for person in new.persons),
        *((person, Standing.NON_VOTING) for person in new.non_voting),
    ]
    persons = [
        {
            "series": new.id,
            "person": person,
            "standing": standing,
            "exempt": person in new.exempt,
            "position": position,
        }
        for position, (person, standing) in enumerate(named)
    ]
    sites = [
        {"series": new.id, "site": site, "position": position}
        for position, site in enumerate(new.sites)
    ]
    if persons:
        await connection.execute(insert(series_person), persons)
    if sites:
        await connection.execute(insert(series_site), sites)


async def _read(connection: AsyncConnection, *conditions: Any) -> tuple[Series, ...]:
    order = (series.c.unit, series.c.start_time, series.c.id)
    rows = (await connection.execute(select(series).where(*conditions).order_by(*order))).all()
    chosen = select(series.c.id).where(*conditions)
    persons = await connection.execute(
        select(series_person)
        .where(series_person.c.series.in_(chosen))
        .order_by(series_person.c.series, series_person.c.position)
    )
    sites = await connection.execute(
        select(series_site)
        .where(series_site.c.series.in_(chosen))
        .order_by(series_site.c.series, series_site.c.position)
    )
    invitees: defaultdict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in persons:
        expected = row.standing == Standing.EXPECTED
        invitees[row.series]["persons" if expected else "non_voting"].append(row.person)
        if row.exempt:
            invitees[row.series]["exempt"].append(row.person)
    for row in sites:
        invitees[row.series]["sites"].append(row.site)
    return tuple(_series(row, invitees[row.id]) for row in rows)


def _series(row: Row[Any], invitees: dict[str, list[str]]) -> Series:
    values: dict[str, Any] = {name: getattr(row, name) for name in _COLUMNS}
    values |= {name: tuple(invitees.get(name, ())) for name in _INVITEES}
    values["type"] = MeetingType(row.type)
    values["sign_in"] = SignIn(row.sign_in)
    values["on_holiday"] = OnHoliday(row.on_holiday)
    return Series(**values)
