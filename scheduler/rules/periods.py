"""The periods in which meetings are due, as local dates. Pure."""

from datetime import date, timedelta
from enum import StrEnum

MONTHS_IN_QUARTER = 3


class Period(StrEnum):
    """A stretch of the calendar. Weeks are those of ISO 8601, Monday to Sunday, and run over the
    end of a year; the others begin on the first of a month."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    def of(self, day: date) -> tuple[date, date]:
        """Return the first and the last day, both included, of the period the day lies in.

        Raise OverflowError where that is outside the years 1 to 9999.
        """
        match self:
            case Period.WEEK:
                first = day - timedelta(days=day.weekday())
                return first, first + timedelta(days=6)
            case Period.MONTH:
                return day.replace(day=1), _last_of_month(day.year, day.month)
            case Period.QUARTER:
                last = -(-day.month // MONTHS_IN_QUARTER) * MONTHS_IN_QUARTER
                first = date(day.year, last - MONTHS_IN_QUARTER + 1, 1)
                return first, _last_of_month(day.year, last)
            case Period.YEAR:
                return date(day.year, 1, 1), date(day.year, 12, 31)

    def after(self, day: date) -> tuple[date, date]:
        """Return the period that follows the one the day lies in."""
        return self.of(self.of(day)[1] + timedelta(days=1))


def _last_of_month(year: int, month: int) -> date:
    if month == 12:
        return date(year, 12, 31)
    return date(year, month + 1, 1) - timedelta(days=1)
