"""Reading and writing records and their entries."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.meetings.model import MeetingType, State
from scheduler.records.chain import Entry, EntryKind
from scheduler.records.states import RecordState
from scheduler.store.base import is_id
from scheduler.store.meeting_tables import occurrence
from scheduler.store.record_tables import meeting_record, record_entry

WANTS_A_RECORD = or_(
    meeting_record.c.occurrence.is_not(None),
    and_(
        or_(occurrence.c.type != MeetingType.WORK_MEETING, occurrence.c.recorder.is_not(None)),
        or_(
            occurrence.c.closed_at.is_(None),
            occurrence.c.closed_at > occurrence.c.scheduled_start,
        ),
    ),
)
"""A call between offices wants one only where somebody is to write it or has written; a meeting
that was closed before its time was not held."""

BEGUN = (State.OPEN, State.CLOSED, State.SETTLED)
"""Meetings that have a record: from the opening on somebody may write."""


@dataclass(frozen=True, kw_only=True)
class RecordRow:
    """Where a record stands. `minutes` is JSON; `signed_version` the `seq` that was signed."""

    occurrence: str
    state: RecordState
    version: int
    minutes: str
    signed_version: int | None
    host_signed: bool
    recorder_signed: bool
    quorum_met: bool | None
    submitted_at: datetime | None
    archived_at: datetime | None
    changed_at: datetime
    changed_by: str | None


@dataclass(frozen=True, kw_only=True)
class ListedRecord:
    """A line of the list of records. `version` 0: nobody has written into it yet."""

    occurrence: str
    unit: str
    type: str
    title: str
    scheduled_start: datetime
    scheduled_end: datetime
    meeting_state: State
    host: str | None
    recorder: str | None
    state: RecordState
    version: int
    host_signed: bool
    recorder_signed: bool
    changed_at: datetime | None


async def read(
    connection: AsyncConnection, occurrence_id: str, *, lock: bool = False
) -> RecordRow | None:
    """Read where a record stands; None: nobody has written into it yet."""
    if not is_id(occurrence_id):
        return None
    statement = select(meeting_record).where(meeting_record.c.occurrence == occurrence_id)
    if lock:
        statement = statement.with_for_update()
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        return None
    return RecordRow(**dict(row._mapping) | {"state": RecordState(row.state)})


async def write(connection: AsyncConnection, record: RecordRow, *, new: bool) -> None:
    """Store where a record stands; the transaction must have locked its meeting."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    statement: Any = (
        insert(meeting_record)
        if new
        else update(meeting_record).where(meeting_record.c.occurrence == record.occurrence)
    )
    await connection.execute(statement.values(values))


async def append(connection: AsyncConnection, entry: Entry) -> None:
    """Append an entry; two at once collide in the primary key, so that one of them fails."""
    values = {field.name: getattr(entry, field.name) for field in fields(entry)}
    await connection.execute(insert(record_entry).values(values))


async def entries(connection: AsyncConnection, occurrence_id: str) -> tuple[Entry, ...]:
    """Read the entries of a record, in order."""
    if not is_id(occurrence_id):
        return ()
    statement = _of(occurrence_id).order_by(record_entry.c.seq)
    return tuple(_entry(row) for row in await connection.execute(statement))


async def last_entry(connection: AsyncConnection, occurrence_id: str) -> Entry | None:
    """Read the last entry of a record, None where it has none."""
    statement = _of(occurrence_id).order_by(record_entry.c.seq.desc()).limit(1)
    row = (await connection.execute(statement)).one_or_none()
    return _entry(row) if row else None


async def entry(connection: AsyncConnection, occurrence_id: str, seq: int) -> Entry:
    """Read one entry, which is there."""
    statement = _of(occurrence_id).where(record_entry.c.seq == seq)
    return _entry((await connection.execute(statement)).one())


def _of(occurrence_id: str) -> Select[Any]:
    return select(record_entry).where(record_entry.c.occurrence == occurrence_id)


def _entry(row: Row[Any]) -> Entry:
    return Entry(**dict(row._mapping) | {"kind": EntryKind(row.kind)})


async def listed(
    connection: AsyncConnection,
    *,
    units: Collection[str] | None,
    person: str | None,
    states: Collection[RecordState],
    before: tuple[datetime, str] | None,
    limit: int,
) -> tuple[ListedRecord, ...]:
    """Read records, the newest meeting first: those of the units (None: all) and those of the
    meetings that the person hosts or records. `before` is (start, id) of the last one read."""
    statement = _listing(units, person)
    wanted: list[Any] = [meeting_record.c.state.in_(list(states))]
    if RecordState.DRAFTING in states:
        wanted.append(meeting_record.c.state.is_(None))
    statement = statement.where(or_(*wanted))
    if before is not None:
        start, last = before
        statement = statement.where(
            or_(
                occurrence.c.scheduled_start < start,
                and_(occurrence.c.scheduled_start == start, occurrence.c.id < last),
            )
        )
    statement = statement.order_by(occurrence.c.scheduled_start.desc(), occurrence.c.id.desc())
    return tuple(_listed(row) for row in await connection.execute(statement.limit(limit)))


async def counted(
    connection: AsyncConnection, *, units: Collection[str] | None, person: str | None
) -> dict[RecordState, int]:
    """Count the same records by state."""
    listing = _listing(units, person).subquery()
    statement = select(listing.c.record_state, func.count()).group_by(listing.c.record_state)
    found = dict.fromkeys(RecordState, 0)
    for state, number in await connection.execute(statement):
        found[RecordState.DRAFTING if state is None else RecordState(state)] += number
    return found


def _listing(units: Collection[str] | None, person: str | None) -> Select[Any]:
    statement = (
        select(
            occurrence.c.id,
            occurrence.c.unit,
            occurrence.c.type,
            occurrence.c.title,
            occurrence.c.scheduled_start,
            occurrence.c.scheduled_end,
            occurrence.c.state,
            occurrence.c.host,
            occurrence.c.recorder,
            meeting_record.c.state.label("record_state"),
            meeting_record.c.version,
            meeting_record.c.host_signed,
            meeting_record.c.recorder_signed,
            meeting_record.c.changed_at,
        )
        .outerjoin(meeting_record, meeting_record.c.occurrence == occurrence.c.id)
        .where(occurrence.c.state.in_(BEGUN), WANTS_A_RECORD)
    )
    if units is None:
        return statement
    mine: list[Any] = [occurrence.c.unit.in_([unit for unit in units if is_id(unit)])]
    if person is not None:
        mine += [occurrence.c.host == person, occurrence.c.recorder == person]
    return statement.where(or_(*mine))


def _listed(row: Row[Any]) -> ListedRecord:
    return ListedRecord(
        occurrence=row.id,
        unit=row.unit,
        type=row.type,
        title=row.title,
        scheduled_start=row.scheduled_start,
        scheduled_end=row.scheduled_end,
        meeting_state=State(row.state),
        host=row.host,
        recorder=row.recorder,
        state=RecordState(row.record_state or RecordState.DRAFTING),
        version=row.version or 0,
        host_signed=bool(row.host_signed),
        recorder_signed=bool(row.recorder_signed),
        changed_at=row.changed_at,
    )
