"""Names for reports: of persons, of the unit each belongs to, as they were on a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.store import directory_rows

_CLOSEST = ("home", "network", "floating_host")


@dataclass(frozen=True, slots=True)
class Who:
    """A person with the unit of the home membership, or empty where there is none."""

    person: str
    name: str
    unit: str
    unit_name: str


async def who(connection: AsyncConnection, persons: Collection[str], on: date) -> dict[str, Who]:
    """Return the persons that exist, with their units on that day."""
    ids = set(persons)
    names = {row.id: row.name for row in await directory_rows.persons(connection, ids=ids)}
    units: dict[str, str] = {}
    memberships = await directory_rows.memberships(connection, on, person_ids=ids)
    for row in sorted(memberships, key=lambda row: _CLOSEST.index(row.kind), reverse=True):
        units[row.person] = row.unit
    unit_names = await _unit_names(connection, set(units.values()), on)
    return {
        person: Who(person, name, units.get(person, ""), unit_names.get(units.get(person, ""), ""))
        for person, name in names.items()
    }


async def unit_name(connection: AsyncConnection, unit: str, on: date) -> str:
    """Return the name a unit had on a day."""
    return (await _unit_names(connection, {unit}, on))[unit]


async def _unit_names(
    connection: AsyncConnection, units: Collection[str], on: date
) -> dict[str, str]:
    rows = await directory_rows.units(connection, on, ids=units)
    return {row.id: row.name for row in rows}
