"""Public holidays and working weekends (调休), and what they do to a series: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from scheduler.meetings.model import OnHoliday, Series
from scheduler.meetings.plan import span
from scheduler.meetings.recurrence import Recurrence

_ONE_DAY = timedelta(days=1)
LONGEST_HOLIDAY = timedelta(days=31)
"""No working day is sought further away; the longest holiday so far had ten days."""
_FRIDAY = 4


class DayKind(StrEnum):
    """What the table says of a day."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"  # also where it is a weekend
    ORDINARY = "ordinary"  # as its weekday says, whatever was published


@dataclass(frozen=True, kw_only=True)
class PublicDay:
    """A day of the table. `edited_by` is None for what was published."""

    day: date
    kind: DayKind
    name: str
    edited_by: str | None = None


class PublicDays:
    """The table, as far as it is known."""

    def __init__(self, days: Mapping[date, PublicDay]) -> None:
        self._days = days

    @property
    def last(self) -> date:
        """The last day the table tells of."""
        return max(self._days, default=date.min)

    def holiday(self, day: date) -> str | None:
        """Return the name of the holiday that a day is in, None for any other day."""
        found = self._days.get(day)
        return found.name if found is not None and found.kind is DayKind.HOLIDAY else None

    def is_working(self, day: date) -> bool:
        """Return whether people work on a day: Monday to Friday unless the table differs."""
        found = self._days.get(day)
        if found is None or found.kind is DayKind.ORDINARY:
            return day.weekday() <= _FRIDAY
        return found.kind is DayKind.WORKDAY

    def next_working(self, day: date) -> date | None:
        """Return the first working day after a day, None when it is too far away."""
        for distance in range(1, LONGEST_HOLIDAY.days + 1):
            if self.is_working(day + timedelta(days=distance)):
                return day + timedelta(days=distance)
        return None


@dataclass(frozen=True, kw_only=True)
class Placing:
    """When the occurrence of a day takes place. `holiday` names what it gave way to."""

    start: datetime
    end: datetime
    holiday: str | None = None
    cancelled: bool = False


def place(series: Series, day: date, days: PublicDays, zone: ZoneInfo) -> Placing:
    """Place the occurrence that a series has on a day; a holiday is treated as the series says.

    One that moves goes to the next working day at the same time. Where the series meets on that
    day anyway, or another day of the same holiday went there, it is cancelled instead: nobody
    meets twice at once.
    """
    start, end = span(series, day, zone)
    holiday = days.holiday(day)
    if holiday is None or series.on_holiday is OnHoliday.KEEP:
        return Placing(start=start, end=end)
    target = days.next_working(day) if series.on_holiday is OnHoliday.MOVE else None
    if target is None or _is_taken(series, day, target, days, zone):
        return Placing(start=start, end=end, holiday=holiday, cancelled=True)
    start, end = span(series, target, zone)
    return Placing(start=start, end=end, holiday=holiday)


def _is_taken(series: Series, day: date, target: date, days: PublicDays, zone: ZoneInfo) -> bool:
    recurrence = Recurrence(series.rrule, series.starts_on, series.start_time, zone)
    first = max(series.starts_on, day - LONGEST_HOLIDAY)
    return target in recurrence.days(target, target) or any(
        days.holiday(earlier) is not None and days.next_working(earlier) == target
        for earlier in recurrence.days(first, day - _ONE_DAY)
    )
