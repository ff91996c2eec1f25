"""Writing a calendar as iCalendar: RFC 5545, with the properties of RFC 7986."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Timezone, vRecur
from icalendar import Event as VEvent

from scheduler.calendars.model import Event

PRODUCT = "-//Liancun//Meetings//ZH"
REFRESH = timedelta(hours=1)


def write(
    events: Iterable[Event],
    *,
    name: str,
    units: Mapping[str, str],
    join: Callable[[str | None], str],
    join_label: str,
    zone: ZoneInfo,
) -> bytes:
    """Return the calendar as UTF-8 with CRLF.

    `units` are names by id; `join` gives the address where an occurrence (None: any of the
    series) is entered. The same events give the same bytes.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)  # what readers older than RFC 7986 show
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    written = list(events)
    if written:
        calendar.add_component(time_zone(zone, min(event.start for event in written).year))
    for event in written:
        label = {"VALUE": "URI", "FEATURE": "AUDIO,VIDEO", "LABEL": join_label}
        component = _event(event, units.get(event.unit, event.unit))
        component.add("conference", join(event.occurrence), parameters=label)
        calendar.add_component(component)
    content: bytes = calendar.to_ical()
    return content


def _event(event: Event, unit: str) -> VEvent:
    component = VEvent()
    component.add("uid", event.uid)
    component.add("dtstamp", event.changed_at.astimezone(UTC).replace(microsecond=0))
    component.add("last-modified", event.changed_at.astimezone(UTC).replace(microsecond=0))
    component.add("sequence", event.sequence)
    component.add("summary", event.title)
    component.add("description", unit)
    component.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    component.add("dtstart", event.start)
    component.add("dtend", event.end)
    if event.instead_of is not None:
        component.add("recurrence-id", event.instead_of)
    if event.rrule is not None:
        component.add("rrule", vRecur.from_ical(event.rrule))
    for moment in event.excluded:
        component.add("exdate", moment)
    return component


def time_zone(zone: ZoneInfo, first_year: int) -> Timezone:
    """Return the VTIMEZONE of a zone, right from `first_year` on (RFC 5545, 3.6.5)."""
    component = Timezone.from_tzid(zone.key, first_date=date(first_year - 1, 1, 1))
    component.pop("COMMENT", None)
    return component
