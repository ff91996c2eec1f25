"""A rule that shall go on, on other days: the same rhythm, moved. Pure."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.errors import Invalid
from scheduler.meetings.recurrence import Recurrence, rule_from
from scheduler.meetings.rrule_text import parts

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def text_of(found: dict[str, str]) -> str:
    """Return the parts of a rule as text."""
    return ";".join(f"{name}={value}" for name, value in found.items())


def ended_before(text: str, first: date) -> str:
    """Return the rule without its day `first` and all behind it (RFC 5545, UNTIL).

    The time of UNTIL is left out: a bare date includes that day.
    """
    found = parts(text)
    found.pop("COUNT", None)
    found["UNTIL"] = f"{first - timedelta(days=1):%Y%m%d}"
    return text_of(found)


def continued(
    text: str, starts_on: date, start: time, first: date, moved_to: date, zone: ZoneInfo
) -> str:
    """Return the rule as it goes on from its day `first`, with that day moved to `moved_to`.

    Raise Invalid("rule_not_movable") where the rule names several days, so that it is not plain
    how the others move, or the new day is not in every month.
    """
    from_there = rule_from(text, starts_on, start, first, zone)
    if first == moved_to:
        return from_there
    found = parts(from_there)
    if any(name in found for name in ("BYSETPOS", "BYWEEKNO", "BYYEARDAY")):
        raise Invalid("rule_not_movable", text)
    if "BYDAY" in found:
        found["BYDAY"] = _weekday(found["BYDAY"], moved_to, text)
    if "BYMONTHDAY" in found:
        found["BYMONTHDAY"] = _month_day(found["BYMONTHDAY"], moved_to, text)
    if "BYMONTH" in found:
        found["BYMONTH"] = _month(found["BYMONTH"], first, moved_to, text)
    shifted = text_of(found)
    if next(Recurrence(shifted, moved_to, start, zone).days(moved_to, moved_to), None) is None:
        raise Invalid("rule_not_movable", text)
    return shifted


def _weekday(value: str, day: date, text: str) -> str:
    if "," in value:
        raise Invalid("rule_not_movable", text)
    number = value[:-2]
    weekday = _WEEKDAYS[day.weekday()]
    if not number:
        return weekday
    if number.startswith("-"):
        return f"-1{weekday}" if (day + timedelta(days=7)).month != day.month else _refuse(text)
    return f"{(day.day - 1) // 7 + 1}{weekday}"


def _month_day(value: str, day: date, text: str) -> str:
    if "," in value:
        raise Invalid("rule_not_movable", text)
    return str(day.day)


def _month(value: str, first: date, day: date, text: str) -> str:
    if first.month == day.month:
        return value
    return str(day.month) if "," not in value else _refuse(text)


def _refuse(text: str) -> str:
    raise Invalid("rule_not_movable", text)
