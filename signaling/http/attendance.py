"""Attendance of one meeting: report, exports, roll call, leave, corrections."""

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field

from scheduler.attendance.model import Attended, MarkKind
from scheduler.meetings.model import Leave, LeaveReason
from signaling import keys
from signaling.floor import FLOOR
from signaling.http.attendance_views import (
    CorrectionView,
    LeaveView,
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


class LeaveRequest(Input):
    """Who is on leave and why: a code, never a diagnosis."""

    person: Id
    reason: LeaveReason


class LeaveDecision(Input):
    person: Id
    approve: bool


class Leaves(BaseModel):
    leaves: tuple[LeaveView, ...]


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


@ROUTES.get("/api/occurrences/{occurrence}/leave", needs=Permission.LEAVE_APPROVE)
async def list_leaves(call: Call) -> Leaves:
    """List the leaves asked for."""
    found = await call.part(keys.MEETINGS).leaves(call.occurrence.id)
    return Leaves(leaves=tuple(_leave_view(leave) for leave in found))


@ROUTES.post("/api/occurrences/{occurrence}/leave", needs=Permission.LEAVE_REQUEST, status=201)
async def ask_for_leave(call: Call, body: LeaveRequest) -> LeaveView:
    """Ask for leave for oneself; who may approve leave here writes it down as approved."""
    meetings, access = call.part(keys.MEETINGS), call.part(keys.ACCESS)
    if await access.allows(call.identity, Permission.LEAVE_APPROVE, occurrence=call.occurrence):
        leave = await meetings.approve_leave(
            call.occurrence.id, body.person, body.reason, call.author
        )
    else:
        await call.require(occurrence=call.occurrence, person=body.person)
        leave = await meetings.request_leave(
            call.occurrence.id, body.person, body.reason, call.author
        )
    await call.part(FLOOR).hub.refresh(call.occurrence.id)
    return _leave_view(leave)


@ROUTES.post("/api/occurrences/{occurrence}/leave-decision", needs=Permission.LEAVE_APPROVE)
async def decide_leave(call: Call, body: LeaveDecision) -> LeaveView:
    """Approve or decline a leave that was asked for."""
    meetings = call.part(keys.MEETINGS)
    occurrence = call.occurrence.id
    if body.approve:
        leave = await meetings.approve_leave(occurrence, body.person, None, call.author)
    else:
        leave = await meetings.decline_leave(occurrence, body.person, call.author)
    await call.part(FLOOR).hub.refresh(occurrence)
    return _leave_view(leave)


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


def _leave_view(leave: Leave) -> LeaveView:
    return LeaveView(
        person=leave.person,
        reason=leave.reason,
        decision=leave.decision,
        requested_at=leave.requested_at,
        decided_at=leave.decided_at,
        decided_by=leave.decided_by,
    )
