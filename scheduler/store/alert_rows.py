"""Alerts: raised, resolved, seen; and who was absent for long, counted by the database."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import and_, exists, func, insert, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.attendance.model import Attended
from scheduler.branch_clock.alert_model import Alert, Condition
from scheduler.meetings.model import Standing
from scheduler.store.alert_tables import clock_alert, makeup_entry
from scheduler.store.attendance_tables import attendance_result as result
from scheduler.store.base import is_id
from scheduler.store.tally_tables import occurrence_tally as tally

CONFIRMED = "confirmed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Absence:
    """A person who missed every meeting from `first` to `last`, without leave or makeup."""

    person: str
    first: date
    last: date
    meetings: int


async def read_keys(connection: AsyncConnection) -> dict[str, bool]:
    """Read all alerts that ever were: by key, whether it stands."""
    rows = await connection.execute(select(clock_alert.c.key, clock_alert.c.resolved_at))
    return {row.key: row.resolved_at is None for row in rows}


async def raise_new(
    connection: AsyncConnection, found: Mapping[str, Condition], at: datetime
) -> None:
    """Write down alerts that were never there."""
    rows = [
        {"key": key, "raised_at": at, **{f.name: getattr(one, f.name) for f in fields(one)}}
        for key, one in found.items()
    ]
    if rows:
        await connection.execute(insert(clock_alert), rows)


async def raise_again(connection: AsyncConnection, keys: Collection[str], at: datetime) -> None:
    """Let alerts stand that were resolved; nobody has seen them now."""
    for key in keys:
        await connection.execute(
            update(clock_alert)
            .where(clock_alert.c.key == key)
            .values(raised_at=at, resolved_at=None, seen_at=None, seen_by=None)
        )


async def resolve(connection: AsyncConnection, keys: Collection[str], at: datetime) -> None:
    """Write down that what alerts were about is no longer so."""
    for key in keys:
        await connection.execute(
            update(clock_alert).where(clock_alert.c.key == key).values(resolved_at=at)
        )


async def standing(connection: AsyncConnection, units: Collection[str] | None) -> tuple[Alert, ...]:
    """Read the alerts that stand, of these units (all when None), the newest first."""
    statement = (
        select(clock_alert)
        .where(clock_alert.c.resolved_at.is_(None))
        .order_by(clock_alert.c.raised_at.desc(), clock_alert.c.key)
    )
    if units is not None:
        wanted = [one for one in units if is_id(one)]
        statement = statement.where(clock_alert.c.unit.in_(wanted))
    names = [one.name for one in fields(Alert)]
    return tuple(
        Alert(**{name: row._mapping[name] for name in names})
        for row in await connection.execute(statement)
    )


async def unit_of(connection: AsyncConnection, key: str) -> str | None:
    """Return the unit of an alert, None where there is none with this key."""
    statement = select(clock_alert.c.unit).where(clock_alert.c.key == key)
    return (await connection.execute(statement)).scalar_one_or_none()


async def see(connection: AsyncConnection, key: str, at: datetime, by: str) -> None:
    """Write down who looked at an alert first."""
    await connection.execute(
        update(clock_alert)
        .where(clock_alert.c.key == key, clock_alert.c.seen_at.is_(None))
        .values(seen_at=at, seen_by=by)
    )


async def absences(
    connection: AsyncConnection, since: date, begun_by: date, still_on: date
) -> tuple[Absence, ...]:
    """Find who missed every meeting since a day at or before `begun_by` until at least `still_on`.

    Looked at are meetings from `since` on in which the person was expected and not exempt. Leave
    and makeup that was confirmed explain an absence; one meeting alone is none.
    """
    expected = and_(
        tally.c.occurrence == result.c.occurrence,
        tally.c.day >= since,
        result.c.standing == Standing.EXPECTED,
        not_(result.c.exempt),
    )
    made_up = exists().where(
        makeup_entry.c.occurrence == result.c.occurrence,
        makeup_entry.c.person == result.c.person,
        makeup_entry.c.act == CONFIRMED,
    )
    there = (
        select(result.c.person, func.max(tally.c.day).label("day"))
        .join(tally, expected)
        .where(or_(result.c.state != Attended.ABSENT, made_up))
        .group_by(result.c.person)
        .subquery("there")
    )
    statement = (
        select(
            result.c.person,
            func.min(tally.c.day).label("first"),
            func.max(tally.c.day).label("last"),
            func.count().label("meetings"),
        )
        .join(tally, expected)
        .outerjoin(there, there.c.person == result.c.person)
        .where(
            result.c.state == Attended.ABSENT,
            or_(there.c.day.is_(None), tally.c.day > there.c.day),
        )
        .group_by(result.c.person)
        .having(
            and_(
                func.min(tally.c.day) <= begun_by,
                func.max(tally.c.day) >= still_on,
                func.count() > 1,
            )
        )
    )
    return tuple(
        Absence(person=row.person, first=row.first, last=row.last, meetings=row.meetings)
        for row in await connection.execute(statement)
    )
