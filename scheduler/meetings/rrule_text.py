"""The text of a recurrence rule (RFC 5545, section 3.3.10), checked part by part.

dateutil is lenient: it takes BYMONTHDAY=0 or BYDAY=1MO in a weekly rule and does something else
than the text says. So the text is checked here, and only then given to dateutil.
"""

import re

from scheduler.errors import Invalid

MAX_LENGTH = 500
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")

_DAY = r"(?:MO|TU|WE|TH|FR|SA|SU)"
_PARTS = {
    "FREQ": re.compile("|".join(FREQUENCIES)),
    "INTERVAL": re.compile(r"0*[1-9][0-9]{0,2}"),
    "COUNT": re.compile(r"0*[1-9][0-9]{0,3}"),
    "UNTIL": re.compile(r"[0-9]{8}(?:T[0-9]{6}Z?)?"),
    "WKST": re.compile(_DAY),
    "BYDAY": re.compile(rf"(?:[+-]?[0-9]{{1,2}})?{_DAY}"),
    "BYMONTHDAY": re.compile(r"[+-]?[0-9]{1,2}"),
    "BYYEARDAY": re.compile(r"[+-]?[0-9]{1,3}"),
    "BYWEEKNO": re.compile(r"[+-]?[0-9]{1,2}"),
    "BYMONTH": re.compile(r"[0-9]{1,2}"),
    "BYSETPOS": re.compile(r"[+-]?[0-9]{1,3}"),
}
_LARGEST = {
    "BYDAY": 53,
    "BYMONTHDAY": 31,
    "BYYEARDAY": 366,
    "BYWEEKNO": 53,
    "BYMONTH": 12,
    "BYSETPOS": 366,
}
_ONLY_WITH = {
    "BYWEEKNO": ("YEARLY",),
    "BYYEARDAY": ("YEARLY",),
    "BYMONTHDAY": ("DAILY", "MONTHLY", "YEARLY"),
}


def parts(text: str) -> dict[str, str]:
    """Return the parts of a rule by name; raise Invalid("rrule_malformed").

    Hours and smaller are not taken: the series has its time of day.
    """
    if len(text) > MAX_LENGTH:
        raise Invalid("rrule_malformed", "too long")
    found: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").split(";"):
        name, _, value = part.partition("=")
        if name not in _PARTS or name in found:
            raise Invalid("rrule_malformed", f"{name or 'empty part'} unknown, twice or not daily")
        for item in value.split(",") if name in _LARGEST else [value]:
            _check(name, item)
        found[name] = value
    _check_together(found)
    return found


def _check(name: str, item: str) -> None:
    if not item.isascii() or not _PARTS[name].fullmatch(item):
        raise Invalid("rrule_malformed", f"{name}={item}")
    number = item.rstrip("MOTUWEHFRSA")
    if name in _LARGEST and number and not 1 <= abs(int(number)) <= _LARGEST[name]:
        raise Invalid("rrule_malformed", f"{name}={item}")


def _check_together(found: dict[str, str]) -> None:
    frequency = found.get("FREQ")
    if frequency is None:
        raise Invalid("rrule_malformed", "FREQ is missing")
    if "COUNT" in found and "UNTIL" in found:
        raise Invalid("rrule_malformed", "COUNT and UNTIL exclude each other")
    for name in found:
        if frequency not in _ONLY_WITH.get(name, FREQUENCIES):
            raise Invalid("rrule_malformed", f"{name} with {frequency}")
    numbered = any(character.isdigit() for character in found.get("BYDAY", ""))
    if numbered and (frequency in ("DAILY", "WEEKLY") or "BYWEEKNO" in found):
        raise Invalid("rrule_malformed", f"a numbered BYDAY with {frequency}")
    if "BYSETPOS" in found and not any(
        name.startswith("BY") and name != "BYSETPOS" for name in found
    ):
        raise Invalid("rrule_malformed", "BYSETPOS without another BY part")
