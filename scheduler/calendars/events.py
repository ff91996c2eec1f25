"""From series and occurrences to the events of a calendar: pure.

A series is one event with its rule. The rule holds from the day after the last occurrence that
does not follow it (the rule was changed since); what was before stands as single events, so that
the past stays as it was. Within what is laid out the occurrences are the truth: days of the rule
without one are excluded, moved ones replace theirs. Beyond, the rule speaks.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.calendars.model import Content, Event
from scheduler.meetings import plan
from scheduler.meetings.model import Occurrence, Series, State
from scheduler.meetings.public_days import Placing, place
from scheduler.meetings.recurrence import Recurrence, rule_from

_ONE_DAY = timedelta(days=1)


def events(content: Content, zone: ZoneInfo) -> tuple[Event, ...]:
    """Return the events of a calendar, series first, in an order that stays."""
    own: defaultdict[str | None, list[Occurrence]] = defaultdict(list)
    for one in content.occurrences:
        own[one.series].append(one)
    found: list[Event] = []
    rest: list[Occurrence] = own.pop(None, [])
    for series in sorted(content.series, key=lambda s: s.id):
        written, left = _series(series, own.pop(series.id, []), content, zone)
        found += written
        rest += left
    rest += [one for group in own.values() for one in _that_take_place(group)]
    ordered = sorted(rest, key=lambda o: (o.scheduled_start, o.id))
    return (*found, *(_single(one, content, zone) for one in ordered))


def _series(
    series: Series, laid_out: list[Occurrence], content: Content, zone: ZoneInfo
) -> tuple[list[Event], list[Occurrence]]:
    """Return the events of a series, and the occurrences that its rule does not give."""
    recurrence = Recurrence(series.rrule, series.starts_on, series.start_time, zone)
    days = {one.planned_for: one for one in laid_out if one.planned_for is not None}
    first = _first_day(series, recurrence, days, content, zone)
    earlier = [one for day, one in days.items() if first is None or day < first]
    if first is None:
        return [], _that_take_place(earlier)
    last = content.laid_out_to.get(series.id, first - _ONE_DAY)
    excluded: list[date] = []
    replaced: list[Occurrence] = []
    promised: list[Event] = []
    for day in recurrence.days(first, max([last, content.public_days.last, *days])):
        one = days.get(day)
        if one is None and day > last:
            placing = place(series, day, content.public_days, zone)
            if placing.cancelled:
                excluded.append(day)
            elif placing.holiday is not None:
                promised.append(_promised(series, day, placing, content, zone))
        elif one is None or one.state is State.CANCELLED:
            excluded.append(day)
        elif not _as_planned(series, one, zone):
            replaced.append(one)
    start, end = plan.span(series, first, zone)
    whole = Event(
        uid=f"series-{series.id}",
        occurrence=None,
        unit=series.unit,
        title=series.title,
        start=start.astimezone(zone),
        end=end.astimezone(zone),
        sequence=series.version - 1,
        changed_at=_changed_at(series, laid_out, content),
        rrule=rule_from(series.rrule, series.starts_on, series.start_time, first, zone),
        excluded=tuple(plan.span(series, day, zone)[0].astimezone(zone) for day in excluded),
    )
    exceptions = [_replacing(series, one, content, zone) for one in replaced]
    return [whole, *exceptions, *promised], _that_take_place(earlier)


def _first_day(
    series: Series,
    recurrence: Recurrence,
    days: dict[date, Occurrence],
    content: Content,
    zone: ZoneInfo,
) -> date | None:
    """Return the first day from which on the rule and the occurrences tell the same."""
    begin = max(content.first, series.starts_on)
    if days:
        begin = max(begin, min(days))
        given = set(recurrence.days(min(days), max(days)))
        strange = [
            day
            for day, one in days.items()
            if one.state is not State.CANCELLED
            and not (day in given and (_is_moved(one) or _at_its_time(series, one, zone)))
        ]
        begin = max([begin, *(day + _ONE_DAY for day in strange)])
    elif series.id in content.laid_out_to:
        begin = max(begin, content.laid_out_to[series.id] + _ONE_DAY)
    return next(recurrence.days(begin, date.max), None)


def _is_moved(one: Occurrence) -> bool:
    return one.moved or one.holiday is not None


def _at_its_time(series: Series, one: Occurrence, zone: ZoneInfo) -> bool:
    return one.planned_for is not None and (one.scheduled_start, one.scheduled_end) == plan.span(
        series, one.planned_for, zone
    )


def _as_planned(series: Series, one: Occurrence, zone: ZoneInfo) -> bool:
    same = (one.unit, one.title) == (series.unit, series.title)
    return same and _at_its_time(series, one, zone)


def _that_take_place(occurrences: Iterable[Occurrence]) -> list[Occurrence]:
    return [one for one in occurrences if one.state is not State.CANCELLED]


def _replacing(series: Series, one: Occurrence, content: Content, zone: ZoneInfo) -> Event:
    assert one.planned_for is not None
    return Event(
        uid=f"series-{series.id}",
        occurrence=one.id,
        unit=one.unit,
        title=one.title,
        start=one.scheduled_start.astimezone(zone),
        end=one.scheduled_end.astimezone(zone),
        sequence=series.version + one.version - 2,
        changed_at=content.changed_at[one.id],
        instead_of=plan.span(series, one.planned_for, zone)[0].astimezone(zone),
    )


def _promised(
    series: Series, day: date, placing: Placing, content: Content, zone: ZoneInfo
) -> Event:
    """The occurrence that will be laid out for a public holiday known already."""
    return Event(
        uid=f"series-{series.id}",
        occurrence=None,
        unit=series.unit,
        title=series.title,
        start=placing.start.astimezone(zone),
        end=placing.end.astimezone(zone),
        sequence=series.version - 1,
        changed_at=content.changed_at[series.id],
        instead_of=plan.span(series, day, zone)[0].astimezone(zone),
    )


def _single(one: Occurrence, content: Content, zone: ZoneInfo) -> Event:
    return Event(
        uid=f"meeting-{one.id}",
        occurrence=one.id,
        unit=one.unit,
        title=one.title,
        start=one.scheduled_start.astimezone(zone),
        end=one.scheduled_end.astimezone(zone),
        sequence=one.version - 1,
        changed_at=content.changed_at[one.id],
        cancelled=one.state is State.CANCELLED,
    )


def _changed_at(series: Series, laid_out: Iterable[Occurrence], content: Content) -> datetime:
    """A cancelled occurrence changes the event of its series: it is excluded there."""
    cancelled = [one.id for one in laid_out if one.state is State.CANCELLED]
    return max(content.changed_at[id_] for id_ in (series.id, *cancelled))
