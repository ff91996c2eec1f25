"""Who and what is taken when: rooms, and the persons of a unit or by name."""

from collections import defaultdict
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from scheduler.errors import Invalid
from scheduler.planning.busy import Busy
from signaling import keys
from signaling.http.call import Call
from signaling.http.models import Id
from signaling.http.paging import PagedSpan, page_of
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("free and busy")
LONGEST_DAYS = 31
MOST_PERSONS = 50


class FreeBusyQuery(PagedSpan):
    """Rooms, and with `unit` its members, or `persons` by id, parted by commas."""

    unit: Id | None = None
    persons: Annotated[str, Field(max_length=4000)] = ""


class Taken(BaseModel):
    """A meeting that takes it. `title` is left out where who asks may not know it; without
    `occurrence` the day of the series is not laid out yet."""

    start: datetime
    end: datetime
    occurrence: str | None
    title: str | None


class Row(BaseModel):
    kind: Literal["room", "person"]
    id: str
    name: str
    taken: tuple[Taken, ...]


class FreeBusyView(BaseModel):
    """Rooms first, then persons, each in order of their ids; `next` is the next page's cursor."""

    rows: tuple[Row, ...]
    next: str | None


@ROUTES.get("/api/free-busy", needs=Permission.MEETINGS_SCHEDULE)
async def get_free_busy(call: Call, query: FreeBusyQuery) -> FreeBusyView:
    """Show when rooms and persons are taken, for at most 31 days."""
    query.require_at_most(LONGEST_DAYS)
    directory = call.part(keys.DIRECTORY)
    persons = await _persons(call, query)
    rooms = {
        device.site
        for device in (await directory.devices()).values()
        if device.kind == "meeting_room" and device.site is not None and not device.revoked
    }
    subjects = [("0room", one) for one in sorted(rooms)] + [("1person", p) for p in persons]
    shown, following = page_of(subjects, lambda one: one, query)
    chosen = {one for _, one in shown}
    found = await call.part(keys.FREE_BUSY).busy(
        [p for p in persons if p in chosen],
        [room for room in rooms if room in chosen],
        query.start,
        query.end,
    )
    taken: defaultdict[str, list[Busy]] = defaultdict(list)
    for one in found:
        for subject in one.persons | one.sites:
            taken[subject].append(one)
    mine = await call.units()
    names = {p.id: p.name for p in (await directory.persons(chosen)).values()}
    names |= {site.id: site.name for site in (await directory.sites(chosen)).values()}
    return FreeBusyView(
        rows=tuple(
            Row(
                kind="room" if kind == "0room" else "person",
                id=one,
                name=names.get(one, one),
                taken=tuple(
                    Taken(
                        start=busy.start,
                        end=busy.end,
                        occurrence=busy.occurrence,
                        title=busy.title if mine is None or busy.unit in mine else None,
                    )
                    for busy in taken[one]
                ),
            )
            for kind, one in shown
        ),
        next=following,
    )


async def _persons(call: Call, query: FreeBusyQuery) -> list[str]:
    """Return whom the query asks about, as far as who asks may see them."""
    named = sorted({one for one in query.persons.split(",") if one})
    if len(named) > MOST_PERSONS:
        raise Invalid("too_many_invitees", f"at most {MOST_PERSONS}")
    for person in named:
        await call.require(person=person)
    if query.unit is None:
        return named
    await call.require(unit=query.unit)
    members = await call.part(keys.DIRECTORY).members(query.unit)
    return sorted({*named, *(one.person for one in members)})
