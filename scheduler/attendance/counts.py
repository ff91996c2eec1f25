"""The numbers of a meeting and of a person: whole numbers, and rates that are null over nobody."""

from collections.abc import Collection

from scheduler.attendance.model import AttendanceRow, Attended, Counts
from scheduler.meetings.model import Standing

CAME = frozenset({Attended.PRESENT, Attended.LATE})
"""What counts as present (实到)."""


def rate(came: int, counted: int) -> float | None:
    """Return the attendance rate (到会率), None where nobody is counted."""
    return came / counted if counted else None


def counts_of(rows: Collection[AttendanceRow], uncounted_rooms: int, *, begun: bool) -> Counts:
    """Count the rows of one occurrence. Before it has begun there is no rate."""
    expected = [row for row in rows if row.standing is Standing.EXPECTED]
    counted = [row for row in expected if not row.exempt]

    def number(*states: Attended) -> int:
        return sum(row.counted_state in states for row in expected)

    return Counts(
        expected=len(expected),
        present=number(*CAME),
        late=number(Attended.LATE),
        left_early=number(Attended.LEFT_EARLY),
        on_leave=number(Attended.LEAVE),
        absent=number(Attended.ABSENT),
        exempt=len(expected) - len(counted),
        non_voting=sum(row.counted_state is Attended.NON_VOTING for row in rows),
        uncounted_rooms=uncounted_rooms,
        attendance_rate=rate(sum(row.counted_state in CAME for row in counted), len(counted))
        if begun
        else None,
    )
