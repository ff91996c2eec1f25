"""The queries of the notices: finding who does not know yet, writing, taking and finishing."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    and_,
    exists,
    insert,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.meetings.model import Decision, State
from scheduler.notices.model import OF_RECORDS, Channel, Delivery, Notice, NoticeKind, NoticeState
from scheduler.store.base import insert_of
from scheduler.store.directory_tables import person
from scheduler.store.meeting_tables import leave, occurrence, roster_person
from scheduler.store.notice_tables import DUE, notice, told
from scheduler.store.waiting_rows import WaitingRecord

Rows = Sequence[Row[*tuple[Any, ...]]]

_COMING = (State.SCHEDULED, State.OPEN)
_BATCH = 500


async def not_invited(
    connection: AsyncConnection, channel: Channel, now: datetime, until: datetime
) -> Rows:
    """Return up to a batch of (occurrence, person, title, start, end, sequence) of people on the
    roster of a coming meeting who were told nothing of it, or something else.

    `sequence` is None for those who were never told. New meetings count up to `until`.
    """
    query = (
        select(
            occurrence.c.id.label("occurrence"),
            roster_person.c.person,
            occurrence.c.title,
            occurrence.c.scheduled_start.label("start"),
            occurrence.c.scheduled_end.label("end"),
            told.c.sequence,
            told.c.cancelled,
        )
        .join(roster_person, roster_person.c.occurrence == occurrence.c.id)
        .join(person, person.c.id == roster_person.c.person)
        .outerjoin(told, _told_of(roster_person.c.occurrence, roster_person.c.person, channel))
        .where(
            occurrence.c.state.in_(_COMING),
            occurrence.c.scheduled_start > now,
            _reachable(channel),
            or_(
                and_(told.c.person.is_(None), occurrence.c.scheduled_start <= until),
                told.c.cancelled,
                told.c.title != occurrence.c.title,
                told.c.start != occurrence.c.scheduled_start,
                told.c.end != occurrence.c.scheduled_end,
            ),
        )
        .order_by(occurrence.c.scheduled_start, occurrence.c.id, roster_person.c.person)
        .limit(_BATCH)
    )
    return (await connection.execute(query)).all()


async def not_called_off(connection: AsyncConnection, channel: Channel, now: datetime) -> Rows:
    """Return up to a batch of what people were told of meetings that are cancelled now, or that
    do not expect them any more."""
    query = (
        select(told)
        .join(occurrence, occurrence.c.id == told.c.occurrence)
        .outerjoin(
            roster_person,
            and_(
                roster_person.c.occurrence == told.c.occurrence,
                roster_person.c.person == told.c.person,
            ),
        )
        .where(
            told.c.channel == channel,
            ~told.c.cancelled,
            told.c.start > now,
            or_(
                occurrence.c.state == State.CANCELLED,
                and_(occurrence.c.state.in_(_COMING), roster_person.c.person.is_(None)),
            ),
        )
        .order_by(told.c.start, told.c.occurrence, told.c.person)
        .limit(_BATCH)
    )
    return (await connection.execute(query)).all()


async def not_reminded(
    connection: AsyncConnection, channel: Channel, now: datetime, until: datetime
) -> Rows:
    """Return up to a batch of what people were told of meetings that begin by `until`, of which
    they were not reminded; not those whose leave was approved."""
    excused = exists().where(
        leave.c.occurrence == told.c.occurrence,
        leave.c.person == told.c.person,
        leave.c.decision == Decision.APPROVED,
    )
    query = (
        select(told)
        .join(occurrence, occurrence.c.id == told.c.occurrence)
        .where(
            told.c.channel == channel,
            ~told.c.cancelled,
            occurrence.c.state.in_(_COMING),
            told.c.start > now,
            told.c.start <= until,
            or_(told.c.reminded_of.is_(None), told.c.reminded_of != told.c.start),
            ~excused,
        )
        .order_by(told.c.start, told.c.occurrence, told.c.person)
        .limit(_BATCH)
    )
    return (await connection.execute(query)).all()


async def write(
    connection: AsyncConnection,
    row: Row[*tuple[Any, ...]],
    channel: Channel,
    kind: NoticeKind,
    sequence: int,
    now: datetime,
) -> None:
    """Remember what a person is told, and add the message to those that are due."""
    key = {"occurrence": row.occurrence, "person": row.person, "channel": channel}
    content = {"sequence": sequence, "title": row.title, "start": row.start, "end": row.end}
    if kind is not NoticeKind.REMINDER:
        known = content | {"cancelled": kind is NoticeKind.CANCELLATION}
        into = insert_of(connection)
        statement = into(told).values(**key, **known)
        names = ("occurrence", "person", "channel")
        await connection.execute(statement.on_conflict_do_update(index_elements=names, set_=known))
    values = {"kind": kind, "written_at": now, "state": DUE, "ready_at": now, "attempts": 0}
    await connection.execute(insert(notice).values(**key, **content, **values))


async def told_of_records(
    connection: AsyncConnection, channel: Channel, occurrences: Collection[str]
) -> set[tuple[str, str, str, int]]:
    """Return (occurrence, person, kind, sequence) of what was told of these meetings' records."""
    query = select(notice.c.occurrence, notice.c.person, notice.c.kind, notice.c.sequence).where(
        notice.c.channel == channel,
        notice.c.kind.in_(OF_RECORDS),
        notice.c.occurrence.in_(occurrences),
    )
    return {tuple(row) for row in await connection.execute(query)}


