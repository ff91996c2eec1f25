"""When a series meets: RFC 5545 recurrence, reckoned in local time by dateutil.

A rule gives days; the time of day belongs to the series. So a series meets at most once a day, and
an occurrence is known by its local date.
"""

from collections.abc import Iterator
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from scheduler.errors import Invalid
from scheduler.meetings.rrule_text import parts

_CYCLE_YEARS = 400
"""After so many years the Gregorian calendar repeats, weekdays and leap days included."""

_LAST_SEARCHED = MAXYEAR - 40
_FOREVER = datetime.combine(date.max, time.max)


class Recurrence:
    """The local days of one series from its first day on."""

    def __init__(self, text: str, starts_on: date, start: time, zone: ZoneInfo) -> None:
        """Read the rule; raise Invalid("rrule_malformed" | "rrule_never_occurs").

        `start` is the local time of day, which UNTIL is compared with.
        """
        if starts_on.year > _LAST_SEARCHED:
            raise Invalid("rrule_never_occurs", str(starts_on))
        found = parts(text)
        until = _local_until(found.pop("UNTIL"), zone) if "UNTIL" in found else _FOREVER
        self._start = start
        self._until = until
        self._rule = _read(found, datetime.combine(starts_on, start))
        first = _first_day(found, datetime.combine(starts_on, start))
        if first is None or first > until:
            raise Invalid("rrule_never_occurs", text)

    def days(self, first: date, last: date) -> Iterator[date]:
        """Yield the days from `first` to `last`, both included, in order."""
        begin = datetime.combine(first, self._start)
        end = min(datetime.combine(last, self._start), self._until)
        if begin <= end:
            for moment in takewhile(lambda m: m <= end, self._rule.xafter(begin, inc=True)):
                yield moment.date()


def _first_day(found: dict[str, str], start: datetime) -> datetime | None:
    """Return the first moment of a rule without UNTIL, None where it has none.

    For a rule without any day dateutil searches to the year 9999, for seconds. The same search
    begun a whole number of calendar cycles later has the same answer and is short.
    """
    years = (_LAST_SEARCHED - start.year) // _CYCLE_YEARS * _CYCLE_YEARS
    moment = next(iter(_read(found, start.replace(year=start.year + years))), None)
    return None if moment is None else moment.replace(year=moment.year - years)


def _read(found: dict[str, str], first: datetime) -> rrule:
    text = ";".join(f"{name}={value}" for name, value in found.items())
    try:
        rule = rrulestr(text, dtstart=first)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise Invalid("rrule_malformed", text) from error
    if not isinstance(rule, rrule):
        raise Invalid("rrule_malformed", text)
    return rule


def _local_until(until: str, zone: ZoneInfo) -> datetime:
    """Return UNTIL as naive local time; a bare date includes that day."""
    try:
        if len(until) == len("20261231"):
            return datetime.combine(date.fromisoformat(until), time.max)
        moment = datetime.fromisoformat(until)
        return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment
    except OverflowError:  # 99991231T235959Z, as other calendars write "for ever"
        return _FOREVER
    except ValueError as error:
        raise Invalid("rrule_malformed", f"UNTIL={until}") from error


def rule_from(text: str, starts_on: date, start: time, first: date, zone: ZoneInfo) -> str:
    """Return the rule as it reads from its day `first` on, for a DTSTART there (RFC 5545, 3.3.10).

    UNTIL is in UTC, as it must be where DTSTART has a zone. A day of the rule lies in one of its
    periods, so that INTERVAL counts on from there; COUNT is less by the days before.
    """
    found = parts(text)
    if "COUNT" in found:
        before = Recurrence(text, starts_on, start, zone).days(starts_on, first - timedelta(days=1))
        found["COUNT"] = str(int(found["COUNT"]) - sum(1 for _ in before))
    if "UNTIL" in found:
        until = _local_until(found.pop("UNTIL"), zone)
        if until != _FOREVER:
            found["UNTIL"] = f"{until.replace(tzinfo=zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return ";".join(f"{name}={value}" for name, value in found.items())


def at_local(day: date, start: time, zone: ZoneInfo) -> datetime:
    """Return the UTC point of a local day and time; a time that does not exist moves on."""
    return datetime.combine(day, start, tzinfo=zone).astimezone(UTC)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the local day of a point in time."""
    return moment.astimezone(zone).date()


def day_bounds(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return [start of `first`, start of the day after `last`) in UTC."""
    return (
        at_local(first, time.min, zone),
        at_local(last + timedelta(days=1), time.min, zone),
    )
