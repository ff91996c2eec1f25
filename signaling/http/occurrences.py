"""Occurrences: what is on, one meeting with its roster, opening, closing, cancelling, ad hoc."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from scheduler.meetings.model import AdhocDraft, MeetingType, Occurrence, SignIn, State
from scheduler.planning.conflicts import Check
from signaling import keys
from signaling.floor import FLOOR
from signaling.http.agenda_items import AgendaLineInput
from signaling.http.call import Call
from signaling.http.choices import ChoiceInput, require_choices
from signaling.http.conflicts import AcknowledgementInput, guarded
from signaling.http.models import Id, Input, Text, Thresholds, ThresholdsInput
from signaling.http.paging import PagedSpan, page_of
from signaling.http.routing import Routes
from signaling.http.versions import expected_version, telling_what_changed
from signaling.roles import Permission

ROUTES = Routes("meetings")
LONGEST_S = 24 * 3600
LONGEST_SPAN_DAYS = 400


class OccurrenceView(Thresholds):
    """One meeting. `planned_for` is the local day its series gave it; `moved` says that it takes
    place at another time, `holiday` that a public holiday moved or cancelled it. `may_run` and
    `may_read_attendance` are about who asks."""

    id: str
    series: str | None
    unit: str
    unit_name: str
    type: MeetingType
    title: str
    scheduled_start: datetime
    scheduled_end: datetime
    state: State
    opened_at: datetime | None
    closed_at: datetime | None
    cancel_reason: str | None
    planned_for: date | None
    moved: bool
    holiday: str | None
    sign_in: SignIn
    host: str | None
    recorder: str | None
    version: int
    may_run: bool
    may_read_attendance: bool


class Occurrences(BaseModel):
    """A page; `next` is the cursor of the one behind it."""

    occurrences: tuple[OccurrenceView, ...]
    next: str | None


class RosterEntry(BaseModel):
    person: str
    name: str
    standing: Literal["expected", "non_voting"]
    exempt: bool
    leave: bool
    site: str | None


class OccurrenceDetail(OccurrenceView):
    """With the roster, for those who may read the attendance; empty for the others."""

    persons: tuple[RosterEntry, ...]
    sites: tuple[str, ...]


class AdhocInput(ThresholdsInput):
    """A meeting outside any series. It starts at once when `start` is now or before."""

    unit: Id
    title: Text
    start: AwareDatetime
    duration_s: Annotated[int, Field(ge=60, le=LONGEST_S)]
    type: MeetingType = MeetingType.WORK_MEETING
    sign_in: SignIn = SignIn.DEVICE
    host: Id | None = None
    recorder: Id | None = None
    persons: Annotated[tuple[Id, ...], Field(max_length=2000)] = ()
    non_voting: Annotated[tuple[Id, ...], Field(max_length=2000)] = ()
    exempt: Annotated[tuple[Id, ...], Field(max_length=2000)] = ()
    sites: Annotated[tuple[Id, ...], Field(max_length=1000)] = ()
    agenda: Annotated[tuple[AgendaLineInput, ...], Field(max_length=50)] = ()
    choices: Annotated[tuple[ChoiceInput, ...] | None, Field(max_length=200)] = None
    acknowledged: AcknowledgementInput | None = None

    def draft(self) -> AdhocDraft:
        """Return what the domain takes."""
        kept = AdhocInput.model_fields.keys() - {"acknowledged"}
        values = {name: getattr(self, name) for name in kept}
        values["agenda"] = tuple(one.line() for one in self.agenda)
        values["choices"] = tuple(one.choice() for one in self.choices or ())
        return AdhocDraft(**values)


class Cancellation(Input):
    reason: Text


class NewTime(Input):
    """When a meeting takes place instead."""

    start: AwareDatetime
    duration_s: Annotated[int, Field(ge=60, le=LONGEST_S)]


class MoveInput(NewTime):
    acknowledged: AcknowledgementInput | None = None


@ROUTES.get("/api/occurrences", needs=Permission.MEETINGS_READ)
async def list_occurrences(call: Call, query: PagedSpan) -> Occurrences:
    """List the meetings I may know of whose schedule touches the span."""
    meetings = call.part(keys.MEETINGS)
    query.require_at_most(LONGEST_SPAN_DAYS)
    mine = await call.units()
    found = list(await meetings.occurrences(query.start, query.end, units=mine))
    if mine is not None:
        for person in _persons_of(call):
            found += await meetings.occurrences(query.start, query.end, person=person)
        for site in await _sites_of(call):
            found += await meetings.occurrences(query.start, query.end, site=site)
    distinct = {occurrence.id: occurrence for occurrence in found}
    ordered = sorted(distinct.values(), key=_place)
    shown, following = page_of(ordered, _place, query)
    names = await _unit_names(call, {occurrence.unit for occurrence in shown})
    return Occurrences(
        occurrences=tuple([await _view(call, occurrence, names) for occurrence in shown]),
        next=following,
    )


def _place(one: Occurrence) -> tuple[str, ...]:
    """UTC in one form: its order as text is that in time."""
    return (f"{one.scheduled_start:%Y-%m-%dT%H:%M:%S.%f}", one.id)


@ROUTES.post("/api/occurrences", needs=Permission.MEETINGS_SCHEDULE, status=201)
async def create_occurrence(call: Call, body: AdhocInput) -> OccurrenceView:
    """Call a meeting outside any series."""
    await call.require(unit=body.unit)
    meetings, conflicts = call.part(keys.MEETINGS), call.part(keys.CONFLICTS)
    draft: AdhocDraft = body.draft()
    await require_choices(call, draft.choices or ())
    draft = await meetings.with_chosen(draft)
    async with guarded(call, lambda: conflicts.of_adhoc(draft), body) as saving:
        made = await meetings.create_adhoc(draft, call.author, saving=saving)
    return await one(call, made)


@ROUTES.get("/api/occurrences/{occurrence}", needs=Permission.MEETINGS_READ)
async def get_occurrence(call: Call) -> OccurrenceDetail:
    """Show one meeting."""
    view = await one(call, call.occurrence)
    persons: tuple[RosterEntry, ...] = ()
    sites: tuple[str, ...] = ()
    if view.may_read_attendance:
        roster = await call.part(keys.MEETINGS).roster(call.occurrence.id)
        sites = roster.sites
        persons = tuple(
            RosterEntry(
                person=entry.person,
                name=entry.name,
                standing=entry.standing,
                exempt=entry.exempt,
                leave=entry.leave,
                site=entry.site,
            )
            for entry in roster.persons
        )
    return OccurrenceDetail(**view.model_dump(), persons=persons, sites=sites)


@ROUTES.post("/api/occurrences/{occurrence}/open", needs=Permission.MEETINGS_RUN)
async def open_occurrence(call: Call) -> OccurrenceView:
    """Open the meeting now: devices may join."""
    await call.part(FLOOR).conductor.open(call.occurrence.id, call.author)
    return await again(call)


@ROUTES.post("/api/occurrences/{occurrence}/close", needs=Permission.MEETINGS_RUN)
async def close_occurrence(call: Call) -> OccurrenceView:
    """End the meeting for everybody."""
    await call.part(FLOOR).conductor.close(call.occurrence.id, call.author)
    return await again(call)


@ROUTES.post(
    "/api/occurrences/{occurrence}/cancel", needs=Permission.MEETINGS_SCHEDULE, conditional=True
)
async def cancel_occurrence(call: Call, body: Cancellation) -> OccurrenceView:
    """Cancel a meeting that has not opened."""
    version = expected_version(call.request)
    async with telling_what_changed(call.request, lambda: again(call)):
        await call.part(FLOOR).conductor.cancel(
            call.occurrence.id, call.author, body.reason, version
        )
    return await again(call)


@ROUTES.post(
    "/api/occurrences/{occurrence}/move", needs=Permission.MEETINGS_SCHEDULE, conditional=True
)
async def move_occurrence(call: Call, body: MoveInput) -> OccurrenceView:
    """Give a meeting that has not opened another time."""
    meetings, conflicts = call.part(keys.MEETINGS), call.part(keys.CONFLICTS)
    version = expected_version(call.request)

    async def look() -> Check:
        roster = await meetings.roster(call.occurrence.id)
        return await conflicts.of_move(call.occurrence, roster, body.start, body.duration_s)

    async with (
        telling_what_changed(call.request, lambda: again(call)),
        guarded(call, look, body) as saving,
    ):
        moved = await meetings.move(
            call.occurrence.id, body.start, body.duration_s, call.author, version, saving=saving
        )
    return await one(call, moved)


async def again(call: Call) -> OccurrenceView:
    """Describe the meeting of the path as it stands now."""
    return await one(call, await call.part(keys.MEETINGS).occurrence(call.occurrence.id))


async def one(call: Call, occurrence: Occurrence) -> OccurrenceView:
    """Describe a meeting to who asks."""
    return await _view(call, occurrence, await _unit_names(call, {occurrence.unit}))


async def _view(call: Call, occurrence: Occurrence, names: dict[str, str]) -> OccurrenceView:
    access = call.part(keys.ACCESS)
    may_run = await access.allows(call.identity, Permission.MEETINGS_RUN, occurrence=occurrence)
    may_read = await access.allows(call.identity, Permission.ATTENDANCE_READ, occurrence=occurrence)
    return OccurrenceView(
        **Thresholds.of(occurrence),
        id=occurrence.id,
        series=occurrence.series,
        unit=occurrence.unit,
        unit_name=names[occurrence.unit],
        type=occurrence.type,
        title=occurrence.title,
        scheduled_start=occurrence.scheduled_start,
        scheduled_end=occurrence.scheduled_end,
        state=occurrence.state,
        opened_at=occurrence.opened_at,
        closed_at=occurrence.closed_at,
        cancel_reason=occurrence.cancel_reason,
        planned_for=occurrence.planned_for,
        moved=occurrence.moved
        or (occurrence.holiday is not None and occurrence.state is not State.CANCELLED),
        holiday=occurrence.holiday,
        sign_in=occurrence.sign_in,
        host=occurrence.host,
        recorder=occurrence.recorder,
        version=occurrence.version,
        may_run=may_run,
        may_read_attendance=may_read,
    )


async def _unit_names(call: Call, units: set[str]) -> dict[str, str]:
    found = await call.part(keys.DIRECTORY).units(ids=units)
    return {unit: unit for unit in units} | {unit.id: unit.name for unit in found}


def _persons_of(call: Call) -> set[str]:
    person, device = call.identity.person, call.identity.device
    return {p for p in (person and person.id, device and device.holder) if p}


async def _sites_of(call: Call) -> set[str]:
    device = call.identity.device
    return set(await call.sites()) | {s for s in (device and device.site,) if s}
