"""Who has a vote in a meeting: taken from the memberships of the day (DOMAIN, section 2)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.meetings.model import MeetingType, Occurrence, RosterPerson
from scheduler.store import directory_rows, roster_rows


@dataclass(frozen=True, slots=True)
class Right:
    """The standing of a member in the unit that meets, and whether it votes there."""

    membership: str
    voting: bool


async def rights(
    connection: AsyncConnection, meeting: Occurrence, persons: Collection[str], on: date
) -> dict[str, Right]:
    """Return the right of each of these persons who is a member of the meeting's unit on that day.

    The membership in the unit itself counts before one in a unit below (its branches, its groups),
    and that before one in a unit above (a group's branch); home before the others. Who is a member
    of none of these is left out. Only full members vote, and in the meeting of a committee only
    the committee, where one is written down.
    """
    unit = meeting.unit
    committee = await committee_of(connection, meeting, on)
    below = await directory_rows.subtree(connection, {unit}, follow_links=False)
    above = await directory_rows.ancestors(connection, unit)
    found: dict[str, tuple[tuple[int, bool], Right]] = {}
    for row in await directory_rows.memberships(connection, on, person_ids=persons):
        if row.unit == unit:
            near = 0
        elif row.unit in below:
            near = 1
        elif row.unit in above:
            near = 2
        else:
            continue
        rank = (near, row.kind != "home")
        votes = row.voting and row.standing == "full_member"
        right = Right(row.standing, votes and (not committee or row.person in committee))
        if row.person not in found or rank < found[row.person][0]:
            found[row.person] = (rank, right)
    return {person: right for person, (_, right) in found.items()}


async def committee_of(
    connection: AsyncConnection, meeting: Occurrence, on: date
) -> frozenset[str]:
    """Return the committee that meets; nobody for other meetings, and where none is recorded."""
    if meeting.type != MeetingType.BRANCH_COMMITTEE_MEETING:
        return frozenset()
    return await directory_rows.committee(connection, meeting.unit, on)


async def with_rights(
    connection: AsyncConnection,
    occurrence: Occurrence,
    roster: tuple[RosterPerson, ...],
    today: date,
) -> tuple[RosterPerson, ...]:
    """Show on the roster of a meeting that has not opened what the directory says today."""
    persons = {entry.person for entry in roster}
    there = await rights(connection, occurrence, persons, today)
    return tuple(
        replace(entry, membership=there[entry.person].membership, voting=there[entry.person].voting)
        if entry.person in there
        else entry
        for entry in roster
    )


async def fix(connection: AsyncConnection, occurrence: Occurrence, on: date) -> None:
    """Write the rights of everybody on the roster of a meeting that opens."""
    roster = await roster_rows.persons(connection, occurrence.id)
    persons = {entry.person for entry in roster}
    await roster_rows.set_rights(
        connection,
        occurrence.id,
        {
            person: (right.membership, right.voting)
            for person, right in (await rights(connection, occurrence, persons, on)).items()
        },
    )
