"""Study hours and makeup study: of oneself, or of the members of the units one is over."""

from datetime import date, datetime
from typing import Annotated, TypedDict

from aiohttp import web
from pydantic import BaseModel, Field

from scheduler.branch_clock.study_model import Act, Makeup, MakeupState, StudyReport, Way
from scheduler.branch_clock.study_sheets import study_sheet
from scheduler.meetings.model import MeetingType
from signaling import keys
from signaling.http.call import Call
from signaling.http.downloads import CSV, XLSX, as_file
from signaling.http.models import Id, Input
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("study")


class StudyQuery(Input):
    """A year; `unit` with all below it. Without rights over a unit: who asks."""

    year: Annotated[int, Field(ge=2000, le=2200)]
    unit: Id | None = None


class StudyRowView(BaseModel):
    """A person over a year. `required` and `missing` are null where nothing is required."""

    person: str
    name: str
    unit: str
    unit_name: str
    leader: bool
    lectures: int
    minutes: float
    makeup_minutes: float
    hours: float
    required: int | None
    missing: float | None


class ConversionView(BaseModel):
    since: date
    minutes: int


class StudyView(BaseModel):
    """`attendances` are 人次 and `headcount` 人数 of the lectures."""

    year: int
    conversions: tuple[ConversionView, ...]
    lectures: int
    attendances: int
    headcount: int
    rows: tuple[StudyRowView, ...]


class EntryView(BaseModel):
    act: Act
    way: Way | None
    minutes: float | None
    at: datetime
    by: str
    reason: str


class MakeupView(BaseModel):
    """A meeting that was missed; the attendance stays as it was whatever is said here."""

    occurrence: str
    type: MeetingType
    title: str
    day: date
    person: str
    name: str
    missed_as: str
    due: date
    state: MakeupState
    late: bool
    entries: tuple[EntryView, ...]


class Makeups(BaseModel):
    makeups: tuple[MakeupView, ...]


class MakeupInput(Input):
    """What somebody studied instead; `minutes` left out is the whole length."""

    person: Id
    way: Way
    minutes: Annotated[float, Field(gt=0, le=1440)] | None = None


class MakeupDecision(Input):
    """Declining needs a reason."""

    person: Id
    confirm: bool
    reason: Annotated[str, Field(max_length=200)] = ""


class Scope(TypedDict, total=False):
    """Of whom: the members of units, or persons."""

    units: frozenset[str] | None
    persons: list[str]


@ROUTES.get("/api/study-hours", needs=Permission.STATISTICS_READ)
async def get_study_hours(call: Call, query: StudyQuery) -> StudyView:
    """Report study hours; without rights over a unit only who asks."""
    return study_view(await _hours(call, query))


@ROUTES.get("/api/study-hours.csv", needs=Permission.STATISTICS_READ, media_type=CSV)
async def get_study_hours_csv(call: Call, query: StudyQuery) -> web.Response:
    """Study hours as CSV."""
    report = await _hours(call, query)
    return await as_file(study_sheet(report), f"学时-{query.year}", f"study-{query.year}", CSV)


@ROUTES.get("/api/study-hours.xlsx", needs=Permission.STATISTICS_READ, media_type=XLSX)
async def get_study_hours_xlsx(call: Call, query: StudyQuery) -> web.Response:
    """Study hours as XLSX."""
    report = await _hours(call, query)
    return await as_file(study_sheet(report), f"学时-{query.year}", f"study-{query.year}", XLSX)


@ROUTES.get("/api/makeups", needs=Permission.STATISTICS_READ)
async def list_makeups(call: Call, query: StudyQuery) -> Makeups:
    """List what has to be made up or was; without rights over a unit only of who asks."""
    found = await call.part(keys.STUDY).makeups(query.year, **await _scope(call, query))
    return Makeups(makeups=tuple(_makeup_view(one) for one in found))


@ROUTES.post("/api/occurrences/{occurrence}/makeup", needs=Permission.LEAVE_REQUEST, status=201)
async def say_made_up(call: Call, body: MakeupInput) -> MakeupView:
    """Say that one made a meeting up, or that a member did whose leave one may approve."""
    allowed = await call.part(keys.ACCESS).allows(
        call.identity, Permission.LEAVE_APPROVE, occurrence=call.occurrence
    )
    if not allowed:
        await call.require(occurrence=call.occurrence, person=body.person)
    made = await call.part(keys.STUDY).done(
        call.occurrence.id, body.person, body.way, body.minutes, call.author
    )
    return _makeup_view(made)


@ROUTES.post("/api/occurrences/{occurrence}/makeup-decision", needs=Permission.LEAVE_APPROVE)
async def decide_makeup(call: Call, body: MakeupDecision) -> MakeupView:
    """Confirm a makeup, or decline it; nobody confirms their own."""
    made = await call.part(keys.STUDY).decide(
        call.occurrence.id, body.person, body.confirm, body.reason, call.author
    )
    return _makeup_view(made)


async def _hours(call: Call, query: StudyQuery) -> StudyReport:
    return await call.part(keys.STUDY).hours(query.year, **await _scope(call, query))


async def _scope(call: Call, query: StudyQuery) -> Scope:
    if query.unit is not None:
        await call.require(unit=query.unit)
        return {"units": await call.part(keys.DIRECTORY).subtree(query.unit)}
    units: frozenset[str] | None = await call.units()
    if units is None or units:
        return {"units": units}
    person = call.identity.person
    return {"persons": [] if person is None else [person.id]}


def study_view(report: StudyReport) -> StudyView:
    """Describe study hours."""
    return StudyView(
        year=report.year,
        conversions=tuple(
            ConversionView(since=since, minutes=minutes)
            for since, minutes in report.minutes_per_hour
        ),
        lectures=report.lectures,
        attendances=report.attendances,
        headcount=report.headcount,
        rows=tuple(
            StudyRowView(**{name: getattr(row, name) for name in StudyRowView.model_fields})
            for row in report.rows
        ),
    )


def _makeup_view(one: Makeup) -> MakeupView:
    return MakeupView(
        occurrence=one.occurrence,
        type=one.type,
        title=one.title,
        day=one.day,
        person=one.person,
        name=one.name,
        missed_as=one.missed_as,
        due=one.due,
        state=one.state,
        late=one.late,
        entries=tuple(
            EntryView(**{name: getattr(entry, name) for name in EntryView.model_fields})
            for entry in one.entries
        ),
    )
