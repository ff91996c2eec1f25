"""Series: the meetings that come again."""

from datetime import date, time
from typing import Annotated

from pydantic import BaseModel, Field

from scheduler.errors import Conflict
from scheduler.meetings.model import MeetingType, OnHoliday, Series, SeriesDraft, SignIn
from signaling import keys
from signaling.http.agenda_items import AgendaLineInput
from signaling.http.call import Call
from signaling.http.choices import ChoiceInput, require_choices
from signaling.http.conflicts import AcknowledgementInput, guarded
from signaling.http.models import Id, Text, Thresholds, ThresholdsInput
from signaling.http.paging import Page, page_of
from signaling.http.routing import Routes
from signaling.http.versions import expected_version, telling_what_changed
from signaling.roles import Permission

ROUTES = Routes("series")


class SeriesView(Thresholds):
    """A series. `continues` is the one that ended where this one begins."""

    id: str
    unit: str
    type: MeetingType
    title: str
    rrule: str
    starts_on: date
    start_time: time
    duration_s: int
    sign_in: SignIn
    host: str | None
    recorder: str | None
    persons: tuple[str, ...]
    non_voting: tuple[str, ...]
    exempt: tuple[str, ...]
    sites: tuple[str, ...]
    on_holiday: OnHoliday
    active: bool
    continues: str | None
    version: int


class AllSeries(BaseModel):
    """A page; `next` is the cursor of the one behind it."""

    series: tuple[SeriesView, ...]
    next: str | None


class SeriesInput(ThresholdsInput):
    """A series. `rrule` is RFC 5545 without DTSTART; date and time are local."""

    unit: Id
    type: MeetingType
    title: Text
    rrule: Annotated[str, Field(min_length=1, max_length=500)]
    starts_on: date
    start_time: time
    duration_s: Annotated[int, Field(ge=60, le=24 * 3600)]
    sign_in: SignIn = SignIn.DEVICE
    host: Id | None = None
    recorder: Id | None = None
    persons: Annotated[tuple[Id, ...], Field(max_length=2000)] = ()
    non_voting: Annotated[tuple[Id, ...], Field(max_length=2000)] = ()
    exempt: Annotated[tuple[Id, ...], Field(max_length=2000)] = ()
    sites: Annotated[tuple[Id, ...], Field(max_length=1000)] = ()
    on_holiday: OnHoliday = OnHoliday.KEEP
    active: bool = True
    agenda: Annotated[tuple[AgendaLineInput, ...] | None, Field(max_length=50)] = None
    choices: Annotated[tuple[ChoiceInput, ...] | None, Field(max_length=200)] = None
    acknowledged: AcknowledgementInput | None = None

    def draft(self) -> SeriesDraft:
        """Return what the domain takes."""
        kept = SeriesInput.model_fields.keys() - {"acknowledged"}
        values = {name: getattr(self, name) for name in kept}
        if self.agenda is not None:
            values["agenda"] = tuple(one.line() for one in self.agenda)
        if self.choices is not None:
            values["choices"] = tuple(one.choice() for one in self.choices)
        return SeriesDraft(**values)


class SeriesChange(SeriesInput):
    """The whole series anew. `version` (or If-Match) is the one that was read; where the stored
    one differs nothing is changed."""

    version: int | None = None


@ROUTES.get("/api/series", needs=Permission.MEETINGS_SCHEDULE)
async def list_series(call: Call, query: Page) -> AllSeries:
    """List the series of my units."""
    found = await call.part(keys.MEETINGS).all_series(await call.units())
    shown, following = page_of(
        found, lambda one: (one.unit, one.start_time.isoformat(), one.id), query
    )
    return AllSeries(series=tuple(view(series) for series in shown), next=following)


@ROUTES.post("/api/series", needs=Permission.MEETINGS_SCHEDULE, status=201)
async def create_series(call: Call, body: SeriesInput) -> SeriesView:
    """Create a series and lay out its meetings."""
    await call.require(unit=body.unit)
    meetings, conflicts = call.part(keys.MEETINGS), call.part(keys.CONFLICTS)
    draft = await _chosen(call, body)
    planned = meetings.as_series(draft)
    async with guarded(call, lambda: conflicts.of_series(planned), body) as saving:
        return view(await meetings.create_series(draft, call.author, saving=saving))


@ROUTES.get("/api/series/{series}", needs=Permission.MEETINGS_SCHEDULE)
async def get_series(call: Call) -> SeriesView:
    """Show one series."""
    return view(call.series)


@ROUTES.put("/api/series/{series}", needs=Permission.MEETINGS_SCHEDULE, conditional=True)
async def change_series(call: Call, body: SeriesChange) -> SeriesView:
    """Change a series; its meetings that have not opened follow."""
    await call.require(unit=body.unit)
    meetings, conflicts = call.part(keys.MEETINGS), call.part(keys.CONFLICTS)
    version = expected_version(call.request)
    version = body.version if version is None else version
    series = call.series
    async with telling_what_changed(call.request, lambda: current(call)):
        if version is not None and version != series.version:
            raise Conflict("series_changed", series.id)
        draft = await _chosen(call, body)
        planned = meetings.as_series(draft, series.id)
        async with guarded(call, lambda: conflicts.of_series(planned, {series.id}), body) as saving:
            return view(
                await meetings.change_series(series.id, draft, call.author, version, saving=saving)
            )


async def _chosen(call: Call, body: SeriesInput) -> SeriesDraft:
    draft: SeriesDraft = body.draft()
    await require_choices(call, draft.choices or ())
    return await call.part(keys.MEETINGS).with_chosen(draft)


async def current(call: Call) -> SeriesView:
    """Describe the series of the path as it stands now."""
    return view(await call.part(keys.MEETINGS).series(call.series.id))


def view(series: Series) -> SeriesView:
    """Describe a series."""
    return SeriesView(
        **Thresholds.of(series),
        id=series.id,
        unit=series.unit,
        type=series.type,
        title=series.title,
        rrule=series.rrule,
        starts_on=series.starts_on,
        start_time=series.start_time,
        duration_s=series.duration_s,
        sign_in=series.sign_in,
        host=series.host,
        recorder=series.recorder,
        persons=series.persons,
        non_voting=series.non_voting,
        exempt=series.exempt,
        sites=series.sites,
        on_holiday=series.on_holiday,
        active=series.active,
        continues=series.continues,
        version=series.version,
    )
