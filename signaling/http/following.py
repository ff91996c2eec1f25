"""This and all following meetings of a series: moved, changed, cancelled."""

from datetime import datetime

from pydantic import BaseModel

from scheduler.meetings.model import Occurrence, SeriesDraft
from signaling import keys
from signaling.http.call import Call
from signaling.http.choices import require_choices
from signaling.http.conflicts import CheckView, guarded, shown
from signaling.http.occurrences import Cancellation, MoveInput, again
from signaling.http.routing import Routes
from signaling.http.series import SeriesInput, SeriesView, view
from signaling.http.versions import expected_version, telling_what_changed
from signaling.roles import Permission

ROUTES = Routes("series")


class FollowingMeeting(BaseModel):
    """A meeting that is laid out, with the time it has now."""

    id: str
    start: datetime
    end: datetime


class FollowingCheck(CheckView):
    """What is in the way, and what becomes of the meetings that are laid out: those that `follow`
    the new plan, those that were moved alone and keep their time, those that stay cancelled, and
    those for which the new plan has no day, which are cancelled. `loses_own_time` says that the
    meeting itself was moved alone and now follows the plan."""

    follow: tuple[FollowingMeeting, ...]
    kept: tuple[FollowingMeeting, ...]
    cancelled: tuple[FollowingMeeting, ...]
    left_over: tuple[FollowingMeeting, ...]
    loses_own_time: bool


@ROUTES.get("/api/occurrences/{occurrence}/following", needs=Permission.MEETINGS_SCHEDULE)
async def get_following(call: Call) -> SeriesView:
    """Show the series as it reads from this meeting on: what somebody changes who changes this and
    all following. Its version is that of the series."""
    return view(await call.part(keys.MEETINGS).as_it_goes_on(call.occurrence))


@ROUTES.post("/api/occurrences/{occurrence}/following/check", needs=Permission.MEETINGS_SCHEDULE)
async def check_following(call: Call, body: SeriesInput) -> FollowingCheck:
    """Tell what a change of this and all following would do; nothing is saved."""
    await call.require(unit=body.unit)
    meetings, conflicts = call.part(keys.MEETINGS), call.part(keys.CONFLICTS)
    draft = body.draft()
    await require_choices(call, draft.choices or ())
    draft = await meetings.with_chosen(draft)
    effect = await meetings.continuation(call.occurrence, draft)
    check = await conflicts.of_following(meetings.as_series(draft), call.occurrence)
    return FollowingCheck(
        **(await shown(call, check)).model_dump(),
        follow=_meetings(effect.follow),
        kept=_meetings(effect.kept),
        cancelled=_meetings(effect.cancelled),
        left_over=_meetings(effect.left_over),
        loses_own_time=call.occurrence.moved,
    )


def _meetings(found: tuple[Occurrence, ...]) -> tuple[FollowingMeeting, ...]:
    return tuple(
        FollowingMeeting(id=one.id, start=one.scheduled_start, end=one.scheduled_end)
        for one in found
    )


@ROUTES.post(
    "/api/occurrences/{occurrence}/following/move",
    needs=Permission.MEETINGS_SCHEDULE,
    conditional=True,
)
async def move_following(call: Call, body: MoveInput) -> SeriesView:
    """Move a meeting and all behind it; they become a series of their own, which is returned."""
    draft = await call.part(keys.MEETINGS).following_draft(
        call.occurrence, body.start, body.duration_s
    )
    return await _continued(call, draft, body)


@ROUTES.post(
    "/api/occurrences/{occurrence}/following/change",
    needs=Permission.MEETINGS_SCHEDULE,
    conditional=True,
)
async def change_following(call: Call, body: SeriesInput) -> SeriesView:
    """Change a meeting and all behind it; they become a series of their own, which is returned."""
    await call.require(unit=body.unit)
    draft = body.draft()
    await require_choices(call, draft.choices or ())
    return await _continued(call, await call.part(keys.MEETINGS).with_chosen(draft), body)


@ROUTES.post(
    "/api/occurrences/{occurrence}/following/cancel",
    needs=Permission.MEETINGS_SCHEDULE,
    conditional=True,
)
async def cancel_following(call: Call, body: Cancellation) -> SeriesView:
    """Cancel a meeting and all behind it: the series ends before it."""
    version = expected_version(call.request)
    async with telling_what_changed(call.request, lambda: again(call)):
        ended = await call.part(keys.MEETINGS).end_series(
            call.occurrence, body.reason, call.author, version
        )
    return view(ended)


async def _continued(call: Call, draft: SeriesDraft, body: MoveInput | SeriesInput) -> SeriesView:
    meetings, conflicts = call.part(keys.MEETINGS), call.part(keys.CONFLICTS)
    planned = meetings.as_series(draft)
    version = expected_version(call.request)
    async with (
        telling_what_changed(call.request, lambda: again(call)),
        guarded(call, lambda: conflicts.of_following(planned, call.occurrence), body) as saving,
    ):
        return view(
            await meetings.continue_series(
                call.occurrence, draft, call.author, version, saving=saving
            )
        )
