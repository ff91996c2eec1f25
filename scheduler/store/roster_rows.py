"""Reading and writing rosters, their changes, and leave."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row, and_, bindparam, delete, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.meetings.model import (
    Decision,
    Exclusion,
    ExclusionReason,
    Invitees,
    Leave,
    LeaveReason,
    RosterChange,
    RosterPerson,
    Standing,
)
from scheduler.store.base import insert_of, is_id
from scheduler.store.directory_tables import person
from scheduler.store.meeting_tables import (
    leave,
    roster_change,
    roster_exclusion,
    roster_person,
    roster_site,
)


@dataclass(frozen=True, slots=True)
class _Named:
    person: str
    standing: Standing
    exempt: bool


def _named(invitees: Invitees) -> list[_Named]:
    return [
        *(_Named(one, Standing.EXPECTED, one in invitees.exempt) for one in invitees.persons),
        *(_Named(one, Standing.NON_VOTING, False) for one in invitees.non_voting),
    ]


async def copy_invitees(
    connection: AsyncConnection,
    occurrences: Collection[str],
    invitees: Invitees,
    homes: Mapping[str, str],
) -> None:
    """Write the rosters of new occurrences; `homes` says at which site a person is expected."""
    await _insert(connection, occurrences, _named(invitees), invitees.sites, homes)


async def follow_series(
    connection: AsyncConnection,
    occurrences: Collection[str],
    old: Invitees,
    new: Invitees,
    homes: Mapping[str, str],
) -> None:
    """Apply what changed in a series to rosters; what was changed in one of them alone stays."""
    before, after = _named(old), _named(new)
    gone = {one.person for one in set(before) - set(after)}
    gone_sites = set(old.sites) - set(new.sites)
    for table, column, subjects in (
        (roster_person, roster_person.c.person, gone),
        (roster_site, roster_site.c.site, gone_sites),
    ):
        if subjects and occurrences:
            await connection.execute(
                delete(table).where(table.c.occurrence.in_(occurrences), column.in_(subjects))
            )
    added = [one for one in after if one not in set(before)]
    added_sites = [site for site in new.sites if site not in set(old.sites)]
    await _insert(connection, occurrences, added, added_sites, homes)


async def _insert(
    connection: AsyncConnection,
    occurrences: Collection[str],
    named: Sequence[_Named],
    sites: Sequence[str],
    homes: Mapping[str, str],
) -> None:
    into = insert_of(connection)
    persons = [
        {
            "occurrence": occurrence,
            "person": one.person,
            "standing": one.standing,
            "exempt": one.exempt,
            "site": homes.get(one.person),
            "position": position,
        }
        for occurrence in occurrences
        for position, one in enumerate(named)
    ]
    places = [
        {"occurrence": occurrence, "site": site, "position": position}
        for occurrence in occurrences
        for position, site in enumerate(sites)
    ]
    if persons:
        await connection.execute(into(roster_person).on_conflict_do_nothing(), persons)
    if places:
        await connection.execute(into(roster_site).on_conflict_do_nothing(), places)


async def set_homes(connection: AsyncConnection, occurrence: str, homes: Mapping[str, str]) -> None:
    """Write at which site each person of a roster is expected."""
    statement = (
        update(roster_person)
        .where(
            roster_person.c.occurrence == occurrence,
            roster_person.c.person == bindparam("one"),
        )
        .values(site=bindparam("home"))
    )
    if homes:
        rows = [{"one": one, "home": site} for one, site in homes.items()]
        await connection.execute(statement, rows)


async def set_rights(
    connection: AsyncConnection, occurrence: str, rights: Mapping[str, tuple[str, bool]]
) -> None:
    """Write standing in the Party and voting right of persons of a roster."""
    statement = (
        update(roster_person)
        .where(
            roster_person.c.occurrence == occurrence,
            roster_person.c.person == bindparam("one"),
        )
        .values(membership=bindparam("standing_there"), voting=bindparam("votes"))
    )
    if rights:
        rows = [
            {"one": one, "standing_there": membership, "votes": voting}
            for one, (membership, voting) in rights.items()
        ]
        await connection.execute(statement, rows)


async def append_exclusion(
    connection: AsyncConnection, occurrence: str, exclusion: Exclusion
) -> None:
    """Append an exclusion from E, or its withdrawal."""
    await connection.execute(
        insert(roster_exclusion).values(
            occurrence=occurrence,
            person=exclusion.person,
            reason=exclusion.reason,
            approved_by=exclusion.approved_by,
            approved_on=exclusion.approved_on,
            stands=exclusion.stands,
            at=exclusion.at,
            by=exclusion.by,
        )
    )


async def exclusions(
    connection: AsyncConnection, occurrences: Collection[str]
) -> dict[str, tuple[Exclusion, ...]]:
    """Read all exclusions and withdrawals by occurrence, oldest first."""
    statement = (
        select(roster_exclusion)
        .where(roster_exclusion.c.occurrence.in_([one for one in occurrences if is_id(one)]))
        .order_by(roster_exclusion.c.id)
    )
    found: dict[str, tuple[Exclusion, ...]] = {}
    for row in await connection.execute(statement):
        found[row.occurrence] = (*found.get(row.occurrence, ()), _exclusion(row))
    return found


async def persons(connection: AsyncConnection, occurrence: str) -> tuple[RosterPerson, ...]:
    """Read the persons of a roster in the order in which they were named."""
    return (await persons_of(connection, [occurrence]))[occurrence]


async def persons_of(
    connection: AsyncConnection, occurrences: Sequence[str]
) -> dict[str, tuple[RosterPerson, ...]]:
    """Read the persons of several rosters, by occurrence."""
    approved = and_(
        leave.c.occurrence == roster_person.c.occurrence,
        leave.c.person == roster_person.c.person,
        leave.c.decision == Decision.APPROVED,
    )
    statement = (
        select(roster_person, person.c.name, leave.c.reason.label("leave_reason"))
        .join(person, person.c.id == roster_person.c.person)
        .outerjoin(leave, approved)
        .where(roster_person.c.occurrence.in_([one for one in occurrences if is_id(one)]))
        .order_by(roster_person.c.position, roster_person.c.person)
    )
    found: dict[str, list[RosterPerson]] = {one: [] for one in occurrences}
    out = {
        (one, last.person)
        for one, all_of_it in (await exclusions(connection, occurrences)).items()
        for last in {each.person: each for each in all_of_it}.values()
        if last.stands
    }
    for row in await connection.execute(statement):
        found[row.occurrence].append(_roster_person(row, (row.occurrence, row.person) in out))
    return {one: tuple(entries) for one, entries in found.items()}


async def sites(connection: AsyncConnection, occurrence: str) -> tuple[str, ...]:
    """Read the sites of a roster in the order in which they were named."""
    statement = (
        select(roster_site.c.site)
        .where(roster_site.c.occurrence == occurrence)
        .order_by(roster_site.c.position, roster_site.c.site)
    )
    return tuple((await connection.execute(statement)).scalars())


async def put_person(
    connection: AsyncConnection,
    occurrence: str,
    one: str,
    standing: Standing,
    home: str | None,
) -> Literal["person_added", "standing_changed"] | None:
    """Put a person on a roster, or change the standing; say which, None where nothing changed."""
    where = (roster_person.c.occurrence == occurrence, roster_person.c.person == one)
    before = await connection.execute(select(roster_person.c.standing).where(*where))
    standing_before = before.scalar_one_or_none()
    if standing_before == standing:
        return None
    if standing_before is not None:
        await connection.execute(update(roster_person).where(*where).values(standing=standing))
        return "standing_changed"
    last = select(func.coalesce(func.max(roster_person.c.position), literal(-1)) + 1).where(
        roster_person.c.occurrence == occurrence
    )
    await connection.execute(
        insert(roster_person).values(
            occurrence=occurrence,
            person=one,
            standing=standing,
            exempt=False,
            site=home,
            position=(await connection.execute(last)).scalar_one(),
        )
    )
    return "person_added"


async def remove_person(connection: AsyncConnection, occurrence: str, one: str) -> bool:
    """Take a person off a roster; False where the person was not on it."""
    if not is_id(one):
        return False
    result = await connection.execute(
        delete(roster_person).where(
            roster_person.c.occurrence == occurrence, roster_person.c.person == one
        )
    )
    return result.rowcount == 1


async def write_change(connection: AsyncConnection, occurrence: str, change: RosterChange) -> None:
    """Append a change of a roster."""
    await connection.execute(
        insert(roster_change).values(
            occurrence=occurrence,
            kind=change.kind,
            subject=change.subject,
            at=change.at,
            by=change.by,
            reason=change.reason,
        )
    )


async def changes(connection: AsyncConnection, occurrence: str) -> tuple[RosterChange, ...]:
    """Read the changes of a roster, oldest first."""
    statement = (
        select(roster_change)
        .where(roster_change.c.occurrence == occurrence)
        .order_by(roster_change.c.id)
    )
    return tuple(
        RosterChange(kind=row.kind, subject=row.subject, at=row.at, by=row.by, reason=row.reason)
        for row in await connection.execute(statement)
    )


async def leaves(
    connection: AsyncConnection, occurrences: Iterable[str], one: str | None = None
) -> tuple[Leave, ...]:
    """Read the leaves of occurrences (of one person), by person."""
    conditions: list[Any] = [leave.c.occurrence.in_(list(occurrences))]
    if one is not None:
        conditions.append(leave.c.person == one)
    statement = select(leave).where(*conditions).order_by(leave.c.person)
    return tuple(_leave(row) for row in await connection.execute(statement))


async def write_leave(connection: AsyncConnection, new: Leave) -> None:
    """Store a leave in the place of an earlier one of the same person."""
    where = (leave.c.occurrence == new.occurrence, leave.c.person == new.person)
    await connection.execute(delete(leave).where(*where))
    await connection.execute(
        insert(leave).values(
            occurrence=new.occurrence,
            person=new.person,
            reason=new.reason,
            requested_at=new.requested_at,
            requested_by=new.requested_by,
            decision=new.decision,
            decided_at=new.decided_at,
            decided_by=new.decided_by,
        )
    )


def _exclusion(row: Row[Any]) -> Exclusion:
    return Exclusion(
        person=row.person,
        reason=ExclusionReason(row.reason),
        approved_by=row.approved_by,
        approved_on=row.approved_on,
        stands=row.stands,
        at=row.at,
        by=row.by,
    )


def _roster_person(row: Row[Any], excluded: bool) -> RosterPerson:
    return RosterPerson(
        person=row.person,
        name=row.name,
        standing=row.standing,
        exempt=row.exempt,
        leave=row.leave_reason is not None,
        site=row.site,
        membership=row.membership,
        voting=row.voting,
        excluded=excluded,
    )


def _leave(row: Row[Any]) -> Leave:
    return Leave(
        occurrence=row.occurrence,
        person=row.person,
        reason=LeaveReason(row.reason),
        requested_at=row.requested_at,
        requested_by=row.requested_by,
        decision=Decision(row.decision),
        decided_at=row.decided_at,
        decided_by=row.decided_by,
    )
