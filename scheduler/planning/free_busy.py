"""Who and what is taken when: meetings that are laid out, and the days of series beyond them."""

import asyncio
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.clock import Clock
from scheduler.errors import Invalid
from scheduler.meetings.drafts import LONGEST
from scheduler.meetings.model import Series
from scheduler.meetings.public_days import LONGEST_HOLIDAY, PublicDays, place
from scheduler.meetings.recurrence import Recurrence, local_day
from scheduler.planning.busy import Busy
from scheduler.store import busy_rows, occurrence_rows, public_day_rows
from scheduler.store.engine import Store

MOST_ASKED = 20_000
LONGEST_SPAN = timedelta(days=500)
_ONE_DAY = timedelta(days=1)


class FreeBusy:
    """Answers from the rosters; what a series promises beyond the horizon counts too."""

    def __init__(self, store: Store, clock: Clock, zone: ZoneInfo) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone

    async def busy(
        self,
        persons: Collection[str],
        sites: Collection[str],
        start: datetime,
        end: datetime,
        days: Collection[date] | None = None,
    ) -> tuple[Busy, ...]:
        """Return the meetings in [start, end) that take one of the persons or sites; with `days`
        only those that begin on one of these local days.

        Raise Invalid("too_many_invitees" | "period_reversed" | "period_too_long").
        """
        async with self._store.read() as connection:
            return await self.busy_in(connection, persons, sites, start, end, days)

    async def busy_in(
        self,
        connection: AsyncConnection,
        persons: Collection[str],
        sites: Collection[str],
        start: datetime,
        end: datetime,
        days: Collection[date] | None = None,
    ) -> tuple[Busy, ...]:
        """Return the same as `busy` out of a transaction that is under way."""
        if len(persons) + len(sites) > MOST_ASKED:
            raise Invalid("too_many_invitees", f"at most {MOST_ASKED}")
        if end < start:
            raise Invalid("period_reversed")
        if end - start > LONGEST_SPAN:
            raise Invalid("period_too_long")
        first = local_day(start, self._zone) - 2 * LONGEST_HOLIDAY
        found = await busy_rows.touching(connection, start, end, start - LONGEST, persons, sites)
        series = await busy_rows.series_sharing(connection, persons, sites)
        taken = await occurrence_rows.planned_days(connection, first)
        public = await public_day_rows.days_from(connection, first)
        wanted = (frozenset(persons), frozenset(sites))
        now = self._clock.now()

        def is_wanted(one: Busy) -> bool:
            return days is None or local_day(one.start, self._zone) in days

        def all_promised() -> list[Busy]:
            return [
                one
                for each in series
                for one in _narrowed(
                    filter(is_wanted, promised(each, taken, start, end, public, self._zone)),
                    *wanted,
                )
                if one.end > now  # days that were never laid out did not take place
            ]

        beyond = await asyncio.to_thread(all_promised)
        found = tuple(filter(is_wanted, found))
        both = [*found, *beyond]
        return tuple(sorted(both, key=lambda one: (one.start, one.occurrence or "")))


def promised(
    series: Series,
    taken: Collection[tuple[str, date]],
    start: datetime,
    end: datetime,
    public: PublicDays,
    zone: ZoneInfo,
) -> Iterator[Busy]:
    """Yield the meetings of a series in [start, end) on days that are not laid out yet."""
    recurrence = Recurrence(series.rrule, series.starts_on, series.start_time, zone)
    first = max(local_day(start, zone) - LONGEST_HOLIDAY, series.starts_on)
    for day in recurrence.days(first, local_day(end, zone) + _ONE_DAY):
        if (series.id, day) in taken:
            continue
        placing = place(series, day, public, zone)
        if not placing.cancelled and placing.start < end and placing.end > start:
            yield of_series(series, placing.start, placing.end)


def of_series(series: Series, start: datetime, end: datetime) -> Busy:
    """Return a meeting of a series with all that it takes."""
    officers = {one for one in (series.host, series.recorder) if one is not None}
    return Busy(
        occurrence=None,
        series=series.id,
        unit=series.unit,
        type=series.type,
        title=series.title,
        start=start,
        end=end,
        persons=frozenset({*series.persons, *series.non_voting, *officers}),
        sites=frozenset(series.sites),
    )


def _narrowed(
    found: Iterable[Busy], persons: frozenset[str], sites: frozenset[str]
) -> Iterator[Busy]:
    """Keep of what each meeting takes only what was asked about."""
    for one in found:
        yield Busy(
            occurrence=one.occurrence,
            series=one.series,
            unit=one.unit,
            type=one.type,
            title=one.title,
            start=one.start,
            end=one.end,
            persons=one.persons & persons,
            sites=one.sites & sites,
        )
