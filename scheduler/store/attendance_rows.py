"""Appending and reading what happened: facts, marks, corrections, and which runs were alive."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.attendance.model import Attended, Correction, Fact, FactKind, Mark, MarkKind
from scheduler.store.attendance_tables import (
    attendance_correction,
    attendance_fact,
    node_alive,
    roll_call_mark,
)
from scheduler.store.base import insert_of


async def append_facts(
    connection: AsyncConnection,
    facts: Sequence[tuple[str, Fact, str | None]],
    *,
    boot: str,
    written_at: datetime,
) -> None:
    """Append facts, each with its occurrence and its cause, in this order."""
    rows = [
        {
            "occurrence": occurrence,
            "kind": fact.kind,
            "presence": fact.presence,
            "at": fact.at,
            "device": fact.device,
            "site": fact.site,
            "room": fact.room,
            "person": fact.person,
            "cause": cause,
            "boot": boot,
            "written_at": written_at,
        }
        for occurrence, fact, cause in facts
    ]
    if rows:
        await connection.execute(insert(attendance_fact), rows)


async def facts(
    connection: AsyncConnection, occurrences: Sequence[str], alive_since: datetime
) -> dict[str, list[Fact]]:
    """Read the facts by occurrence. Those of a run that has not been alive since `alive_since`
    say until when it was."""
    statement = (
        select(attendance_fact, node_alive.c.alive_at)
        .outerjoin(node_alive, node_alive.c.boot == attendance_fact.c.boot)
        .where(attendance_fact.c.occurrence.in_(occurrences))
    )
    found: defaultdict[str, list[Fact]] = defaultdict(list)
    for row in await connection.execute(statement):
        dead = row.alive_at is not None and row.alive_at < alive_since
        found[row.occurrence].append(
            Fact(
                kind=FactKind(row.kind),
                presence=row.presence,
                at=row.at,
                device=row.device,
                site=row.site,
                room=row.room,
                person=row.person,
                known_until=row.alive_at if dead else None,
            )
        )
    return found


async def append_mark(connection: AsyncConnection, occurrence: str, mark: Mark) -> None:
    """Append one tick of a roll call."""
    await connection.execute(
        insert(roll_call_mark).values(
            occurrence=occurrence,
            site=mark.site,
            person=mark.person,
            mark=mark.mark,
            substitute=mark.substitute,
            at=mark.at,
            by=mark.by,
        )
    )


async def marks(connection: AsyncConnection, occurrences: Sequence[str]) -> dict[str, list[Mark]]:
    """Read the ticks by occurrence, oldest first."""
    statement = (
        select(roll_call_mark)
        .where(roll_call_mark.c.occurrence.in_(occurrences))
        .order_by(roll_call_mark.c.id)
    )
    found: defaultdict[str, list[Mark]] = defaultdict(list)
    for row in await connection.execute(statement):
        found[row.occurrence].append(
            Mark(
                site=row.site,
                person=row.person,
                mark=MarkKind(row.mark),
                at=row.at,
                by=row.by,
                substitute=row.substitute,
            )
        )
    return found


async def append_correction(
    connection: AsyncConnection, occurrence: str, correction: Correction
) -> None:
    """Append one correction."""
    await connection.execute(
        insert(attendance_correction).values(
            occurrence=occurrence,
            person=correction.person,
            state=correction.state,
            minutes=correction.minutes,
            author=correction.author,
            reason=correction.reason,
            at=correction.at,
        )
    )


async def corrections(
    connection: AsyncConnection, occurrences: Sequence[str]
) -> dict[str, list[Correction]]:
    """Read the corrections by occurrence, oldest first."""
    statement = (
        select(attendance_correction)
        .where(attendance_correction.c.occurrence.in_(occurrences))
        .order_by(attendance_correction.c.id)
    )
    found: defaultdict[str, list[Correction]] = defaultdict(list)
    for row in await connection.execute(statement):
        found[row.occurrence].append(
            Correction(
                person=row.person,
                state=Attended(row.state),
                minutes=row.minutes,
                author=row.author,
                reason=row.reason,
                at=row.at,
            )
        )
    return found


async def write_alive(connection: AsyncConnection, node: str, boot: str, at: datetime) -> None:
    """Write down that a run of a node is alive."""
    into = insert_of(connection)
    statement = into(node_alive).values(boot=boot, node=node, alive_at=at)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["boot"], set_={"alive_at": at})
    )


async def unrecovered_boots(
    connection: AsyncConnection, node: str, boot: str
) -> list[tuple[str, datetime]]:
    """Read the former runs of a node whose open ends were not tied, and when each was last alive;
    they stay locked until the transaction ends."""
    statement = (
        select(node_alive.c.boot, node_alive.c.alive_at)
        .where(
            node_alive.c.node == node,
            node_alive.c.boot != boot,
            node_alive.c.recovered_at.is_(None),
        )
        .with_for_update()
    )
    return [(row.boot, row.alive_at) for row in await connection.execute(statement)]


async def write_recovered(connection: AsyncConnection, boot: str, at: datetime) -> None:
    """Write down that the open ends of a run are tied."""
    await connection.execute(
        update(node_alive).where(node_alive.c.boot == boot).values(recovered_at=at)
    )


async def open_presences(
    connection: AsyncConnection, boot: str, since: datetime
) -> list[tuple[str, str, datetime]]:
    """Read (occurrence, presence, time of its last fact) of the stays of a run without an end.

    `since` keeps the search short for a run that lasted a year: no meeting, and so no stay, is
    longer than what lies between it and the end of the run.
    """
    later = attendance_fact.alias("later")
    ended = exists().where(
        later.c.presence == attendance_fact.c.presence, later.c.kind == FactKind.LEFT
    )
    statement = (
        select(
            attendance_fact.c.occurrence,
            attendance_fact.c.presence,
            func.max(attendance_fact.c.at).label("at"),
        )
        .where(
            attendance_fact.c.boot == boot,
            attendance_fact.c.at >= since,
            attendance_fact.c.kind != FactKind.LEFT,
            ~ended,
        )
        .group_by(attendance_fact.c.occurrence, attendance_fact.c.presence)
    )
    rows = await connection.execute(statement)
    return [(row.occurrence, row.presence, row.at) for row in rows]
