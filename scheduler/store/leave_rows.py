"""Queries over the leaves of many meetings: those that wait for somebody, and those of a person."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.meetings.model import Decision, Leave, LeaveReason, LeaveRequest, State
from scheduler.store.meeting_tables import leave, occurrence

_UNDECIDED = (State.SCHEDULED, State.OPEN, State.CLOSED)
_MOST = 500


async def requested(
    connection: AsyncConnection, units: Collection[str] | None
) -> tuple[LeaveRequest, ...]:
    """Return the leaves nobody has decided on, of meetings that are not settled yet, in the order
    of the meetings; at most 500. `units` None: of all."""
    where = [leave.c.decision == Decision.REQUESTED, occurrence.c.state.in_(_UNDECIDED)]
    if units is not None:
        where.append(occurrence.c.unit.in_(units))
    return await _read(connection, _query(*where))


async def of_person(
    connection: AsyncConnection, person: str, since: datetime
) -> tuple[LeaveRequest, ...]:
    """Return the leaves of a person from meetings that begin at `since` or later."""
    return await _read(
        connection, _query(leave.c.person == person, occurrence.c.scheduled_start >= since)
    )


def _query(*where: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            leave,
            occurrence.c.title,
            occurrence.c.unit,
            occurrence.c.scheduled_start,
            occurrence.c.scheduled_end,
        )
        .join(occurrence, occurrence.c.id == leave.c.occurrence)
        .where(*where)
        .order_by(occurrence.c.scheduled_start, leave.c.occurrence, leave.c.requested_at)
        .limit(_MOST)
    )


async def _read(connection: AsyncConnection, query: Select[Any]) -> tuple[LeaveRequest, ...]:
    return tuple(
        LeaveRequest(
            leave=Leave(
                occurrence=row.occurrence,
                person=row.person,
                reason=LeaveReason(row.reason),
                requested_at=row.requested_at,
                requested_by=row.requested_by,
                decision=Decision(row.decision),
                decided_at=row.decided_at,
                decided_by=row.decided_by,
            ),
            title=row.title,
            unit=row.unit,
            start=row.scheduled_start,
            end=row.scheduled_end,
        )
        for row in await connection.execute(query)
    )
