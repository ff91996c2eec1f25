"""This and all following meetings of a series: moved, changed, cancelled."""

from scheduler.meetings.model import SeriesDraft
from signaling import keys
from signaling.http.call import Call
from signaling.http.choices import require_choices
from signaling.http.conflicts import guard
from signaling.http.occurrences import Cancellation, MoveInput, again
from signaling.http.routing import Routes
from signaling.http.series import SeriesInput, SeriesView, view
from signaling.http.versions import expected_version, telling_what_changed
from signaling.roles import Permission

ROUTES = Routes("series")


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
    check = await conflicts.of_series(
        meetings.as_series(draft), replacing={call.occurrence.series or ""}
    )
    given = await guard(call, check, body)
    version = expected_version(call.request)
    async with telling_what_changed(call.request, lambda: again(call)):
        made = await meetings.continue_series(call.occurrence, draft, call.author, version)
    await conflicts.write_down(check, given, call.author, series=made.id)
    return view(made)
