"""Reading the directory. Every question is answered from one transaction with bulk queries."""

from collections.abc import Collection
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from scheduler.clock import Clock
from scheduler.directory.model import (
    COMMITTEE_POSTS,
    GROUP_LEADER,
    SMALLEST_COMMITTEE,
    Device,
    Membership,
    OrgUnit,
    Person,
    Post,
    RoleGrant,
    Site,
    Tree,
    UnitName,
)
from scheduler.errors import NotFound
from scheduler.store import directory_rows
from scheduler.store.engine import Store

LOCAL_ZONE = ZoneInfo("Asia/Shanghai")
MOST_FOUND = 100


class Directory:
    """The directory as it stands today: names, memberships and grants in force on this day."""

    def __init__(self, store: Store, clock: Clock, zone: ZoneInfo = LOCAL_ZONE) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone

    def today(self) -> date:
        """Return the local date."""
        return self._clock.now().astimezone(self._zone).date()

    async def unit(self, unit_id: str, *, on: date | None = None) -> OrgUnit:
        """Return the unit under the name it has today or had on that day; raise NotFound."""
        async with self._store.read() as connection:
            rows = await directory_rows.units(connection, on or self.today(), ids={unit_id})
        return OrgUnit(**_only(rows, "unknown_unit", unit_id))

    async def units(
        self, tree: Tree | None = None, *, ids: Collection[str] | None = None
    ) -> tuple[OrgUnit, ...]:
        """Return all units, or those of one tree, or those with these ids, ordered by id."""
        async with self._store.read() as connection:
            rows = await directory_rows.units(connection, self.today(), ids=ids)
        return tuple(OrgUnit(**row._mapping) for row in rows if tree in (None, row.tree))

    async def unit_names(self, unit_id: str) -> tuple[UnitName, ...]:
        """Return the names a unit has had, the oldest first; raise NotFound."""
        async with self._store.read() as connection:
            rows = await directory_rows.unit_names(connection, unit_id)
        if not rows:
            raise NotFound("unknown_unit", unit_id)
        return tuple(UnitName(**row._mapping) for row in rows)

    async def subtree(self, unit_id: str, *, follow_links: bool = False) -> frozenset[str]:
        """Return the ids of the unit and of all below it; raise NotFound.

        With `follow_links`, also the administrative units linked to any of them, and all below.
        """
        async with self._store.read() as connection:
            below = await directory_rows.subtree(connection, {unit_id}, follow_links=follow_links)
        if not below:
            raise NotFound("unknown_unit", unit_id)
        return below

    async def site(self, site_id: str) -> Site:
        """Return the site; raise NotFound."""
        async with self._store.read() as connection:
            rows = await directory_rows.sites(connection, ids={site_id})
        return Site(**_only(rows, "unknown_site", site_id))

    async def sites(self, ids: Collection[str] | None = None) -> dict[str, Site]:
        """Return all sites, or those of these ids that exist, by id."""
        async with self._store.read() as connection:
            rows = await directory_rows.sites(connection, ids=ids)
        return {row.id: Site(**row._mapping) for row in rows}

    async def sites_of(self, unit_ids: Collection[str]) -> tuple[Site, ...]:
        """Return the sites that belong to these units."""
        async with self._store.read() as connection:
            rows = await directory_rows.sites(connection, unit_ids=unit_ids)
        return tuple(Site(**row._mapping) for row in rows)

    async def device(self, device_id: str) -> Device:
        """Return the device, revoked or not; raise NotFound."""
        async with self._store.read() as connection:
            rows = await directory_rows.devices(connection, ids={device_id})
        if not rows:
            raise NotFound("unknown_device", device_id)
        return device_from(rows[0])

    async def devices(self, ids: Collection[str] | None = None) -> dict[str, Device]:
        """Return all devices, or those of these ids that exist, by id."""
        async with self._store.read() as connection:
            rows = await directory_rows.devices(connection, ids=ids)
        return {row.id: device_from(row) for row in rows}

    async def devices_at(self, site_ids: Collection[str]) -> tuple[Device, ...]:
        """Return the devices that stand at these sites."""
        async with self._store.read() as connection:
            rows = await directory_rows.devices(connection, site_ids=site_ids)
        return tuple(device_from(row) for row in rows)

    async def devices_held_by(self, person_ids: Collection[str]) -> tuple[Device, ...]:
        """Return the devices these persons hold."""
        async with self._store.read() as connection:
            rows = await directory_rows.devices(connection, holders=person_ids)
        return tuple(device_from(row) for row in rows)

    async def person(self, person_id: str) -> Person:
        """Return the person; raise NotFound."""
        async with self._store.read() as connection:
            rows = await directory_rows.persons(connection, ids={person_id})
        return Person(**_only(rows, "unknown_person", person_id))

    async def persons(self, ids: Collection[str]) -> dict[str, Person]:
        """Return those of these persons that exist, by id."""
        async with self._store.read() as connection:
            rows = await directory_rows.persons(connection, ids=ids)
        return {row.id: Person(**row._mapping) for row in rows}

    async def find_persons(self, text: str, limit: int = 20) -> tuple[Person, ...]:
        """Return at most `limit` (1–100) persons with the text in the name or leading the id."""
        words = text.strip().replace("\0", "")
        if not words:
            return ()
        async with self._store.read() as connection:
            found = await directory_rows.find_persons(
                connection, words, min(max(limit, 1), MOST_FOUND)
            )
        return tuple(Person(**row._mapping) for row in found)

    async def members(self, unit_id: str, on: date | None = None) -> tuple[Membership, ...]:
        """Return who belongs to the unit itself on that day (default today), by person id."""
        async with self._store.read() as connection:
            rows = await directory_rows.memberships(
                connection, on or self.today(), unit_ids={unit_id}
            )
        return tuple(Membership(**row._mapping) for row in rows)

    async def posts(self, unit_id: str, on: date | None = None) -> tuple[Post, ...]:
        """Return who holds which post in the unit on that day (default today), in the order of
        papers."""
        day = on or self.today()
        async with self._store.read() as connection:
            rows = await directory_rows.posts(connection, day, day, unit_ids={unit_id})
        order = {name: place for place, name in enumerate((*COMMITTEE_POSTS, GROUP_LEADER))}
        found = (Post(**row._mapping) for row in rows)
        return tuple(sorted(found, key=lambda one: (order[one.post], one.since, one.person)))

    async def committee(self, unit_id: str, on: date | None = None) -> tuple[str, ...]:
        """Return the persons of the unit's committee, each once; none where none is recorded, or
        fewer than a committee has."""
        held = await self.posts(unit_id, on)
        found = dict.fromkeys(one.person for one in held if one.post in COMMITTEE_POSTS)
        return tuple(found) if len(found) >= SMALLEST_COMMITTEE else ()

    async def neighbours_of(
        self, units: Collection[str], site: str, persons: Collection[str]
    ) -> tuple[Person, ...]:
        """Return who may turn up at a site: the members of these units, of the branches of the
        village it stands in, and of the units of these persons, at most `MOST_FOUND` by name."""
        today = self.today()
        async with self._store.read() as connection:
            places = await directory_rows.sites(connection, ids={site})
            linked = await directory_rows.party_units_of(connection, {row.unit for row in places})
            theirs = await directory_rows.memberships(connection, today, person_ids=persons)
            among = set(units) | linked | {row.unit for row in theirs}
            members = await directory_rows.memberships(connection, today, unit_ids=among)
            rows = await directory_rows.persons(connection, ids={row.person for row in members})
        found = sorted((Person(**row._mapping) for row in rows), key=lambda one: one.name)
        return tuple(found[:MOST_FOUND])

    async def memberships(self, person_ids: Collection[str]) -> tuple[Membership, ...]:
        """Return the memberships of these persons today."""
        async with self._store.read() as connection:
            rows = await directory_rows.memberships(connection, self.today(), person_ids=person_ids)
        return tuple(Membership(**row._mapping) for row in rows)

    async def grants(self, person_id: str) -> tuple[RoleGrant, ...]:
        """Return the roles of the person in force today."""
        async with self._store.read() as connection:
            rows = await directory_rows.grants(connection, self.today(), person_ids={person_id})
        return tuple(RoleGrant(**row._mapping) for row in rows)

    async def grants_of(self, role: str) -> tuple[RoleGrant, ...]:
        """Return who has the role today, and over what."""
        async with self._store.read() as connection:
            rows = await directory_rows.grants(connection, self.today(), role=role)
        return tuple(RoleGrant(**row._mapping) for row in rows)

    async def home_sites(self, person_ids: Collection[str]) -> dict[str, str]:
        """Return where each person sits: the village a first secretary is posted to, else the
        site of a device held. Who has neither is left out.
        """
        async with self._store.read() as connection:
            posted = await directory_rows.grants(
                connection, self.today(), person_ids=person_ids, role="first_secretary"
            )
            held = await directory_rows.devices(connection, holders=person_ids)
        found = {row.holder: row.site for row in reversed(held) if row.site}
        found |= {row.person: row.site for row in reversed(posted) if row.site}
        return found


def device_from(row: Row[*tuple[Any, ...]]) -> Device:
    """Make a device of a row of its table."""
    return Device(row.id, row.kind, row.name, row.site, row.holder, row.revoked_at is not None)


def _only(rows: directory_rows.Rows, code: str, asked: str) -> Any:
    if not rows:
        raise NotFound(code, asked)
    return rows[0]._mapping
