"""The result of an occurrence: what the fold and the corrections say, kept for long reports."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.attendance.evidence import Evidence, gather
from scheduler.attendance.tallies import tally_of
from scheduler.meetings.model import Occurrence
from scheduler.meetings.recurrence import local_day
from scheduler.store import result_rows, tally_rows
from scheduler.store.result_rows import Result


def results_of(evidence: Evidence, now: datetime) -> tuple[Result, ...]:
    """Return the result of each person; nothing for a meeting that was not held.

    A meeting that never had a minute of its schedule (the server was down, or it was ended before
    its start) is nobody's absence.
    """
    frame, folded = evidence.folded(now)
    if frame.planned <= timedelta(0):
        return ()
    rows = []
    for attendance in folded.persons:
        state, minutes = evidence.counted(attendance)
        rows.append(
            Result(
                person=attendance.person,
                standing=attendance.standing,
                exempt=attendance.exempt,
                state=state,
                minutes=minutes,
            )
        )
    return tuple(rows)


async def write_result(
    connection: AsyncConnection, occurrence: Occurrence, now: datetime, zone: ZoneInfo
) -> None:
    """Write the result of a settled occurrence with its sums, also in the place of earlier ones."""
    for evidence in await gather(connection, [occurrence], now):
        results = results_of(evidence, now)
        frame, _ = evidence.folded(now)
        tally = tally_of(results, took_place=frame.planned > timedelta(0))
        await result_rows.replace(connection, occurrence.id, results)
        day = local_day(occurrence.scheduled_start, zone)
        await tally_rows.replace(connection, occurrence, day, tally)
