"""A notice as a scheduling message: RFC 5546 REQUEST and CANCEL, for one attendee."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from scheduler.calendars.ical import PRODUCT, time_zone
from scheduler.notices.model import Letter, NoticeKind

_ALARM_BEFORE = timedelta(minutes=15)


def method(kind: NoticeKind) -> str:
    """Return the METHOD of a kind (RFC 5546, 3.2.2 and 3.2.5)."""
    return "CANCEL" if kind is NoticeKind.CANCELLATION else "REQUEST"


def write(letter: Letter, *, organizer: str, attendee: str, zone: ZoneInfo) -> bytes:
    """Return the message as UTF-8 with CRLF. Nobody learns from it who else is invited.

    `organizer` and `attendee` are mail addresses. A changed meeting is the same UID with a higher
    SEQUENCE.
    """
    notice = letter.notice
    start = notice.start.astimezone(zone)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method(notice.kind))
    calendar.add_component(time_zone(zone, start.year))
    event = Event()
    event.add("uid", f"meeting-{notice.occurrence}")
    event.add("sequence", notice.sequence)
    event.add("dtstamp", notice.written_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", start)
    event.add("dtend", notice.end.astimezone(zone))
    event.add("summary", notice.title)
    event.add("description", letter.text)
    event["organizer"] = vCalAddress(f"mailto:{organizer}")
    event["organizer"].params["CN"] = vText(letter.unit)
    event["attendee"] = vCalAddress(f"mailto:{attendee}")
    event["attendee"].params["ROLE"] = vText("REQ-PARTICIPANT")
    event["attendee"].params["RSVP"] = vText("FALSE")
    if notice.kind is NoticeKind.CANCELLATION:
        event.add("status", "CANCELLED")
    else:
        event.add("status", "CONFIRMED")
        event.add("url", letter.link)
        event.add("conference", letter.link, parameters={"VALUE": "URI", "FEATURE": "AUDIO,VIDEO"})
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", notice.title)
        alarm.add("trigger", -_ALARM_BEFORE)
        event.add_component(alarm)
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
