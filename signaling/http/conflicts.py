"""Conflicts as they are shown before saving, and what saving over them needs."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, Field

from scheduler.errors import Conflict
from scheduler.meetings.model import MeetingType
from scheduler.planning.busy import Clash
from scheduler.planning.conflicts import Acknowledgement, Check
from scheduler.planning.saved_over import SavedOver
from signaling import keys
from signaling.http.call import Call
from signaling.http.models import Input, Text
from signaling.http.versions import Changed


class Named(BaseModel):
    id: str
    name: str


class OtherMeeting(BaseModel):
    """The meeting in the way. Without `occurrence` it is a day of a series that is not laid out
    yet. `title` is left out where who asks may not know it."""

    occurrence: str | None
    series: str | None
    unit_name: str
    type: MeetingType
    title: str | None
    start: datetime
    end: datetime


class ConflictView(BaseModel):
    """What two meetings need at the same time. `stays` is which of them the order of precedence
    keeps; a person decides."""

    start: datetime
    end: datetime
    other: OtherMeeting
    persons: tuple[Named, ...]
    rooms: tuple[Named, ...]
    sites: tuple[Named, ...]
    devices: tuple[Named, ...]
    stays: Literal["this", "other", "either"]


class PlannedView(BaseModel):
    """When a meeting will be. `holiday` is what it gives way to; it is cancelled or has moved."""

    start: datetime
    end: datetime
    holiday: str | None
    cancelled: bool


class CheckView(BaseModel):
    """The coming meetings that were looked at, and what stands in their way.

    `digest` names just these conflicts; who saves over them sends it back with a reason.
    `free_rooms` are free at all these times, `free_times` are other starts for the first.
    """

    planned: tuple[PlannedView, ...]
    conflicts: tuple[ConflictView, ...]
    digest: str
    free_rooms: tuple[Named, ...]
    free_times: tuple[datetime, ...]


class AcknowledgementInput(Input):
    """The conflicts that were shown, by their digest, and why the meeting is held all the same."""

    digest: Annotated[str, Field(max_length=64)]
    reason: Text


class Acknowledging(Protocol):
    """A request that may acknowledge conflicts."""

    @property
    def acknowledged(self) -> AcknowledgementInput | None: ...


@asynccontextmanager
async def guarded(
    call: Call, look: Callable[[], Awaitable[Check]], body: Acknowledging
) -> AsyncIterator[SavedOver]:
    """Yield what a plan is to be saved with, so that the transaction that saves it looks once more.

    Raise Changed("schedule_conflict") with what is found, before the block or when somebody else
    took a person, a site or a device meanwhile.
    """
    given = body.acknowledged
    acknowledged = None if given is None else Acknowledgement(**given.model_dump())
    check = await look()
    try:
        yield call.part(keys.CONFLICTS).saving(check, acknowledged, call.author)
    except Conflict as error:
        if error.code != "schedule_conflict":
            raise
        raise Changed(error.code, await shown(call, await look()), precondition=False) from error


async def shown(call: Call, check: Check) -> CheckView:
    """Describe what was found to who asks."""
    directory = call.part(keys.DIRECTORY)
    persons = await directory.persons({p for clash in check.clashes for p in clash.persons})
    named = {s for clash in check.clashes for s in clash.sites}
    sites = await directory.sites(named | set(check.free_rooms))
    devices = await directory.devices({d for clash in check.clashes for d in clash.devices})
    mine = await call.units()
    units = {
        unit.id: unit.name
        for unit in await directory.units(ids={clash.other.unit for clash in check.clashes})
    }
    conflicts = call.part(keys.CONFLICTS)

    def view(clash: Clash) -> ConflictView:
        other = clash.other
        return ConflictView(
            start=clash.planned.start,
            end=clash.planned.end,
            other=OtherMeeting(
                occurrence=other.occurrence,
                series=other.series,
                unit_name=units.get(other.unit, other.unit),
                type=other.type,
                title=other.title if mine is None or other.unit in mine else None,
                start=other.start,
                end=other.end,
            ),
            persons=tuple(Named(id=p, name=persons[p].name) for p in clash.persons if p in persons),
            rooms=_sites(clash.sites, lambda one: one in check.rooms),
            sites=_sites(clash.sites, lambda one: one not in check.rooms),
            devices=tuple(Named(id=d, name=devices[d].name) for d in clash.devices if d in devices),
            stays=conflicts.stays(clash),
        )

    def _sites(ids: Collection[str], chosen: "_Chosen") -> tuple[Named, ...]:
        return tuple(Named(id=s, name=sites[s].name) for s in ids if s in sites and chosen(s))

    return CheckView(
        planned=tuple(
            PlannedView(
                start=one.start,
                end=one.end,
                holiday=one.holiday,
                cancelled=one in check.given_up,
            )
            for one in sorted([*check.planned, *check.given_up], key=lambda b: b.start)
        ),
        conflicts=tuple(view(clash) for clash in check.clashes),
        digest=check.digest,
        free_rooms=_sites(check.free_rooms, lambda _: True),
        free_times=check.free_times,
    )


class _Chosen(Protocol):
    def __call__(self, site: str, /) -> bool: ...
