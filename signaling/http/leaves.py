"""Leave (请假): asked for, decided on; what waits for a decision over many meetings."""

from datetime import datetime

from pydantic import BaseModel

from scheduler.errors import Refused
from scheduler.meetings.model import Decision, Leave, LeaveReason
from scheduler.meetings.model import LeaveRequest as Asked
from signaling import keys
from signaling.floor import FLOOR
from signaling.http.call import Call
from signaling.http.models import Id, Input
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("leave")


class LeaveRequest(Input):
    """Who is on leave and why: a code, never a diagnosis."""

    person: Id
    reason: LeaveReason


class LeaveDecision(Input):
    person: Id
    approve: bool


class LeaveView(BaseModel):
    person: str
    reason: LeaveReason
    decision: Decision
    requested_at: datetime
    decided_at: datetime | None
    decided_by: str | None


class Leaves(BaseModel):
    leaves: tuple[LeaveView, ...]


class AskedLeave(LeaveView):
    """A leave with the meeting it is from."""

    occurrence: str
    name: str
    title: str
    unit: str
    unit_name: str
    scheduled_start: datetime
    scheduled_end: datetime


class AskedLeaves(BaseModel):
    leaves: tuple[AskedLeave, ...]


@ROUTES.get("/api/leaves", needs=Permission.LEAVE_APPROVE)
async def list_asked_leaves(call: Call) -> AskedLeaves:
    """List the leaves that wait for a decision, of the units one may decide for."""
    found = await call.part(keys.MEETINGS).leave_requests(await call.units())
    return await _asked(call, found)


@ROUTES.get("/api/me/leaves", needs=Permission.LEAVE_REQUEST)
async def list_my_leaves(call: Call) -> AskedLeaves:
    """List what one asked for oneself, from meetings that are still to come."""
    if call.identity.person is None:
        raise Refused("leave_needs_person")
    return await _asked(call, await call.part(keys.MEETINGS).leaves_of(call.identity.person.id))


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


async def _asked(call: Call, found: tuple[Asked, ...]) -> AskedLeaves:
    directory = call.part(keys.DIRECTORY)
    persons = await directory.persons({one.leave.person for one in found})
    units = {unit.id: unit.name for unit in await directory.units(ids={one.unit for one in found})}
    return AskedLeaves(
        leaves=tuple(
            AskedLeave(
                **_leave_view(one.leave).model_dump(),
                occurrence=one.leave.occurrence,
                name=persons[one.leave.person].name,
                title=one.title,
                unit=one.unit,
                unit_name=units.get(one.unit, one.unit),
                scheduled_start=one.start,
                scheduled_end=one.end,
            )
            for one in found
        )
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
