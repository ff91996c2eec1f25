"""From a series to its occurrences, and from a draft to one: pure."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from scheduler.meetings.model import (
    AdhocDraft,
    MeetingType,
    Occurrence,
    Rules,
    Series,
    SignIn,
    State,
)
from scheduler.meetings.recurrence import Recurrence, at_local, local_day


def new_id() -> str:
    """Return a new identifier."""
    return uuid4().hex


def rules_of(source: Rules) -> dict[str, int]:
    """Return the thresholds by name."""
    return {field.name: getattr(source, field.name) for field in fields(Rules)}


def days_to_come(series: Series, now: datetime, until: datetime, zone: ZoneInfo) -> Iterator[date]:
    """Yield the days of the series from the meeting that is not over yet to `until`."""
    if not series.active:
        return
    recurrence = Recurrence(series.rrule, series.starts_on, series.start_time, zone)
    first = local_day(now - timedelta(seconds=series.duration_s), zone)
    for day in recurrence.days(max(first, series.starts_on), local_day(until, zone)):
        if span(series, day, zone)[1] > now:
            yield day


def has_day(series: Series, occurrence: Occurrence, zone: ZoneInfo) -> bool:
    """Return whether the series still has the day that the occurrence was planned for."""
    day = occurrence.planned_for
    if day is None or not series.active or day < series.starts_on:
        return False
    recurrence = Recurrence(series.rrule, series.starts_on, series.start_time, zone)
    return day in recurrence.days(day, day)


def span(series: Series, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return start and end of the occurrence of a day, in UTC. The length is real time, also
    over midnight and over a change of the clocks."""
    start = at_local(day, series.start_time, zone)
    return start, start + timedelta(seconds=series.duration_s)


def follows(series: Series) -> dict[str, Any]:
    """Return what an occurrence has of its series, apart from its time."""
    return {
        "unit": series.unit,
        "type": series.type,
        "title": series.title,
        "sign_in": series.sign_in,
        "host": series.host,
        "recorder": series.recorder,
        **rules_of(series),
    }


def of_series(series: Series, day: date, zone: ZoneInfo) -> Occurrence:
    """Make the occurrence of a series on a day."""
    start, end = span(series, day, zone)
    return _scheduled(
        series=series.id,
        planned_for=day,
        scheduled_start=start,
        scheduled_end=end,
        **follows(series),
    )


def adhoc(draft: AdhocDraft, rules: Rules, start: datetime) -> Occurrence:
    """Make the occurrence of a draft that was checked; `start` is in UTC."""
    return _scheduled(
        series=None,
        planned_for=None,
        unit=draft.unit,
        type=MeetingType(draft.type),
        title=draft.title.strip(),
        scheduled_start=start,
        scheduled_end=start + timedelta(seconds=draft.duration_s),
        sign_in=SignIn(draft.sign_in),
        host=draft.host,
        recorder=draft.recorder,
        **rules_of(rules),
    )


def _scheduled(**values: Any) -> Occurrence:
    return Occurrence(
        id=new_id(),
        state=State.SCHEDULED,
        opened_at=None,
        closed_at=None,
        moved=False,
        cancel_reason=None,
        version=1,
        **values,
    )
