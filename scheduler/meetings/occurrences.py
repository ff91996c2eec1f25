"""Occurrences: found, opened, closed, settled, cancelled, moved."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scheduler.attendance.results import write_result
from scheduler.errors import Conflict, DomainError, Invalid
from scheduler.meetings import drafts, due, plan, voting_rights
from scheduler.meetings.base import Part, aware, existing, reason_given
from scheduler.meetings.choosing import Chosen, Reason
from scheduler.meetings.model import AdhocDraft, Occurrence, Series, State
from scheduler.meetings.saving import UNSEEN, Saving
from scheduler.meetings.states import Act, follow
from scheduler.store import (
    agenda_item_rows,
    agenda_rows,
    choice_rows,
    occurrence_rows,
    roster_rows,
    series_rows,
)

EARLIEST_OPENING = timedelta(hours=12)
"""Nobody opens next week's meeting by mistake: closed again, it would be over for good."""


class OccurrencesPart(Part):
    """Single meetings."""

    async def create_adhoc(
        self, draft: AdhocDraft, by: str | None = None, *, saving: Saving = UNSEEN
    ) -> Occurrence:
        """Store one meeting outside any series; raise Invalid, NotFound.

        What is due already (opening, ringing) is done by the agenda at once.
        """
        drafts.check(draft)
        rules = drafts.rules(draft, self._defaults)
        new = plan.adhoc(draft, rules, aware(draft.start).astimezone(UTC))
        if new.scheduled_end <= self._clock.now():
            raise Invalid("meeting_in_the_past")
        homes = await self._homes([*draft.persons, *draft.non_voting])
        async with self._store.begin() as connection:
            await saving.before(connection)
            await drafts.check_known(connection, draft, self._directory.today())
            await occurrence_rows.insert_one(connection, new, self._clock.now())
            await roster_rows.copy_invitees(connection, [new.id], draft, homes)
            await agenda_item_rows.copy(connection, [new.id], drafts.agenda(draft.agenda or ()))
            await choice_rows.write(connection, draft.choices or (), occurrence=new.id)
            await agenda_rows.add(connection, new.id, due.before_opening(new))
            await saving.after(connection, occurrence=new.id)
        self.agenda_changed()
        return new

    async def occurrence(self, occurrence: str) -> Occurrence:
        """Return one occurrence; raise NotFound("unknown_occurrence")."""
        async with self._store.read() as connection:
            return await existing(connection, occurrence)

    async def occurrences(
        self,
        start: datetime,
        end: datetime,
        *,
        units: Collection[str] | None = None,
        person: str | None = None,
        site: str | None = None,
        states: Collection[State] | None = None,
    ) -> tuple[Occurrence, ...]:
        """Return the occurrences whose schedule touches [start, end), in order of start.

        `person` and `site` keep those on whose roster they are (or which the person hosts or
        records).
        """
        async with self._store.read() as connection:
            return await occurrence_rows.touching(
                connection,
                aware(start),
                aware(end),
                start - drafts.LONGEST,
                units=units,
                person=person,
                site=site,
                states=states,
            )

    async def invited(self, device: str) -> tuple[Occurrence, ...]:
        """Return the open occurrences that expect the device's site or holder."""
        async with self._store.read() as connection:
            return await occurrence_rows.open_for_device(connection, device)

    async def invited_person(self, person: str) -> tuple[Occurrence, ...]:
        """Return the open occurrences that the person is expected in, hosts or records."""
        async with self._store.read() as connection:
            return await occurrence_rows.open_for_person(connection, person)

    async def open(self, occurrence: str, by: str | None = None) -> Occurrence:
        """Open: the roster is fixed, devices may join. Harmless when open already.

        Raise Conflict("occurrence_too_early") more than `EARLIEST_OPENING` before the start.
        """
        async with self._store.read() as connection:
            persons = await roster_rows.persons(connection, occurrence)
        try:
            series, chosen = await self._chosen(occurrence)
        except DomainError:  # the directory lost what was chosen: those known are invited
            series, chosen = None, None
        named = [*chosen.persons, *chosen.non_voting] if chosen is not None else []
        homes = await self._homes({*(entry.person for entry in persons), *named})
        async with self._store.begin() as connection:
            old = await existing(connection, occurrence, lock=True)
            now = self._clock.now()
            state = follow(old.state, Act.OPEN, old.id)
            if state is None:
                return old
            if now < min(old.scheduled_start - EARLIEST_OPENING, old.opens_at):
                raise Conflict("occurrence_too_early", old.id)
            if chosen is not None:
                if series is not None:
                    now_chosen = replace(chosen, exempt=series.exempt)
                    await roster_rows.follow_series(connection, [old.id], series, now_chosen, homes)
                await choice_rows.keep_reasons(connection, old.id, chosen.reasons)
            await roster_rows.set_homes(connection, old.id, homes)
            await voting_rights.fix(connection, old, self._directory.today())
            return await occurrence_rows.change(
                connection, old, now, state=state, opened_at=now, opened_by=by
            )

    async def _chosen(self, occurrence: str) -> tuple[Series | None, Chosen | None]:
        """Return whom the choices of a meeting, or of its series, mean today; None without any."""
        async with self._store.read() as connection:
            found = await existing(connection, occurrence)
            choices = await choice_rows.of(connection, occurrence=occurrence)
            series = None
            if not choices and found.series is not None:
                choices = await choice_rows.of(connection, series=found.series)
                series = await series_rows.read_series(connection, found.series)
        return series, await self._choosing.resolve(choices) if choices else None

    async def why_invited(self, occurrence: str) -> dict[str, tuple[Reason, ...]]:
        """Return by what choice each person and site of a meeting is invited.

        Until the meeting opens the directory of today tells, from then on what was so then. Who
        was added or named by hand alone is not in it.
        """
        async with self._store.read() as connection:
            kept = await choice_rows.reasons_of(connection, occurrence)
        if kept:
            return kept
        _, chosen = await self._chosen(occurrence)
        return chosen.reasons if chosen is not None else {}

    async def close(self, occurrence: str, by: str | None = None) -> Occurrence:
        """Close: nobody may join any more; settling becomes due. Harmless when closed already."""
        async with self._store.begin() as connection:
            old = await existing(connection, occurrence, lock=True)
            state = follow(old.state, Act.CLOSE, old.id)
            if state is None:
                return old
            now = self._clock.now()
            await agenda_rows.add(connection, old.id, [due.after_closing(old, now)])
            closed = await occurrence_rows.change(
                connection, old, now, state=state, closed_at=now, closed_by=by
            )
        self.agenda_changed()
        return closed

    async def settle(self, occurrence: str) -> Occurrence:
        """Write down the result of the attendance. Harmless when settled already."""
        async with self._store.begin() as connection:
            old = await existing(connection, occurrence, lock=True)
            state = follow(old.state, Act.SETTLE, old.id)
            if state is None:
                return old
            now = self._clock.now()
            settled = await occurrence_rows.change(connection, old, now, state=state)
            await write_result(connection, settled, now, self._zone)
            return settled

    async def cancel(
        self, occurrence: str, by: str | None, reason: str, version: int | None = None
    ) -> Occurrence:
        """Cancel an occurrence that has not opened. Harmless when cancelled already.

        Raise Conflict("occurrence_changed") when `version` is not the stored one.
        """
        reason = reason_given(reason)
        async with self._store.begin() as connection:
            old = await existing(connection, occurrence, lock=True, version=version)
            state = follow(old.state, Act.CANCEL, old.id)
            if state is None:
                return old
            await agenda_rows.drop(connection, old.id)
            now = self._clock.now()
            return await occurrence_rows.change(
                connection,
                old,
                now,
                state=state,
                cancelled_at=now,
                cancelled_by=by,
                cancel_reason=reason,
            )

    async def move(
        self,
        occurrence: str,
        start: datetime,
        duration_s: int,
        by: str | None = None,
        version: int | None = None,
        *,
        saving: Saving = UNSEEN,
    ) -> Occurrence:
        """Give an occurrence that has not opened another time; its reminder comes again.

        Raise Conflict("occurrence_changed") when `version` is not the stored one.
        """
        drafts.check_duration(duration_s)
        begin = aware(start).astimezone(UTC)
        end = begin + timedelta(seconds=duration_s)
        now = self._clock.now()
        if end <= now:
            raise Invalid("meeting_in_the_past")
        async with self._store.begin() as connection:
            await saving.before(connection)
            old = await existing(connection, occurrence, lock=True, version=version)
            state = follow(old.state, Act.MOVE, old.id)
            moved = await occurrence_rows.change(
                connection,
                old,
                now,
                state=state,
                scheduled_start=begin,
                scheduled_end=end,
                moved=True,
                holiday=None,
            )
            await agenda_rows.drop(connection, old.id)
            await agenda_rows.add(connection, old.id, due.before_opening(moved))
            await saving.after(connection, occurrence=old.id)
        self.agenda_changed()
        return moved