async def reachable(
    connection: AsyncConnection, channel: Channel, persons: Collection[str]
) -> frozenset[str]:
    """Return those of the persons whom the channel reaches."""
    query = select(person.c.id).where(person.c.id.in_(persons), _reachable(channel))
    return frozenset((await connection.execute(query)).scalars())


async def write_of_record(
    connection: AsyncConnection,
    record: WaitingRecord,
    to: str,
    channel: Channel,
    kind: NoticeKind,
    sequence: int,
    now: datetime,
) -> None:
    """Add the message that a record waits for somebody to those that are due."""
    statement = insert(notice).values(
        occurrence=record.occurrence,
        person=to,
        channel=channel,
        kind=kind,
        sequence=sequence,
        title=record.title,
        start=record.start,
        end=record.end,
        written_at=now,
        state=DUE,
        ready_at=now,
        attempts=0,
    )
    await connection.execute(statement)


async def reminded(
    connection: AsyncConnection, row: Row[*tuple[Any, ...]], channel: Channel
) -> None:
    """Remember that a person was reminded of the start as it is now."""
    condition = _told_of(literal(row.occurrence), literal(row.person), channel)
    await connection.execute(update(told).where(condition).values(reminded_of=row.start))


async def take(
    connection: AsyncConnection, now: datetime, lease: timedelta, most: int
) -> tuple[Notice, ...]:
    """Take up to `most` notices that are due. Two nodes never take the same one."""
    chosen = (
        select(notice.c.id)
        .where(_due(), notice.c.ready_at <= now)
        .order_by(notice.c.ready_at, notice.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = (await connection.execute(chosen)).scalars().all()
    if not ids:
        return ()
    statement = (
        update(notice)
        .where(notice.c.id.in_(ids))
        .values(ready_at=now + lease, attempts=notice.c.attempts + 1)
        .returning(notice)
    )
    rows = sorted(await connection.execute(statement), key=lambda row: row.id)
    return tuple(_notice(row) for row in rows)


async def next_ready(connection: AsyncConnection) -> datetime | None:
    """Return when the next notice may be taken, None where none is due."""
    query = select(notice.c.ready_at).where(_due()).order_by(notice.c.ready_at).limit(1)
    return (await connection.execute(query)).scalar_one_or_none()


async def finish(
    connection: AsyncConnection,
    taken: Notice,
    state: NoticeState,
    now: datetime,
    error: str | None = None,
) -> None:
    """Record how a notice ended; nothing is changed when the lease was lost."""
    values = {"state": state, "finished_at": now, "error": error}
    await connection.execute(update(notice).where(_held(taken)).values(**values))


async def put_off(connection: AsyncConnection, taken: Notice, until: datetime, error: str) -> None:
    """Record that sending failed and when it is tried again."""
    statement = update(notice).where(_held(taken)).values(ready_at=until, error=error)
    await connection.execute(statement)


async def of_occurrence(connection: AsyncConnection, which: str) -> tuple[Delivery, ...]:
    """Return every notice of an occurrence, the oldest first."""
    query = select(notice).where(notice.c.occurrence == which).order_by(notice.c.id)
    return tuple(
        Delivery(
            person=row.person,
            channel=Channel(row.channel),
            kind=NoticeKind(row.kind),
            state=NoticeState(row.state),
            written_at=row.written_at,
            finished_at=row.finished_at,
            attempts=row.attempts,
            error=row.error,
        )
        for row in await connection.execute(query)
    )


def _reachable(channel: Channel) -> ColumnElement[bool]:
    """A webhook is told of everybody; its other side knows how to reach them."""
    if channel is Channel.MAIL:
        return person.c.mail.is_not(None)
    if channel is Channel.SMS:
        return person.c.phone.is_not(None)
    return literal(True)


def _told_of(which: Any, who: Any, channel: Channel) -> ColumnElement[bool]:
    return and_(told.c.occurrence == which, told.c.person == who, told.c.channel == channel)


def _due() -> ColumnElement[bool]:
    """Word for word as in the partial index."""
    return notice.c.state == literal_column(f"'{DUE}'")


def _held(taken: Notice) -> ColumnElement[bool]:
    return and_(notice.c.id == taken.id, _due(), notice.c.attempts == taken.attempts)


def _notice(row: Row[*tuple[Any, ...]]) -> Notice:
    return Notice(
        id=row.id,
        occurrence=row.occurrence,
        person=row.person,
        channel=Channel(row.channel),
        kind=NoticeKind(row.kind),
        sequence=row.sequence,
        title=row.title,
        start=row.start,
        end=row.end,
        written_at=row.written_at,
        attempts=row.attempts,
    )
