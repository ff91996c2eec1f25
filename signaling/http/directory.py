"""Units, sites, persons and devices, as far as who asks may see them."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from scheduler.directory.model import Device, Site, Tree
from signaling import keys
from signaling.http.call import Call
from signaling.http.models import Input
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("directory")


class UnitView(BaseModel):
    id: str
    tree: Tree
    kind: str
    name: str
    parent: str | None


class Units(BaseModel):
    units: tuple[UnitView, ...]


class SiteView(BaseModel):
    id: str
    name: str
    kind: str
    unit: str


class Sites(BaseModel):
    sites: tuple[SiteView, ...]


class PersonView(BaseModel):
    id: str
    name: str
    units: tuple[str, ...]


class Persons(BaseModel):
    persons: tuple[PersonView, ...]


class DeviceView(BaseModel):
    id: str
    kind: Literal["video_phone", "meeting_room", "mobile", "desktop"]
    name: str
    site: str | None
    site_name: str | None
    holder: str | None
    revoked: bool


class Devices(BaseModel):
    devices: tuple[DeviceView, ...]


class UnitQuery(Input):
    tree: Tree | None = None


class SiteQuery(Input):
    unit: str | None = None


class DeviceQuery(Input):
    site: str | None = None


class PersonQuery(Input):
    text: Annotated[str, Field(min_length=1, max_length=40)]
    limit: Annotated[int, Field(ge=1, le=100)] = 20


@ROUTES.get("/api/units", needs=Permission.DIRECTORY_READ)
async def units(call: Call, query: UnitQuery) -> Units:
    """List the units of both trees or of one."""
    mine = await call.units()
    found = await call.part(keys.DIRECTORY).units(query.tree, ids=mine)
    return Units(
        units=tuple(
            UnitView(id=u.id, tree=u.tree, kind=u.kind, name=u.name, parent=u.parent) for u in found
        )
    )


@ROUTES.get("/api/sites", needs=Permission.DIRECTORY_READ)
async def sites(call: Call, query: SiteQuery) -> Sites:
    """List the sites, of one unit or of all of mine."""
    found = await _my_sites(call)
    chosen = [site for site in found.values() if query.unit in (None, site.unit)]
    return Sites(
        sites=tuple(SiteView(id=s.id, name=s.name, kind=s.kind, unit=s.unit) for s in chosen)
    )


@ROUTES.get("/api/persons", needs=Permission.DIRECTORY_READ)
async def persons(call: Call, query: PersonQuery) -> Persons:
    """Find persons of my units by a part of the name or the beginning of the id."""
    directory = call.part(keys.DIRECTORY)
    mine = await call.units()
    found = await directory.find_persons(query.text, query.limit)
    belongs: dict[str, list[str]] = {person.id: [] for person in found}
    for membership in await directory.memberships(list(belongs)):
        belongs[membership.person].append(membership.unit)
    return Persons(
        persons=tuple(
            PersonView(id=person.id, name=person.name, units=tuple(belongs[person.id]))
            for person in found
            if mine is None or mine & set(belongs[person.id])
        )
    )


@ROUTES.get("/api/devices", needs=Permission.DEVICES_READ)
async def devices(call: Call, query: DeviceQuery) -> Devices:
    """List the devices at one site or at all of mine."""
    directory = call.part(keys.DIRECTORY)
    everywhere = await call.units() is None
    found_sites = await _my_sites(call)
    if query.site is not None:
        await call.require(site=query.site)
        found: tuple[Device, ...] = await directory.devices_at([query.site])
    elif everywhere:
        found = tuple((await directory.devices()).values())
    else:
        found = await directory.devices_at(list(found_sites))
    return Devices(
        devices=tuple(
            DeviceView(
                id=device.id,
                kind=device.kind,
                name=device.name,
                site=device.site,
                site_name=found_sites[device.site].name if device.site in found_sites else None,
                holder=device.holder,
                revoked=device.revoked,
            )
            for device in found
        )
    )


async def _my_sites(call: Call) -> dict[str, Site]:
    directory = call.part(keys.DIRECTORY)
    mine = await call.units()
    if mine is None:
        return await directory.sites()
    own = await directory.sites(await call.sites())
    return own | {site.id: site for site in await directory.sites_of(mine)}
