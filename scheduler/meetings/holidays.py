"""The table of public holidays: taken over from what is published, edited, followed."""

from dataclasses import dataclass
from datetime import date

from scheduler.errors import Invalid
from scheduler.meetings.base import TEXT_LENGTH
from scheduler.meetings.model import OnHoliday
from scheduler.meetings.public_days import DayKind, PublicDay
from scheduler.meetings.published_days import published
from scheduler.meetings.recurrence import local_day
from scheduler.meetings.series import SeriesPart
from scheduler.store import public_day_rows, series_rows

YEARS_AHEAD = 2
"""Next year's list is published late in the year; nobody publishes more."""
EARLIEST_YEAR, LATEST_YEAR = 2000, 2200


@dataclass(frozen=True, kw_only=True)
class PublicYear:
    """The table of a year; `published` tells whether the published list is in it. Without it
    only what somebody entered stands there, and no holiday is known otherwise."""

    year: int
    published: bool
    days: tuple[PublicDay, ...]


class HolidaysPart(SeriesPart):
    """Holidays and working weekends, and the series that give way to them."""

    async def public_year(self, year: int) -> PublicYear:
        """Return the table of a year; raise Invalid("year_out_of_range")."""
        if not EARLIEST_YEAR <= year <= LATEST_YEAR:
            raise Invalid("year_out_of_range", str(year)[:10])
        async with self._store.read() as connection:
            return PublicYear(
                year=year,
                published=await public_day_rows.is_taken_over(connection, year),
                days=await public_day_rows.days_of(connection, year),
            )

    async def set_public_day(self, day: date, kind: DayKind, name: str, by: str) -> PublicDay:
        """Say what a day is; series that give way to holidays follow at once.

        Raise Invalid("holiday_name_missing" | "year_out_of_range").
        """
        name = name.strip()
        if (not name and kind is not DayKind.ORDINARY) or len(name) > TEXT_LENGTH or "\0" in name:
            raise Invalid("holiday_name_missing", f"1 to {TEXT_LENGTH} characters")
        if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            raise Invalid("year_out_of_range", str(day.year))
        one = PublicDay(day=day, kind=DayKind(kind), name=name, edited_by=by)
        async with self._store.begin() as connection:
            await public_day_rows.put(connection, one, self._clock.now())
        await self.follow_public_days(by)
        return one

    async def take_over_public_days(self) -> tuple[int, ...]:
        """Take over the years that were published since and return them. What somebody edited
        stays. A year that is not published yet stays empty and is asked for again."""
        this_year = local_day(self._clock.now(), self._zone).year
        added = []
        for year in range(this_year - 1, this_year + YEARS_AHEAD):
            async with self._store.read() as connection:
                known = await public_day_rows.is_taken_over(connection, year)
            days = () if known else published(year)
            if not days:
                continue
            async with self._store.begin() as connection:
                if await public_day_rows.take_over(connection, year, days, self._clock.now()):
                    added.append(year)
        return tuple(added)

    async def follow_public_days(self, by: str | None = None) -> int:
        """Place the occurrences that have not opened by the table as it is; return how many
        changed. Those that somebody moved or cancelled stay as they are."""
        async with self._store.read() as connection:
            active = await series_rows.active_series(connection)
        changed = 0
        for series in active:
            if series.on_holiday is OnHoliday.KEEP:
                continue
            async with self._store.begin() as connection:
                current = await series_rows.lock_series(connection, series.id)
                if current is not None and current.active:
                    changed += await self._place_again(connection, current, by)
        if changed:
            self.agenda_changed()
        return changed
