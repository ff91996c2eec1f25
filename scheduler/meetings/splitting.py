"""This and all following: a series ends before one of its days, and another one may go on there.

What was before stays as it was, under the series it belonged to. The meetings from that day on that
have not opened go over to the new series with all they have: rosters, leave, agenda, papers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.meetings import drafts, plan
from scheduler.meetings.base import aware, reason_given
from scheduler.meetings.continuing import Continuation, continuation, handed, keeps_its_own
from scheduler.meetings.invitations import draft_of
from scheduler.meetings.model import Occurrence, Series, SeriesDraft, State
from scheduler.meetings.recurrence import Recurrence, rule_from
from scheduler.meetings.saving import UNSEEN, Saving
from scheduler.meetings.series import SERIES_CHANGED, SeriesPart
from scheduler.meetings.shifting import continued, ended_before
from scheduler.meetings.states import Act, follow
from scheduler.store import (
    agenda_item_rows,
    choice_rows,
    occurrence_rows,
    roster_rows,
    series_rows,
)


class SplittingPart(SeriesPart):
    """Series that end, and series that go on otherwise."""

    async def as_it_goes_on(self, occurrence: Occurrence) -> Series:
        """Return the series as it reads from a meeting on, with nothing changed or stored.

        Raise Invalid("not_of_a_series").
        """
        series, first = await self._place_of(occurrence)
        rule = rule_from(series.rrule, series.starts_on, series.start_time, first, self._zone)
        return replace(series, rrule=rule, starts_on=first)

    async def continuation(self, occurrence: Occurrence, draft: SeriesDraft) -> Continuation:
        """Return what `continue_series` would do to the meetings that are laid out.

        Raise Invalid, and Conflict("occurrence_already_open" | "occurrence_changed").
        """
        old, first = await self._place_of(occurrence)
        new = self._read(old.id, 1, draft)
        async with self._store.read() as connection:
            following = await self._following(connection, old, first, occurrence, None, lock=False)
        return continuation(following, self._as_many_days(new, len(following)))

    async def following_draft(
        self, occurrence: Occurrence, start: datetime, duration_s: int
    ) -> SeriesDraft:
        """Return the series that goes on when a meeting and all following move to another time.

        Raise Invalid("not_of_a_series" | "rule_not_movable" | "time_without_zone").
        """
        series, first = await self._place_of(occurrence)
        moment = aware(start).astimezone(self._zone)
        rule = continued(
            series.rrule, series.starts_on, series.start_time, first, moment.date(), self._zone
        )
        return replace(
            draft_of(series),
            rrule=rule,
            starts_on=moment.date(),
            start_time=moment.time().replace(tzinfo=None),
            duration_s=duration_s,
        )

    async def continue_series(
        self,
        occurrence: Occurrence,
        draft: SeriesDraft,
        by: str | None = None,
        version: int | None = None,
        *,
        saving: Saving = UNSEEN,
    ) -> Series:
        """Let another series begin with this meeting, and end its series before it.

        The first of the meetings that have not opened becomes the first day of the new series, the
        second the second, and so on; those left over are cancelled as "series_changed". One that
        somebody moved alone keeps its time, the named one excepted. `version` is that of the
        meeting. Raise Invalid, NotFound, and
        Conflict("occurrence_already_open" | "occurrence_changed").
        """
        old, first = await self._place_of(occurrence)
        new = self._read(plan.new_id(), 1, draft, continues=old.id)
        homes = await self._homes([*draft.persons, *draft.non_voting])
        now = self._clock.now()
        if plan.span(new, next(self._recurrence(new)), self._zone)[1] <= now:
            raise Invalid("meeting_in_the_past")
        async with self._store.begin() as connection:
            await saving.before(connection)
            old = await self._locked(connection, old.id)
            following = await self._following(connection, old, first, occurrence, version)
            await drafts.check_known(connection, draft, self._directory.today())
            await series_rows.insert_series(connection, new, now, by)
            before = await agenda_item_rows.of_series(connection, old.id)
            lines = before if draft.agenda is None else drafts.agenda(draft.agenda)
            await agenda_item_rows.write_series(connection, new.id, lines)
            if draft.choices is None:
                await choice_rows.copy_series(connection, old.id, new.id)
            else:
                await choice_rows.write(connection, draft.choices, series=new.id)
            ids = await self._hand_over(connection, following, old, new, by)
            await roster_rows.follow_series(connection, ids, old, new, homes)
            await agenda_item_rows.follow_series(connection, ids, before, lines)
            await self._end(connection, old, first, now, by)
            await self._lay_out(connection, new, self._horizon(), homes)
            await saving.after(connection, series=new.id)
        self.agenda_changed()
        return new

    async def end_series(
        self,
        occurrence: Occurrence,
        reason: str,
        by: str | None = None,
        version: int | None = None,
    ) -> Series:
        """End a series before this meeting and cancel it and all following with the reason.

        Raise Invalid("reason_missing" | "not_of_a_series"), NotFound, and
        Conflict("occurrence_already_open" | "occurrence_changed").
        """
        reason = reason_given(reason)
        old, first = await self._place_of(occurrence)
        now = self._clock.now()
        async with self._store.begin() as connection:
            old = await self._locked(connection, old.id)
            for one in await self._following(connection, old, first, occurrence, version):
                if one.state is State.SCHEDULED:
                    await self._withdraw(connection, one, now, by, reason)
            ended = await self._end(connection, old, first, now, by)
        self.agenda_changed()
        return ended

    async def _place_of(self, occurrence: Occurrence) -> tuple[Series, date]:
        if occurrence.series is None or occurrence.planned_for is None:
            raise Invalid("not_of_a_series", occurrence.id)
        follow(occurrence.state, Act.MOVE, occurrence.id)
        return await self.series(occurrence.series), occurrence.planned_for

    async def _locked(self, connection: AsyncConnection, series: str) -> Series:
        found = await series_rows.lock_series(connection, series)
        if found is None:
            raise NotFound("unknown_series", series[:64])
        return found

    async def _following(
        self,
        connection: AsyncConnection,
        series: Series,
        first: date,
        named: Occurrence,
        version: int | None,
        *,
        lock: bool = True,
    ) -> list[Occurrence]:
        """Return the meetings from a day on that have not opened, in order of their days."""
        now = self._clock.now()
        found = await occurrence_rows.to_come(connection, series.id, now, lock=lock)
        rest = [
            one
            for one in found
            if one.planned_for is not None
            and one.planned_for >= first
            and one.state in (State.SCHEDULED, State.CANCELLED)
            and one.cancel_reason != SERIES_CHANGED
        ]
        there = next((one for one in rest if one.id == named.id), None)
        if there is None or (version is not None and there.version != version):
            raise Conflict("occurrence_changed", named.id)
        return [replace(one, moved=False) if one.id == named.id else one for one in rest]

    async def _hand_over(
        self,
        connection: AsyncConnection,
        following: Sequence[Occurrence],
        old: Series,
        new: Series,
        by: str | None,
    ) -> list[str]:
        """Give the following meetings to the new series; return those it took."""
        public = await self._public_days(connection)
        taken: list[str] = []
        for one, day in handed(following, self._as_many_days(new, len(following))):
            if day is None:
                if one.state is State.SCHEDULED:
                    await self._withdraw(connection, one, self._clock.now(), by)
                continue
            values: dict[str, Any] = {"series": new.id, "planned_for": day}
            if keeps_its_own(one):
                values |= plan.follows(new)
            else:
                placed = replace(one, series=new.id, planned_for=day)
                values |= {"moved": False, **plan.follows(new)}
                values |= self._placed(placed, new, public, by)
            await self._write_placed(connection, one, values)
            taken.append(one.id)
        return taken

    def _as_many_days(self, series: Series, number: int) -> list[date]:
        return list(islice(self._recurrence(series), number)) if series.active else []

    def _recurrence(self, series: Series) -> Iterator[date]:
        rule = Recurrence(series.rrule, series.starts_on, series.start_time, self._zone)
        return rule.days(series.starts_on, date.max)

    async def _end(
        self,
        connection: AsyncConnection,
        old: Series,
        first: date,
        now: datetime,
        by: str | None,
    ) -> Series:
        """Store the series without its day `first` and all behind; without any other day it is
        not active any more."""
        has_days = next(self._recurrence(old)) < first
        ended = replace(
            old,
            rrule=ended_before(old.rrule, first) if has_days else old.rrule,
            active=old.active and has_days,
            version=old.version + 1,
        )
        await series_rows.replace_series(connection, ended, now, by)
        return ended
