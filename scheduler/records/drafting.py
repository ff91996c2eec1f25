"""The draft of a record: what is known of a meeting and what the recorder wrote, put together.

Pure: the same facts and minutes give the same text, and so the same digest to sign.
"""

from datetime import datetime

from scheduler.attendance.model import AttendanceRow, Attended
from scheduler.meetings.model import Occurrence, Standing
from scheduler.records.content import (
    AgendaLine,
    AttachmentLine,
    Named,
    Numbers,
    PersonLine,
    RecordContent,
)
from scheduler.records.minutes import AbsenceReason, Minutes, Mode, with_agenda
from scheduler.records.sources import Facts

_PLACES_NAMED = 3


def draft(facts: Facts, minutes: Minutes) -> RecordContent:
    """Return the record as it would be signed now."""
    meeting, counts = facts.occurrence, facts.report.counts
    started, ended = actual_times(meeting)
    return apply_minutes(
        RecordContent(
            occurrence=meeting.id,
            branch=Named(id=meeting.unit, name=facts.report.unit_name),
            type=meeting.type,
            title=meeting.title,
            scheduled_start=meeting.scheduled_start,
            scheduled_end=meeting.scheduled_end,
            started_at=started,
            ended_at=ended,
            place=_place(facts.site_names),
            mode=Mode.VIDEO,
            sites=facts.site_names,
            host=_named(meeting.host, facts),
            recorder=_named(meeting.recorder, facts),
            numbers=Numbers(
                **{name: getattr(counts, name) for name in Numbers.model_fields},
            ),
            quorum=facts.quorum,
            people=tuple(_person(row) for row in facts.report.rows),
            agenda=tuple(
                AgendaLine(
                    id=item.id, title=item.title, speaker=item.speaker or "", minutes=item.minutes
                )
                for item in facts.agenda
            ),
            discussion=(),
            votes=facts.votes,
            resolutions=(),
            follow_ups=(),
            attachments=tuple(
                AttachmentLine(
                    **{name: getattr(one, name) for name in AttachmentLine.model_fields},
                )
                for one in facts.attachments
            ),
        ),
        with_agenda(minutes, _items(facts)),
    )


def apply_minutes(content: RecordContent, minutes: Minutes) -> RecordContent:
    """Return the record with what the recorder says in the place of what was known."""
    return content.model_copy(
        update={
            "started_at": minutes.started_at or content.started_at,
            "ended_at": minutes.ended_at or content.ended_at,
            "place": minutes.place or content.place,
            "mode": minutes.mode or content.mode,
            "people": tuple(_with_reason(line, minutes) for line in content.people),
            "discussion": minutes.discussion,
            "resolutions": minutes.resolutions,
            "follow_ups": minutes.follow_ups,
        }
    )


def minutes_of(content: RecordContent) -> Minutes:
    """Return the recorder's part of a record, to be corrected."""
    return Minutes(
        place=content.place,
        mode=content.mode,
        started_at=content.started_at,
        ended_at=content.ended_at,
        discussion=content.discussion,
        resolutions=content.resolutions,
        follow_ups=content.follow_ups,
        absences={
            line.person: line.reason
            for line in content.people
            if line.reason is not None and asks_reason(line)
        },
    )


def asks_reason(line: PersonLine) -> bool:
    """Return whether the recorder says why somebody was not there: an approved leave and an
    exemption say so themselves."""
    return line.standing is Standing.EXPECTED and line.state in (
        Attended.ABSENT,
        Attended.LEFT_EARLY,
    )


def actual_times(meeting: Occurrence) -> tuple[datetime | None, datetime | None]:
    """Return when it really began and ended, to the minute, as people write it: the room opens
    before the start, to let people in."""
    if meeting.opened_at is None:
        return None, None
    return _minute(max(meeting.opened_at, meeting.scheduled_start)), _minute(meeting.closed_at)


def _minute(at: datetime | None) -> datetime | None:
    return at.replace(second=0, microsecond=0) if at else None


def _with_reason(line: PersonLine, minutes: Minutes) -> PersonLine:
    if not asks_reason(line):
        return line
    return line.model_copy(update={"reason": minutes.absences.get(line.person)})


def _person(row: AttendanceRow) -> PersonLine:
    return PersonLine(
        person=row.person,
        name=row.name,
        unit_name=row.unit_name,
        standing=row.standing,
        exempt=row.exempt,
        state=row.counted_state,
        minutes=round(row.counted_minutes),
        reason=_known_reason(row),
        substitute=row.substitute_name or "",
        corrections=len(row.corrections),
    )


def _known_reason(row: AttendanceRow) -> AbsenceReason | None:
    if row.counted_state is Attended.LEAVE:
        return AbsenceReason(row.leave) if row.leave else AbsenceReason.OTHER
    return AbsenceReason.EXEMPT if row.counted_state is Attended.EXEMPT else None


def _place(site_names: tuple[str, ...]) -> str:
    if len(site_names) <= _PLACES_NAMED:
        return "、".join(site_names)
    return f"{'、'.join(site_names[:_PLACES_NAMED])}等 {len(site_names)} 处"


def _named(person: str | None, facts: Facts) -> Named | None:
    if person is None or person not in facts.names:
        return None
    return Named(id=person, name=facts.names[person])


def _items(facts: Facts) -> list[tuple[str, str, str]]:
    return [(item.id, item.title, item.speaker or "") for item in facts.agenda]
