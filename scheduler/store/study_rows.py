"""Minutes studied, meetings missed, and what was said of making them up."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import func, insert, not_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.attendance.model import Attended
from scheduler.attendance.tallies import TOOK_PART
from scheduler.branch_clock.study_model import Act, Entry, Way
from scheduler.meetings.model import MeetingType, Standing
from scheduler.store.alert_tables import makeup_entry
from scheduler.store.attendance_tables import attendance_result as result
from scheduler.store.base import is_id
from scheduler.store.meeting_tables import occurrence
from scheduler.store.tally_tables import occurrence_tally as tally

MISSED = (Attended.ABSENT, Attended.LEAVE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Missed:
    """A meeting that an expected person was not in."""

    occurrence: str
    type: str
    title: str
    day: date
    scheduled_start: datetime
    scheduled_end: datetime
    person: str
    state: str

    @property
    def length_minutes(self) -> float:
        return (self.scheduled_end - self.scheduled_start).total_seconds() / 60


async def studied(
    connection: AsyncConnection,
    first: date,
    last: date,
    types: Collection[MeetingType],
    persons: Collection[str],
) -> dict[str, tuple[int, float]]:
    """Add up the meetings a person took part in and the minutes, by person."""
    statement = (
        select(result.c.person, func.count().label("number"), func.sum(result.c.minutes))
        .join(tally, tally.c.occurrence == result.c.occurrence)
        .where(
            tally.c.day.between(first, last),
            tally.c.type.in_(types),
            result.c.state.in_(TOOK_PART),
            result.c.person.in_([one for one in persons if is_id(one)]),
        )
        .group_by(result.c.person)
    )
    return {
        person: (number, float(minutes))
        for person, number, minutes in await connection.execute(statement)
    }


async def meetings(
    connection: AsyncConnection,
    first: date,
    last: date,
    types: Collection[MeetingType],
    persons: Collection[str],
) -> int:
    """Count the meetings in which any of the persons took part."""
    statement = (
        select(func.count(result.c.occurrence.distinct()))
        .join(tally, tally.c.occurrence == result.c.occurrence)
        .where(
            tally.c.day.between(first, last),
            tally.c.type.in_(types),
            result.c.state.in_(TOOK_PART),
            result.c.person.in_([one for one in persons if is_id(one)]),
        )
    )
    return int((await connection.execute(statement)).scalar_one())


async def on_committees(
    connection: AsyncConnection, first: date, last: date, persons: Collection[str]
) -> frozenset[str]:
    """Return those of the persons who were expected in a committee meeting."""
    statement = (
        select(result.c.person)
        .distinct()
        .join(tally, tally.c.occurrence == result.c.occurrence)
        .where(
            tally.c.day.between(first, last),
            tally.c.type == MeetingType.BRANCH_COMMITTEE_MEETING,
            result.c.standing == Standing.EXPECTED,
            result.c.person.in_([one for one in persons if is_id(one)]),
        )
    )
    return frozenset((await connection.execute(statement)).scalars())


async def missed(
    connection: AsyncConnection,
    first: date,
    last: date,
    types: Collection[MeetingType],
    persons: Collection[str],
    of: str | None = None,
) -> tuple[Missed, ...]:
    """Read what the persons missed of these types (in one occurrence), without the exempt."""
    statement = (
        select(
            result.c.occurrence,
            tally.c.type,
            occurrence.c.title,
            tally.c.day,
            occurrence.c.scheduled_start,
            occurrence.c.scheduled_end,
            result.c.person,
            result.c.state,
        )
        .join(tally, tally.c.occurrence == result.c.occurrence)
        .join(occurrence, occurrence.c.id == result.c.occurrence)
        .where(
            tally.c.day.between(first, last),
            tally.c.type.in_(types),
            tally.c.took_place,
            result.c.standing == Standing.EXPECTED,
            not_(result.c.exempt),
            result.c.state.in_(MISSED),
            result.c.person.in_([one for one in persons if is_id(one)]),
        )
        .order_by(tally.c.day.desc(), result.c.occurrence, result.c.person)
    )
    if of is not None:
        statement = statement.where(result.c.occurrence == of)
    names = [one.name for one in fields(Missed)]
    return tuple(
        Missed(**{name: row._mapping[name] for name in names})
        for row in await connection.execute(statement)
    )


async def entries(
    connection: AsyncConnection, persons: Collection[str]
) -> dict[tuple[str, str], tuple[Entry, ...]]:
    """Read what was said of makeups, the oldest first, by (occurrence, person)."""
    wanted = [one for one in persons if is_id(one)]
    statement = (
        select(makeup_entry).where(makeup_entry.c.person.in_(wanted)).order_by(makeup_entry.c.id)
    )
    found: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for row in await connection.execute(statement):
        found[row.occurrence, row.person].append(
            Entry(
                occurrence=row.occurrence,
                person=row.person,
                act=Act(row.act),
                way=None if row.way is None else Way(row.way),
                minutes=row.minutes,
                at=row.at,
                by=row.by,
                reason=row.reason,
            )
        )
    return {key: tuple(said) for key, said in found.items()}


async def append(connection: AsyncConnection, entry: Entry) -> None:
    """Append one line."""
    values = {one.name: getattr(entry, one.name) for one in fields(entry)}
    await connection.execute(insert(makeup_entry).values(**values))
