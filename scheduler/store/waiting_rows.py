"""Records that wait for somebody: of meetings that are settled and want a record."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.meetings.model import State
from scheduler.records.states import RecordState
from scheduler.store.base import is_id
from scheduler.store.meeting_tables import occurrence
from scheduler.store.record_rows import WANTS_A_RECORD
from scheduler.store.record_tables import meeting_record as record

_OPEN = (RecordState.DRAFTING, RecordState.RETURNED, RecordState.SUBMITTED)


@dataclass(frozen=True, kw_only=True)
class WaitingRecord:
    """A record somebody has to do something with. `version` 0: nobody has written into it."""

    occurrence: str
    unit: str
    title: str
    start: datetime
    end: datetime
    host: str | None
    recorder: str | None
    state: RecordState
    version: int
    host_signed: bool
    recorder_signed: bool


async def since(
    connection: AsyncConnection, moment: datetime, most: int
) -> tuple[WaitingRecord, ...]:
    """Read those whose meeting was closed, or whose record changed, after a moment; what changed
    last first, so many at most."""
    statement = (
        _waiting()
        .where(or_(occurrence.c.closed_at > moment, record.c.changed_at > moment))
        .order_by(
            func.coalesce(record.c.changed_at, occurrence.c.closed_at).desc(), occurrence.c.id
        )
        .limit(most)
    )
    return tuple(_row(one) for one in await connection.execute(statement))


async def of_person(connection: AsyncConnection, person: str) -> tuple[WaitingRecord, ...]:
    """Read those of the meetings that a person hosts or records."""
    statement = _waiting().where(
        or_(occurrence.c.host == person, occurrence.c.recorder == person),
    )
    return tuple(_row(one) for one in await connection.execute(statement))


async def submitted(
    connection: AsyncConnection, units: Collection[str] | None, but_of: str | None
) -> int:
    """Count those that were handed in, of these units (None: all); not those of the person's own
    meetings, which somebody else reviews."""
    statement = (
        select(func.count())
        .select_from(record.join(occurrence, occurrence.c.id == record.c.occurrence))
        .where(record.c.state == RecordState.SUBMITTED)
    )
    if units is not None:
        statement = statement.where(occurrence.c.unit.in_([one for one in units if is_id(one)]))
    if but_of is not None:
        statement = statement.where(
            or_(occurrence.c.host.is_(None), occurrence.c.host != but_of),
            or_(occurrence.c.recorder.is_(None), occurrence.c.recorder != but_of),
        )
    return int((await connection.execute(statement)).scalar_one())


def _waiting() -> Select[*tuple[Any, ...]]:
    return (
        select(
            occurrence.c.id,
            occurrence.c.unit,
            occurrence.c.title,
            occurrence.c.scheduled_start,
            occurrence.c.scheduled_end,
            occurrence.c.host,
            occurrence.c.recorder,
            record.c.state,
            record.c.version,
            record.c.host_signed,
            record.c.recorder_signed,
        )
        .outerjoin(record, record.c.occurrence == occurrence.c.id)
        .where(
            occurrence.c.state == State.SETTLED,
            WANTS_A_RECORD,
            or_(record.c.state.is_(None), record.c.state.in_(_OPEN)),
        )
    )


def _row(row: Any) -> WaitingRecord:
    return WaitingRecord(
        occurrence=row.id,
        unit=row.unit,
        title=row.title,
        start=row.scheduled_start,
        end=row.scheduled_end,
        host=row.host,
        recorder=row.recorder,
        state=RecordState(row.state or RecordState.DRAFTING),
        version=row.version or 0,
        host_signed=bool(row.host_signed),
        recorder_signed=bool(row.recorder_signed),
    )
