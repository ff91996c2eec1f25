"""Attendance of one meeting: report, exports, roll call, corrections."""

from typing import Annotated

from aiohttp import web
from pydantic import Field

from scheduler.attendance.model import Attended, MarkKind
from signaling import keys
from signaling.floor import FLOOR
from signaling.http.attendance_views import (
    CorrectionView,
    OccurrenceReportView,
    RollCallView,
    RollEntryView,
    correction_view,
    occurrence_report_view,
)
from signaling.http.call import Call
from signaling.http.downloads import CSV, XLSX, download
from signaling.http.models import Id, Input, Text
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("attendance")


class RollCallQuery(Input):
    site: Id


class RollCallMark(Input):
    site: Id
    person: Id
    mark: MarkKind
    substitute: Id | None = None


class CorrectionInput(Input):
    """What a person writes beside the facts. `minutes` left out keeps those of the facts."""

    person: Id
    state: Attended
    minutes: Annotated[float, Field(ge=0, le=1440)] | None = None
    reason: Text


@ROUTES.get("/api/occurrences/{occurrence}/attendance", needs=Permission.ATTENDANCE_READ)
async def get_attendance(call: Call) -> OccurrenceReportView:
    """Report who was there, live while the meeting is open."""
    return occurrence_report_view(await call.part(keys.REPORTS).occurrence(call.occurrence.id))


@ROUTES.get(
    "/api/occurrences/{occurrence}/attendance.csv",
    needs=Permission.ATTENDANCE_READ,
    media_type=CSV,
)
async def get_attendance_csv(call: Call) -> web.Response:
    """The report of one meeting as CSV."""
    report = await call.part(keys.REPORTS).occurrence(call.occurrence.id)
    return await download(call, report, CSV)


@ROUTES.get(
    "/api/occurrences/{occurrence}/attendance.xlsx",
    needs=Permission.ATTENDANCE_READ,
    media_type=XLSX,
)
async def get_attendance_xlsx(call: Call) -> web.Response:
    """The report of one meeting as XLSX."""
    report = await call.part(keys.REPORTS).occurrence(call.occurrence.id)
    return await download(call, report, XLSX)


@ROUTES.get("/api/occurrences/{occurrence}/roll-call", needs=Permission.ROLL_CALL)
async def get_roll_call(call: Call, query: RollCallQuery) -> RollCallView:
    """List the persons whom a site may tick, with their last tick."""
    await call.require(occurrence=call.occurrence, site=query.site)
    return await _roll_call(call, query.site)


@ROUTES.post("/api/occurrences/{occurrence}/roll-call", needs=Permission.ROLL_CALL)
async def mark_roll_call(call: Call, body: RollCallMark) -> RollCallView:
    """Tick one person of a site."""
    await call.require(occurrence=call.occurrence, site=body.site)
    await call.part(keys.ATTENDANCE).mark(
        call.occurrence.id, body.site, body.person, body.mark, call.author, body.substitute
    )
    await call.part(FLOOR).hub.refresh(call.occurrence.id)
    return await _roll_call(call, body.site)


@ROUTES.post(
    "/api/occurrences/{occurrence}/corrections", needs=Permission.ATTENDANCE_CORRECT, status=201
)
async def correct_attendance(call: Call, body: CorrectionInput) -> CorrectionView:
    """Append a correction; what the facts say stays beside it."""
    correction = await call.part(keys.ATTENDANCE).correct(
        call.occurrence.id, body.person, body.state, body.minutes, call.author, body.reason
    )
    await call.part(FLOOR).hub.refresh(call.occurrence.id)
    return correction_view(correction)


async def _roll_call(call: Call, site: str) -> RollCallView:
    entries = await call.part(keys.ATTENDANCE).marks(call.occurrence.id, site)
    return RollCallView(
        site=site,
        entries=tuple(
            RollEntryView(
                person=entry.person,
                name=entry.name,
                mark=entry.mark,
                marked_at=entry.marked_at,
                marked_by=entry.marked_by,
                substitute=entry.substitute,
                here_by_device=entry.here_by_device,
            )
            for entry in entries
        ),
    )
