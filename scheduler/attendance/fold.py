"""The fold of attendance: facts and marks of one meeting become a state for each person.

Pure: the same facts give the same result, in any order and however often each is repeated. A
device is not a person: stays of all devices of a person are joined, and the person counts once
(DOMAIN, section 3; thresholds are those of the meeting).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.attendance.intervals import Intervals, clip, merge, total
from scheduler.attendance.model import Attendance, Attended, Fact, Interval, Mark, MarkKind
from scheduler.attendance.stays import Stay, stays
from scheduler.meetings.model import Occurrence, RosterPerson, Standing


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """What the meeting is measured by.

    The base is the scheduled time while the meeting was open; `until` is the end of what is known
    (closing, or now), `live` says that it may go on.
    """

    start: datetime
    end: datetime
    until: datetime
    live: bool
    grace: timedelta
    late_after: timedelta
    present_percent: int

    @property
    def planned(self) -> timedelta:
        return max(timedelta(0), self.end - self.start)


@dataclass(frozen=True, kw_only=True, slots=True)
class Folded:
    """The result: persons in the order of the roster, then others who came; meeting rooms that
    were connected without a roll call."""

    persons: tuple[Attendance, ...]
    uncounted_rooms: tuple[str, ...]


def frame_of(occurrence: Occurrence, now: datetime) -> Frame:
    """Return the frame of an occurrence as it stands at `now`."""
    until = occurrence.closed_at or now
    return Frame(
        start=max(occurrence.scheduled_start, occurrence.opened_at or until),
        end=min(occurrence.scheduled_end, until),
        until=until,
        live=occurrence.opened_at is not None and occurrence.closed_at is None,
        grace=timedelta(seconds=occurrence.grace_s),
        late_after=timedelta(seconds=occurrence.late_after_s),
        present_percent=occurrence.present_percent,
    )


def fold(
    frame: Frame,
    roster: Collection[RosterPerson],
    facts: Collection[Fact],
    marks: Collection[Mark],
) -> Folded:
    """Fold what is known of one meeting."""
    known = stays(facts, frame.until)
    last_marks = _last_marks(marks)
    seen = _seen(frame, known, last_marks)
    substitute_for = {
        mark.substitute: mark.person
        for mark in sorted(last_marks.values(), key=_mark_order, reverse=True)
        if mark.substitute is not None
    }
    by_person = _latest_by_person(last_marks)
    entries = {entry.person: entry for entry in roster}
    others = sorted((seen.keys() | substitute_for.keys()) - entries.keys())
    persons = [
        _attendance(
            frame,
            person,
            entries.get(person),
            seen.get(person, _Seen()),
            by_person.get(person),
            substitute_for.get(person),
        )
        for person in [*entries, *others]
    ]
    return Folded(persons=tuple(persons), uncounted_rooms=_uncounted(known, last_marks))


@dataclass(slots=True)
class _Seen:
    """Where and when a person was seen, before joining and clipping."""

    by_device: tuple[Interval, ...] = ()
    by_mark: tuple[Interval, ...] = ()
    now: bool = False


def _mark_order(mark: Mark) -> tuple[datetime, str, str, str, str]:
    return mark.at, mark.site, mark.person, mark.mark, mark.substitute or ""


def _last_marks(marks: Collection[Mark]) -> dict[tuple[str, str], Mark]:
    """Return the tick that holds for each site and person: the last one."""
    return {(mark.site, mark.person): mark for mark in sorted(set(marks), key=_mark_order)}


def _latest_by_person(last_marks: Mapping[tuple[str, str], Mark]) -> dict[str, Mark]:
    return {mark.person: mark for mark in sorted(last_marks.values(), key=_mark_order)}


def _seen(
    frame: Frame, known: tuple[Stay, ...], last_marks: Mapping[tuple[str, str], Mark]
) -> dict[str, _Seen]:
    seen: defaultdict[str, _Seen] = defaultdict(_Seen)
    at_site: defaultdict[str, list[Stay]] = defaultdict(list)
    for stay in known:
        if stay.site is not None:
            at_site[stay.site].append(stay)
        for person, start in stay.arrivals:
            seen[person].by_device += (Interval(start, stay.interval.end),)
            seen[person].now |= stay.open
    for mark in last_marks.values():
        present = mark.mark in (MarkKind.PRESENT, MarkKind.LATE)
        if not present and mark.substitute is None:
            continue
        came = seen[mark.substitute or mark.person]
        start = mark.at if mark.mark is MarkKind.LATE else frame.start
        for stay in at_site[mark.site]:
            if start <= stay.interval.end:
                came.by_mark += (Interval(max(start, stay.interval.start), stay.interval.end),)
                came.now |= stay.open
    return dict(seen)


def _attendance(
    frame: Frame,
    person: str,
    entry: RosterPerson | None,
    seen: _Seen,
    mark: Mark | None,
    substitute_for: str | None,
) -> Attendance:
    whole = merge((*seen.by_device, *seen.by_mark), frame.grace)
    within = clip(whole, frame.start, frame.end)
    attended = total(within)
    leave = (entry is not None and entry.leave) or (
        mark is not None and mark.mark is MarkKind.LEAVE
    )
    standing = Standing(entry.standing) if entry else None
    came = bool(within) or (frame.live and seen.now)
    marked_late = mark is not None and mark.mark is MarkKind.LATE and not seen.by_device
    if came and standing is not Standing.EXPECTED:
        state = Attended.NON_VOTING
    elif came:
        state = _state_of_one_who_came(frame, within, attended, marked_late, seen.now)
    elif entry is not None and entry.exempt:
        state = Attended.EXEMPT
    else:
        state = Attended.LEAVE if leave else Attended.ABSENT
    return Attendance(
        person=person,
        standing=standing,
        exempt=entry is not None and entry.exempt,
        leave=leave,
        state=state,
        intervals=within,
        attended=attended,
        first=whole[0].start if whole else None,
        last=whole[-1].end if whole else None,
        present_now=frame.live and seen.now,
        substitute=mark.substitute if mark else None,
        substitute_for=substitute_for,
    )


def _state_of_one_who_came(
    frame: Frame, within: Intervals, attended: timedelta, marked_late: bool, here_now: bool
) -> Attended:
    if not within:  # live, and the scheduled time has not begun
        return Attended.PRESENT
    late = marked_late or within[0].start > frame.start + frame.late_after
    enough = attended * 100 >= frame.planned * frame.present_percent
    stayed = within[-1].end >= frame.end - frame.grace or (frame.live and here_now)
    if late and (enough or stayed):
        return Attended.LATE
    if enough or (frame.live and here_now):
        return Attended.PRESENT
    return Attended.LEFT_EARLY


def _uncounted(
    known: tuple[Stay, ...], last_marks: Mapping[tuple[str, str], Mark]
) -> tuple[str, ...]:
    counted = {site for site, _ in last_marks}
    rooms = {stay.site for stay in known if stay.room and stay.site is not None}
    return tuple(sorted(rooms - counted))
