"""Reading a calendar back as another program would."""

from datetime import UTC, datetime
from typing import Any

import icalendar
import recurring_ical_events

from scheduler.calendars.ical import write
from scheduler.calendars.model import FeedKind
from scheduler.calendars.service import Calendars
from scheduler.meetings.model import State
from scheduler.meetings.service import Meetings
from tests.support.meetings import SHANGHAI

Spans = list[tuple[datetime, datetime, str]]
BRANCH = (FeedKind.UNIT, "net1")


async def written(calendars: Calendars, kind: FeedKind, subject: str) -> bytes:
    """The calendar of a subject as a reader gets it."""
    feed, token = await calendars.issue(kind, subject, "p1")
    assert await calendars.find(token) == feed
    try:
        return write(
            await calendars.events(feed),
            name="会议",
            units={"net1": "第一网络党支部"},
            join=lambda occurrence: f"https://meet.example/phone?occurrence={occurrence}",
            join_label="进入会议",
            zone=SHANGHAI,
        )
    finally:
        await calendars.revoke(feed.id, "p1")


def events_in(content: bytes) -> list[Any]:
    """The VEVENTs as they stand; their values have many types."""
    return list(icalendar.Calendar.from_ical(content).events)


async def read_back(
    calendars: Calendars,
    start: datetime,
    end: datetime,
    kind: FeedKind = FeedKind.UNIT,
    subject: str = "net1",
) -> Spans:
    """Begin, end and title of each meeting that a reader shows in [start, end)."""
    calendar = icalendar.Calendar.from_ical(await written(calendars, kind, subject))
    return sorted(
        (event.start.astimezone(UTC), event.end.astimezone(UTC), str(event["summary"]))
        for event in recurring_ical_events.of(calendar).between(start, end)
        if event["status"] != "CANCELLED"
    )


async def stored(meetings: Meetings, start: datetime, end: datetime) -> Spans:
    """The same from the schedule itself."""
    states = set(State) - {State.CANCELLED}
    found = await meetings.occurrences(start, end, units=["net1"], states=states)
    return sorted((one.scheduled_start, one.scheduled_end, one.title) for one in found)
