"""Leaves over many meetings: what waits for a decision, and what a person asked for."""

from collections.abc import Collection

from scheduler.meetings.base import Part
from scheduler.meetings.model import LeaveRequest
from scheduler.store import leave_rows


class LeaveRequestsPart(Part):
    """Reading only; leave is asked for and decided on with the roster of its meeting."""

    async def leave_requests(
        self, units: Collection[str] | None = None
    ) -> tuple[LeaveRequest, ...]:
        """Return the leaves that wait for a decision, of the units' meetings (all when None) that
        are not settled yet, in the order of the meetings; at most 500."""
        async with self._store.read() as connection:
            return await leave_rows.requested(connection, units)

    async def leaves_of(self, person: str) -> tuple[LeaveRequest, ...]:
        """Return what a person asked for from the meetings that are still to come."""
        async with self._store.read() as connection:
            return await leave_rows.of_person(connection, person, self._clock.now())
