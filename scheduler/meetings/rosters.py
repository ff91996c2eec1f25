"""Rosters with the changes somebody made to them, and leave (请假)."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.meetings.base import Part, existing, reason_given
from scheduler.meetings.model import (
    Decision,
    Exclusion,
    ExclusionReason,
    Leave,
    LeaveReason,
    Occurrence,
    Roster,
    RosterChange,
    Standing,
    State,
)
from scheduler.meetings.voting_rights import rights, with_rights
from scheduler.store import directory_rows, roster_rows

UNOPENED = frozenset({State.SCHEDULED, State.CANCELLED})
CHANGEABLE = frozenset({State.SCHEDULED, State.OPEN, State.CLOSED})
"""Until the attendance is settled; after that there are corrections."""


class RostersPart(Part):
    """Who is expected in one occurrence."""

    async def roster(self, occurrence: str) -> Roster:
        """Return who and which sites are expected; raise NotFound("unknown_occurrence")."""
        async with self._store.read() as connection:
            found = await existing(connection, occurrence)
            fixed = found.state not in UNOPENED
            persons = await roster_rows.persons(connection, occurrence)
            if not fixed:
                today = self._directory.today()
                persons = await with_rights(connection, found, persons, today)
            return Roster(
                occurrence=occurrence,
                persons=persons,
                sites=await roster_rows.sites(connection, occurrence),
                fixed=fixed,
            )

    async def add_person(
        self,
        occurrence: str,
        person: str,
        by: str | None,
        reason: str,
        standing: Standing = Standing.EXPECTED,
    ) -> Roster:
        """Add a person to the roster (or change the standing) and write the change down.

        Raise NotFound, or Conflict("occurrence_over") once the attendance is settled.
        """
        reason = reason_given(reason)
        homes = await self._homes([person])
        async with self._store.begin() as connection:
            found = await self._changeable(connection, occurrence)
            if not await directory_rows.persons(connection, ids={person}):
                raise NotFound("unknown_person", person[:64])
            kind = await roster_rows.put_person(
                connection, occurrence, person, Standing(standing), homes.get(person)
            )
            if kind == "person_added" and found.state not in UNOPENED:
                there = await rights(connection, found, {person}, self._directory.today())
                await roster_rows.set_rights(
                    connection,
                    occurrence,
                    {one: (right.membership, right.voting) for one, right in there.items()},
                )
            if kind is not None:
                change = RosterChange(
                    kind=kind, subject=person, at=self._clock.now(), by=by, reason=reason
                )
                await roster_rows.write_change(connection, occurrence, change)
        return await self.roster(occurrence)

    async def remove_person(
        self, occurrence: str, person: str, by: str | None, reason: str
    ) -> Roster:
        """Take a person off the roster and write the change down. What the person did in the
        meeting stays written down, as that of somebody who was not expected."""
        reason = reason_given(reason)
        async with self._store.begin() as connection:
            await self._changeable(connection, occurrence)
            if await roster_rows.remove_person(connection, occurrence, person):
                change = RosterChange(
                    kind="person_removed",
                    subject=person,
                    at=self._clock.now(),
                    by=by,
                    reason=reason,
                )
                await roster_rows.write_change(connection, occurrence, change)
        return await self.roster(occurrence)

    async def roster_changes(self, occurrence: str) -> tuple[RosterChange, ...]:
        """Return every change of the roster that somebody made, oldest first."""
        async with self._store.read() as connection:
            await existing(connection, occurrence)
            return await roster_rows.changes(connection, occurrence)

    async def exclude(
        self,
        occurrence: str,
        person: str,
        reason: str,
        approved_by: str,
        approved_on: date,
        by: str | None,
        *,
        stands: bool = True,
    ) -> Exclusion:
        """Take a person of the roster out of E, or with `stands` false back into it.

        Both are appended; the last one holds. Raise Invalid("unknown_exclusion_reason" |
        "not_on_roster" | "reason_missing" | "approved_in_the_future"), Conflict once settled.
        """
        try:
            code = ExclusionReason(reason)
        except ValueError as error:
            raise Invalid("unknown_exclusion_reason", reason[:64]) from error
        if approved_on > self._directory.today():
            raise Invalid("approved_in_the_future", approved_on.isoformat())
        async with self._store.begin() as connection:
            await self._changeable(connection, occurrence)
            await self._on_roster(connection, occurrence, person)
            exclusion = Exclusion(
                person=person,
                reason=code,
                approved_by=reason_given(approved_by),
                approved_on=approved_on,
                stands=stands,
                at=self._clock.now(),
                by=by,
            )
            await roster_rows.append_exclusion(connection, occurrence, exclusion)
            change = RosterChange(
                kind="excluded" if stands else "exclusion_withdrawn",
                subject=person,
                at=exclusion.at,
                by=by,
                reason=code,
            )
            await roster_rows.write_change(connection, occurrence, change)
            return exclusion

    async def exclusions(self, occurrence: str) -> tuple[Exclusion, ...]:
        """Return every exclusion from E and every withdrawal of one, oldest first."""
        async with self._store.read() as connection:
            await existing(connection, occurrence)
            return (await roster_rows.exclusions(connection, [occurrence])).get(occurrence, ())

    async def request_leave(
        self, occurrence: str, person: str, reason: str, by: str | None
    ) -> Leave:
        """Ask for leave; `reason` is a LeaveReason.

        Raise Conflict("leave_too_late") once the meeting began. What was decided already stays.
        """
        code = _leave_reason(reason)
        async with self._store.begin() as connection:
            meeting = await self._changeable(connection, occurrence)
            now = self._clock.now()
            if now >= meeting.scheduled_start:
                raise Conflict("leave_too_late", occurrence)
            before = await self._leave_of(connection, occurrence, person)
            if before is not None and before.decision is not Decision.REQUESTED:
                return before
            leave = Leave(
                occurrence=occurrence,
                person=person,
                reason=code,
                requested_at=now,
                requested_by=by,
                decision=Decision.REQUESTED,
                decided_at=None,
                decided_by=None,
            )
            await roster_rows.write_leave(connection, leave)
            return leave

    async def approve_leave(
        self, occurrence: str, person: str, reason: str | None, by: str | None
    ) -> Leave:
        """Approve a leave; with a reason also one that nobody asked for in writing.

        Possible until the attendance is settled. Raise NotFound("leave_not_requested").
        """
        return await self._decide(occurrence, person, reason, by, Decision.APPROVED)

    async def decline_leave(self, occurrence: str, person: str, by: str | None) -> Leave:
        """Decline a leave that was asked for; raise NotFound("leave_not_requested")."""
        return await self._decide(occurrence, person, None, by, Decision.DECLINED)

    async def leaves(self, occurrence: str) -> tuple[Leave, ...]:
        """Return the leaves asked for, by person."""
        async with self._store.read() as connection:
            await existing(connection, occurrence)
            return await roster_rows.leaves(connection, [occurrence])

    async def _decide(
        self,
        occurrence: str,
        person: str,
        reason: str | None,
        by: str | None,
        decision: Decision,
    ) -> Leave:
        code = None if reason is None else _leave_reason(reason)
        async with self._store.begin() as connection:
            await self._changeable(connection, occurrence)
            before = await self._leave_of(connection, occurrence, person)
            if before is None and code is None:
                raise NotFound("leave_not_requested", occurrence)
            if before is not None and before.decision is decision and code in (None, before.reason):
                return before
            now = self._clock.now()
            leave = Leave(
                occurrence=occurrence,
                person=person,
                reason=code or (before.reason if before else LeaveReason.OTHER),
                requested_at=before.requested_at if before else now,
                requested_by=before.requested_by if before else by,
                decision=decision,
                decided_at=now,
                decided_by=by,
            )
            await roster_rows.write_leave(connection, leave)
            return leave

    async def _changeable(self, connection: AsyncConnection, occurrence: str) -> Occurrence:
        found = await existing(connection, occurrence, lock=True)
        if found.state is State.CANCELLED:
            raise Conflict("occurrence_cancelled", occurrence)
        if found.state not in CHANGEABLE:
            raise Conflict("occurrence_over", occurrence)
        return found

    async def _leave_of(
        self, connection: AsyncConnection, occurrence: str, person: str
    ) -> Leave | None:
        """Return the leave of a person of the roster; raise Invalid("not_on_roster")."""
        await self._on_roster(connection, occurrence, person)
        found = await roster_rows.leaves(connection, [occurrence], person)
        return found[0] if found else None

    async def _on_roster(self, connection: AsyncConnection, occurrence: str, person: str) -> None:
        roster = await roster_rows.persons(connection, occurrence)
        if person not in {entry.person for entry in roster}:
            raise Invalid("not_on_roster", person[:64])


def _leave_reason(reason: str) -> LeaveReason:
    try:
        return LeaveReason(reason)
    except ValueError as error:
        raise Invalid("unknown_leave_reason", reason[:64]) from error
