"""The queries of the agenda: adding what is due, taking it by lease, recording how it went."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    FromClause,
    delete,
    exists,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.meetings.due import GATES, RANK, Due, Kind
from scheduler.store.agenda_table import DONE, MISSED, PENDING, agenda
from scheduler.store.base import insert_of


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A due action that a node holds. `attempts` tells this lease from a later one."""

    occurrence: str
    kind: Kind
    due_at: datetime
    useless_after: datetime | None
    attempts: int


async def add(connection: AsyncConnection, occurrence: str, due: Iterable[Due]) -> None:
    """Add due actions; one that stands there already, done or not, is left alone."""
    rows = [
        {
            "occurrence": occurrence,
            "kind": one.kind,
            "rank": RANK[one.kind],
            "due_at": one.at,
            "useless_after": one.useless_after,
            "state": PENDING,
            "ready_at": one.at,
            "attempts": 0,
        }
        for one in due
    ]
    into = insert_of(connection)
    await connection.execute(into(agenda).values(rows).on_conflict_do_nothing())


async def drop(connection: AsyncConnection, occurrence: str) -> None:
    """Forget the actions of an occurrence that was cancelled or moved."""
    await connection.execute(delete(agenda).where(agenda.c.occurrence == occurrence))


async def take(
    connection: AsyncConnection, node: str, now: datetime, lease: timedelta, most: int
) -> tuple[Taken, ...]:
    """Take up to `most` actions that are due, in order of due time, one for each occurrence.

    An action waits while an earlier gate of its occurrence (open, close) is not done. Two nodes
    never take the same one: the rows are locked, and skipped where another has them.
    """
    earlier = agenda.alias("earlier")
    blocked = exists().where(
        earlier.c.occurrence == agenda.c.occurrence,
        _pending(earlier),
        or_(earlier.c.kind.in_(GATES), earlier.c.ready_at <= now),
        tuple_(earlier.c.due_at, earlier.c.rank) < tuple_(agenda.c.due_at, agenda.c.rank),
    )
    chosen = (
        select(agenda.c.occurrence, agenda.c.kind)
        .where(_pending(agenda), agenda.c.ready_at <= now, ~blocked)
        .order_by(agenda.c.due_at, agenda.c.rank, agenda.c.occurrence)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    keys = [(row.occurrence, row.kind) for row in await connection.execute(chosen)]
    if not keys:
        return ()
    statement = (
        update(agenda)
        .where(tuple_(agenda.c.occurrence, agenda.c.kind).in_(keys))
        .values(taken_by=node, ready_at=now + lease, attempts=agenda.c.attempts + 1)
        .returning(agenda)
    )
    rows = {(row.occurrence, row.kind): row for row in await connection.execute(statement)}
    return tuple(
        Taken(
            occurrence=key[0],
            kind=Kind(key[1]),
            due_at=rows[key].due_at,
            useless_after=rows[key].useless_after,
            attempts=rows[key].attempts,
        )
        for key in keys
    )


async def finish(
    connection: AsyncConnection, taken: Taken, now: datetime, *, missed: str | None = None
) -> bool:
    """Record that an action is done (or missed, and why); False when the lease was lost."""
    state = DONE if missed is None else MISSED
    values = {"state": state, "finished_at": now, "taken_by": None, "last_error": missed}
    return await _change_held(connection, taken, values)


async def put_off(connection: AsyncConnection, taken: Taken, until: datetime, error: str) -> bool:
    """Record that an action failed and when it is tried again; False when the lease was lost."""
    values = {"ready_at": until, "taken_by": None, "last_error": error}
    return await _change_held(connection, taken, values)


async def extend(connection: AsyncConnection, taken: Taken, until: datetime) -> bool:
    """Hold an action longer; False when the lease was lost."""
    return await _change_held(connection, taken, {"ready_at": until})


async def release(connection: AsyncConnection, node: str, now: datetime) -> None:
    """Give back what a node holds: it stops, or has just started and held it in a former life."""
    statement = update(agenda).where(_pending(agenda), agenda.c.taken_by == node)
    await connection.execute(statement.values(ready_at=now, taken_by=None))


async def next_ready(connection: AsyncConnection) -> datetime | None:
    """Return when the next action may be taken, None where nothing is planned.

    What waits for a gate does not count: the end of the gate's action is looked for anyway.
    """
    earlier = agenda.alias("earlier")
    gated = exists().where(
        earlier.c.occurrence == agenda.c.occurrence,
        _pending(earlier),
        earlier.c.kind.in_(GATES),
        tuple_(earlier.c.due_at, earlier.c.rank) < tuple_(agenda.c.due_at, agenda.c.rank),
    )
    statement = (
        select(agenda.c.ready_at)
        .where(_pending(agenda), ~gated)
        .order_by(agenda.c.ready_at)
        .limit(1)
    )
    return (await connection.execute(statement)).scalar_one_or_none()


def _pending(table: FromClause) -> ColumnElement[bool]:
    """Return the condition word for word as in the partial index: with a bound value neither
    database could know that the index serves."""
    return table.c.state == literal_column(f"'{PENDING}'")


async def _change_held(
    connection: AsyncConnection, taken: Taken, values: Mapping[str, object]
) -> bool:
    statement = update(agenda).where(
        agenda.c.occurrence == taken.occurrence,
        agenda.c.kind == taken.kind,
        _pending(agenda),
        agenda.c.attempts == taken.attempts,
    )
    return (await connection.execute(statement.values(**values))).rowcount == 1
