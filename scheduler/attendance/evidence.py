"""All that is written down about occurrences, gathered with a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.attendance.fold import Folded, Frame, fold, frame_of
from scheduler.attendance.model import Attendance, Attended, Correction, Fact, Mark
from scheduler.meetings.model import Decision, LeaveReason, Occurrence, RosterPerson
from scheduler.store import attendance_rows, roster_rows

DEAD_AFTER = timedelta(seconds=30)
"""A node that writes every second and has not for so long is taken for dead."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of one occurrence."""

    occurrence: Occurrence
    roster: tuple[RosterPerson, ...]
    leave: dict[str, LeaveReason]
    facts: tuple[Fact, ...]
    marks: tuple[Mark, ...]
    corrections: dict[str, tuple[Correction, ...]]

    def folded(self, now: datetime) -> tuple[Frame, Folded]:
        """Fold it as it stands at `now`."""
        frame = frame_of(self.occurrence, now)
        return frame, fold(frame, self.roster, self.facts, self.marks)

    def counted(self, attendance: Attendance) -> tuple[Attended, float]:
        """Return the state and the minutes that count: the last correction, else the fold."""
        state, minutes = attendance.state, minutes_of(attendance.attended)
        for correction in self.corrections.get(attendance.person, ()):
            state = correction.state
            minutes = minutes if correction.minutes is None else correction.minutes
        return state, minutes


def minutes_of(length: timedelta) -> float:
    """Return a length in minutes."""
    return length.total_seconds() / 60


async def gather(
    connection: AsyncConnection, occurrences: Sequence[Occurrence], now: datetime
) -> tuple[Evidence, ...]:
    """Gather what is known of the occurrences, in their order."""
    ids = [one.id for one in occurrences]
    if not ids:
        return ()
    rosters = await roster_rows.persons_of(connection, ids)
    leaves: dict[str, dict[str, LeaveReason]] = {one: {} for one in ids}
    for leave in await roster_rows.leaves(connection, ids):
        if leave.decision is Decision.APPROVED:
            leaves[leave.occurrence][leave.person] = leave.reason
    facts = await attendance_rows.facts(connection, ids, now - DEAD_AFTER)
    marks = await attendance_rows.marks(connection, ids)
    corrections = await attendance_rows.corrections(connection, ids)
    return tuple(
        Evidence(
            occurrence=one,
            roster=rosters[one.id],
            leave=leaves[one.id],
            facts=tuple(facts.get(one.id, ())),
            marks=tuple(marks.get(one.id, ())),
            corrections=_by_person(corrections.get(one.id, ())),
        )
        for one in occurrences
    )


def _by_person(corrections: Sequence[Correction]) -> dict[str, tuple[Correction, ...]]:
    found: dict[str, tuple[Correction, ...]] = {}
    for correction in corrections:
        found[correction.person] = (*found.get(correction.person, ()), correction)
    return found
