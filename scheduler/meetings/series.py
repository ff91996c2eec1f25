"""Series: created, changed, and laid out as occurrences up to the horizon."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.errors import Conflict, NotFound
from scheduler.meetings import drafts, due, plan
from scheduler.meetings.base import Part
from scheduler.meetings.model import (
    MeetingType,
    Occurrence,
    OnHoliday,
    Series,
    SeriesDraft,
    SignIn,
    State,
)
from scheduler.meetings.public_days import LONGEST_HOLIDAY, PublicDays, place
from scheduler.meetings.recurrence import Recurrence, local_day
from scheduler.meetings.saving import UNSEEN, Saving
from scheduler.meetings.states import Act, follow
from scheduler.store import (
    agenda_item_rows,
    agenda_rows,
    choice_rows,
    occurrence_rows,
    planning_lock,
    public_day_rows,
    roster_rows,
    series_rows,
)

SERIES_CHANGED = "series_changed"
"""The reason of an occurrence that was cancelled because its series no longer has its day."""
HOLIDAY = "holiday"
"""The reason of an occurrence that was cancelled because its day is a public holiday."""


class SeriesPart(Part):
    """Meetings that come again."""

    async def create_series(
        self, draft: SeriesDraft, by: str | None = None, *, saving: Saving = UNSEEN
    ) -> Series:
        """Store a series and lay out its occurrences up to the horizon; raise Invalid, NotFound.

        An occurrence of today that is going on already is laid out too, and opens at once.
        """
        series = self._read(plan.new_id(), 1, draft)
        homes = await self._homes([*draft.persons, *draft.non_voting])
        now = self._clock.now()
        async with self._store.begin() as connection:
            await saving.before(connection)
            await drafts.check_known(connection, draft, self._directory.today())
            await series_rows.insert_series(connection, series, now, by)
            await agenda_item_rows.write_series(
                connection, series.id, drafts.agenda(draft.agenda or ())
            )
            await choice_rows.write(connection, draft.choices or (), series=series.id)
            await self._lay_out(connection, series, self._horizon(), homes)
            await saving.after(connection, series=series.id)
        self.agenda_changed()
        return series

    async def change_series(
        self,
        series: str,
        draft: SeriesDraft,
        by: str | None = None,
        version: int | None = None,
        *,
        saving: Saving = UNSEEN,
    ) -> Series:
        """Replace a series; its occurrences that have not opened follow.

        An occurrence that was moved by itself keeps its time. One whose day the series no longer
        has is cancelled with the reason "series_changed". Raise NotFound, Invalid, and
        Conflict("series_changed") when `version` is not the stored one.
        """
        self._read(series, 1, draft)  # refused before anything is locked
        homes = await self._homes([*draft.persons, *draft.non_voting])
        async with self._store.begin() as connection:
            await saving.before(connection)
            old = await series_rows.lock_series(connection, series)
            if old is None:
                raise NotFound("unknown_series", series[:64])
            if version is not None and version != old.version:
                raise Conflict("series_changed", series)
            await drafts.check_known(connection, draft, self._directory.today())
            new = self._read(series, old.version + 1, draft, old.continues)
            await series_rows.replace_series(connection, new, self._clock.now(), by)
            ids = await self._follow(connection, old, new, homes, by)
            if draft.choices is not None:
                await choice_rows.write(connection, draft.choices, series=series)
            if draft.agenda is not None:
                before = await agenda_item_rows.of_series(connection, series)
                lines = drafts.agenda(draft.agenda)
                await agenda_item_rows.write_series(connection, series, lines)
                await agenda_item_rows.follow_series(connection, ids, before, lines)
            await self._lay_out(connection, new, self._horizon(), homes)
            await saving.after(connection, series=series)
        self.agenda_changed()
        return new

    def as_series(self, draft: SeriesDraft, series: str = "") -> Series:
        """Return the series a draft would make, without storing it; raise Invalid."""
        return self._read(series, 1, draft)

    async def series(self, series: str) -> Series:
        """Return one series; raise NotFound("unknown_series")."""
        async with self._store.read() as connection:
            found = await series_rows.read_series(connection, series)
        if found is None:
            raise NotFound("unknown_series", series[:64])
        return found

    async def all_series(self, units: Collection[str] | None = None) -> tuple[Series, ...]:
        """Return the series of the units (all when None), by unit and start time."""
        async with self._store.read() as connection:
            return await series_rows.all_series(connection, units)

    async def lay_out(self, until: datetime | None = None) -> int:
        """Create the missing occurrences of active series up to `until` (default: the horizon),
        with rosters and due actions. Return how many. Repeating it adds nothing.

        To be called at the start and every day (`horizon.keep_laid_out`).
        """
        end = until or self._horizon()
        added = 0
        for series in await self._unfinished(end):
            homes = await self._homes([*series.persons, *series.non_voting])
            async with self._store.begin() as connection:
                await planning_lock.hold(connection)  # who plans looks at laid out days and others
                current = await series_rows.lock_series(connection, series.id)
                if current is not None:
                    added += len(await self._lay_out(connection, current, end, homes))
        if added:
            self.agenda_changed()
        return added

    def _horizon(self) -> datetime:
        return self._clock.now() + timedelta(days=self._defaults.horizon_days)

    def _read(
        self, series: str, version: int, draft: SeriesDraft, continues: str | None = None
    ) -> Series:
        drafts.check(draft)
        start_time = draft.start_time.replace(tzinfo=None)
        Recurrence(draft.rrule, draft.starts_on, start_time, self._zone)
        return Series(
            id=series,
            unit=draft.unit,
            type=MeetingType(draft.type),
            title=draft.title.strip(),
            rrule=draft.rrule.strip().upper().removeprefix("RRULE:"),
            starts_on=draft.starts_on,
            start_time=start_time,
            duration_s=draft.duration_s,
            sign_in=SignIn(draft.sign_in),
            host=draft.host,
            recorder=draft.recorder,
            on_holiday=OnHoliday(draft.on_holiday),
            active=draft.active,
            continues=continues,
            version=version,
            persons=draft.persons,
            non_voting=draft.non_voting,
            exempt=draft.exempt,
            sites=draft.sites,
            **plan.rules_of(drafts.rules(draft, self._defaults)),
        )

    def _days(self, series: Series, until: datetime) -> list[date]:
        return list(plan.days_to_come(series, self._clock.now(), until, self._zone))

    async def _unfinished(self, until: datetime) -> list[Series]:
        """Return the series with a day that has no occurrence yet: most have none, and a look
        costs less than a transaction."""
        day_before = local_day(self._clock.now(), self._zone) - timedelta(days=2)
        async with self._store.read() as connection:
            active = await series_rows.active_series(connection)
            taken = await occurrence_rows.planned_days(connection, day_before)
        return [
            series
            for series in active
            if any((series.id, day) not in taken for day in self._days(series, until))
        ]

    async def _lay_out(
        self, connection: AsyncConnection, series: Series, until: datetime, homes: dict[str, str]
    ) -> tuple[Occurrence, ...]:
        public = await self._public_days(connection)
        wanted = [self._planned(series, day, public) for day in self._days(series, until)]
        added = await occurrence_rows.insert_missing(connection, wanted, self._clock.now())
        ids = [one.id for one in added]
        await roster_rows.copy_invitees(connection, ids, series, homes)
        if ids:
            lines = await agenda_item_rows.of_series(connection, series.id)
            await agenda_item_rows.copy(connection, ids, lines)
        for one in added:
            if one.state is State.SCHEDULED:
                await agenda_rows.add(connection, one.id, due.before_opening(one))
        return added

    def _planned(self, series: Series, day: date, public: PublicDays) -> Occurrence:
        """Make the occurrence of a day, placed by the table of holidays."""
        new = plan.of_series(series, day, self._zone)
        placing = place(series, day, public, self._zone)
        return replace(
            new,
            scheduled_start=placing.start,
            scheduled_end=placing.end,
            holiday=placing.holiday,
            state=State.CANCELLED if placing.cancelled else State.SCHEDULED,
            cancel_reason=HOLIDAY if placing.cancelled else None,
        )

    async def _public_days(self, connection: AsyncConnection) -> PublicDays:
        first = local_day(self._clock.now(), self._zone) - 2 * LONGEST_HOLIDAY
        return await public_day_rows.days_from(connection, first)

    async def _place_again(
        self, connection: AsyncConnection, series: Series, by: str | None
    ) -> int:
        """Let the occurrences of a series follow the table of holidays; return how many did."""
        public = await self._public_days(connection)
        changed = 0
        for one in await occurrence_rows.to_come(connection, series.id, self._clock.now()):
            if one.moved or not placed_by_table(one):
                continue
            if not plan.has_day(series, one, self._zone):
                continue
            values = self._placed(one, series, public, by)
            over = values["scheduled_end"] <= self._clock.now()  # the past is not given back
            if not over and any(
                getattr(one, name, value) != value for name, value in values.items()
            ):
                await self._write_placed(connection, one, values)
                changed += 1
        return changed

    async def _follow(
        self,
        connection: AsyncConnection,
        old: Series,
        new: Series,
        homes: dict[str, str],
        by: str | None,
    ) -> list[str]:
        """Let the occurrences that have not opened follow a change of their series; return them."""
        now = self._clock.now()
        existing = [
            one
            for one in await occurrence_rows.to_come(connection, new.id, now)
            if placed_by_table(one) or _withdrawn(one)
        ]
        furthest = max((one.scheduled_start for one in existing), default=now)
        wanted = set(self._days(new, max(furthest, self._horizon())))
        public = await self._public_days(connection)
        for one in existing:
            if one.planned_for in wanted or (one.moved and plan.has_day(new, one, self._zone)):
                await self._keep(connection, one, new, public, by)
            elif one.state is State.SCHEDULED:
                await self._withdraw(connection, one, now, by)
        ids = [one.id for one in existing]
        await roster_rows.follow_series(connection, ids, old, new, homes)
        return ids

    async def _withdraw(
        self,
        connection: AsyncConnection,
        one: Occurrence,
        now: datetime,
        by: str | None,
        reason: str = SERIES_CHANGED,
    ) -> None:
        await agenda_rows.drop(connection, one.id)
        await occurrence_rows.change(
            connection,
            one,
            now,
            state=follow(one.state, Act.CANCEL, one.id),
            cancelled_at=now,
            cancelled_by=by,
            cancel_reason=reason,
        )

    async def _keep(
        self,
        connection: AsyncConnection,
        one: Occurrence,
        series: Series,
        public: PublicDays,
        by: str | None,
    ) -> None:
        """Give an occurrence what its series has now."""
        values = plan.follows(series)
        if one.moved:
            values |= _reinstated(one)
        else:
            values |= self._placed(one, series, public, by)
        await self._write_placed(connection, one, values)

    def _placed(
        self, one: Occurrence, series: Series, public: PublicDays, by: str | None
    ) -> dict[str, Any]:
        """Return what an occurrence has by its day, its series and the table of holidays."""
        assert one.planned_for is not None
        placing = place(series, one.planned_for, public, self._zone)
        values: dict[str, Any] = {
            "scheduled_start": placing.start,
            "scheduled_end": placing.end,
            "holiday": placing.holiday,
        }
        if not placing.cancelled:
            return values | _reinstated(one)
        if one.cancel_reason == HOLIDAY:
            return values
        return values | {
            "state": State.CANCELLED,
            "cancelled_at": self._clock.now(),
            "cancelled_by": by,
            "cancel_reason": HOLIDAY,
        }

    async def _write_placed(
        self, connection: AsyncConnection, one: Occurrence, values: dict[str, Any]
    ) -> None:
        changed = await occurrence_rows.change(connection, one, self._clock.now(), **values)
        await agenda_rows.drop(connection, one.id)
        if changed.state is State.SCHEDULED:
            await agenda_rows.add(connection, one.id, due.before_opening(changed))


def _reinstated(one: Occurrence) -> dict[str, Any]:
    """Return what takes back a cancellation that nobody decided on."""
    if one.state is not State.CANCELLED:
        return {}
    return {
        "state": follow(one.state, Act.REINSTATE, one.id),
        "cancelled_at": None,
        "cancelled_by": None,
        "cancel_reason": None,
    }


def placed_by_table(one: Occurrence) -> bool:
    """Return whether nobody decided against it: it is to take place, or a holiday cancelled it."""
    return one.state is State.SCHEDULED or (
        one.state is State.CANCELLED and one.cancel_reason == HOLIDAY
    )


def _withdrawn(one: Occurrence) -> bool:
    return one.state is State.CANCELLED and one.cancel_reason == SERIES_CHANGED
