"""Dry runs: what would be in the way of a meeting, before anything is saved."""

from datetime import datetime

from pydantic import BaseModel

from scheduler.meetings.model import AdhocDraft, SeriesDraft
from signaling import keys
from signaling.http.call import Call
from signaling.http.choices import require_choices
from signaling.http.conflicts import CheckView, shown
from signaling.http.models import Id
from signaling.http.occurrences import AdhocInput, NewTime
from signaling.http.routing import Routes
from signaling.http.series import SeriesInput
from signaling.roles import Permission

ROUTES = Routes("conflicts")


class SeriesCheckInput(SeriesInput):
    """A series as it would be; `series` is the one it would replace."""

    series: Id | None = None


class MoveCheckInput(NewTime):
    """Another time for a meeting; with `following` for all behind it too."""

    following: bool = False


class AcknowledgedView(BaseModel):
    """Who saved over conflicts, and why; `conflicts` is how many were shown then."""

    at: datetime
    by_name: str | None
    reason: str
    conflicts: int


class StandingConflicts(CheckView):
    """What is in the way of a meeting at its own time, and what somebody accepted."""

    acknowledged: tuple[AcknowledgedView, ...]


@ROUTES.post("/api/series/check", needs=Permission.MEETINGS_SCHEDULE)
async def check_series(call: Call, body: SeriesCheckInput) -> CheckView:
    """Tell when a series would meet and what is in the way; nothing is saved."""
    meetings = call.part(keys.MEETINGS)
    await call.require(unit=body.unit)
    draft: SeriesDraft = body.draft()
    await require_choices(call, draft.choices or ())
    planned = meetings.as_series(await meetings.with_chosen(draft), body.series or "")
    replacing = {body.series} if body.series is not None else set()
    return await shown(call, await call.part(keys.CONFLICTS).of_series(planned, replacing))


@ROUTES.post("/api/occurrences/check", needs=Permission.MEETINGS_SCHEDULE)
async def check_occurrence(call: Call, body: AdhocInput) -> CheckView:
    """Tell what is in the way of a meeting; nothing is saved."""
    await call.require(unit=body.unit)
    draft: AdhocDraft = body.draft()
    await require_choices(call, draft.choices or ())
    chosen = await call.part(keys.MEETINGS).with_chosen(draft)
    return await shown(call, await call.part(keys.CONFLICTS).of_adhoc(chosen))


@ROUTES.post("/api/occurrences/{occurrence}/move/check", needs=Permission.MEETINGS_SCHEDULE)
async def check_move(call: Call, body: MoveCheckInput) -> CheckView:
    """Tell what is in the way of a meeting at another time; nothing is saved."""
    meetings, conflicts = call.part(keys.MEETINGS), call.part(keys.CONFLICTS)
    if body.following:
        draft = await meetings.following_draft(call.occurrence, body.start, body.duration_s)
        planned = meetings.as_series(draft)
        return await shown(call, await conflicts.of_following(planned, call.occurrence))
    roster = await meetings.roster(call.occurrence.id)
    check = await conflicts.of_move(call.occurrence, roster, body.start, body.duration_s)
    return await shown(call, check)


@ROUTES.get("/api/occurrences/{occurrence}/conflicts", needs=Permission.MEETINGS_SCHEDULE)
async def get_conflicts(call: Call) -> StandingConflicts:
    """Show what is in the way of a meeting as it is planned, and what was accepted."""
    meeting, conflicts = call.occurrence, call.part(keys.CONFLICTS)
    roster = await call.part(keys.MEETINGS).roster(meeting.id)
    length = meeting.scheduled_end - meeting.scheduled_start
    check = await conflicts.of_move(
        meeting, roster, meeting.scheduled_start, int(length.total_seconds())
    )
    found = list(await conflicts.acknowledged(occurrence=meeting.id))
    if meeting.series is not None:
        found += await conflicts.acknowledged(series=meeting.series)
    persons = await call.part(keys.DIRECTORY).persons({one.by for one in found if one.by})
    return StandingConflicts(
        **(await shown(call, check)).model_dump(),
        acknowledged=tuple(
            AcknowledgedView(
                at=one.at,
                by_name=persons[one.by].name if one.by in persons else None,
                reason=one.reason,
                conflicts=len(one.conflicts),
            )
            for one in sorted(found, key=lambda one: one.at)
        ),
    )
