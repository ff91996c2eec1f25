"""Reports of attendance as they go over the wire."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from scheduler.attendance.model import (
    AttendanceRow,
    Attended,
    Correction,
    Counts,
    MarkKind,
    OccurrenceReport,
    PeriodReport,
)
from scheduler.meetings.model import LeaveReason, MeetingType, State


class IntervalView(BaseModel):
    start: datetime
    end: datetime


class CorrectionView(BaseModel):
    person: str
    state: Attended
    minutes: float | None
    author: str
    reason: str
    at: datetime


class RowView(BaseModel):
    """One person. `state` and `minutes` come from the facts, `counted_…` from the last
    correction where there is one."""

    person: str
    name: str
    unit: str
    unit_name: str
    standing: Literal["expected", "non_voting"] | None
    exempt: bool
    leave: LeaveReason | None
    state: Attended
    minutes: float
    first: datetime | None
    last: datetime | None
    present_now: bool
    intervals: tuple[IntervalView, ...]
    substitute: str | None
    substitute_name: str | None
    substitute_for: str | None
    corrections: tuple[CorrectionView, ...]
    counted_state: Attended
    counted_minutes: float


class CountsView(BaseModel):
    """The numbers of a meeting. `attendance_rate` is 0 to 1, null where nobody is expected."""

    expected: int
    present: int
    late: int
    left_early: int
    on_leave: int
    absent: int
    exempt: int
    non_voting: int
    uncounted_rooms: int
    attendance_rate: float | None


class OccurrenceReportView(BaseModel):
    occurrence: str
    unit: str
    unit_name: str
    type: MeetingType
    title: str
    meeting_state: State
    scheduled_start: datetime
    scheduled_end: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    planned_s: float
    held: bool
    rows: tuple[RowView, ...]
    counts: CountsView
    uncounted_rooms: tuple[str, ...]


class PeriodRowView(BaseModel):
    person: str
    name: str
    unit: str
    unit_name: str
    expected: int
    present: int
    late: int
    left_early: int
    on_leave: int
    absent: int
    exempt: int
    non_voting: int
    minutes: float
    attendance_rate: float | None


class PeriodReportView(BaseModel):
    """Persons over local days, both included."""

    first: date
    last: date
    occurrences: int
    rows: tuple[PeriodRowView, ...]


class RollEntryView(BaseModel):
    person: str
    name: str
    mark: MarkKind | None
    marked_at: datetime | None
    marked_by: str | None
    substitute: str | None
    here_by_device: bool


class RollCallView(BaseModel):
    site: str
    entries: tuple[RollEntryView, ...]


def occurrence_report_view(report: OccurrenceReport) -> OccurrenceReportView:
    """Describe the report of one meeting."""
    return OccurrenceReportView(
        occurrence=report.occurrence,
        unit=report.unit,
        unit_name=report.unit_name,
        type=report.type,
        title=report.title,
        meeting_state=report.meeting_state,
        scheduled_start=report.scheduled_start,
        scheduled_end=report.scheduled_end,
        opened_at=report.opened_at,
        closed_at=report.closed_at,
        planned_s=report.planned_s,
        held=report.held,
        rows=tuple(_row_view(row) for row in report.rows),
        counts=_counts_view(report.counts),
        uncounted_rooms=report.uncounted_rooms,
    )


def period_report_view(report: PeriodReport) -> PeriodReportView:
    """Describe the report of a period."""
    return PeriodReportView(
        first=report.first,
        last=report.last,
        occurrences=report.occurrences,
        rows=tuple(
            PeriodRowView(
                **{
                    name: getattr(row, name)
                    for name in PeriodRowView.model_fields
                    if name != "attendance_rate"
                },
                attendance_rate=_rate(row.attendance_rate),
            )
            for row in report.rows
        ),
    )


def correction_view(correction: Correction) -> CorrectionView:
    """Describe a correction."""
    return CorrectionView(
        person=correction.person,
        state=correction.state,
        minutes=correction.minutes,
        author=correction.author,
        reason=correction.reason,
        at=correction.at,
    )


def _row_view(row: AttendanceRow) -> RowView:
    plain = {name: getattr(row, name) for name in RowView.model_fields}
    plain["intervals"] = tuple(IntervalView(start=i.start, end=i.end) for i in row.intervals)
    plain["corrections"] = tuple(correction_view(correction) for correction in row.corrections)
    return RowView(**plain)


def _counts_view(counts: Counts) -> CountsView:
    plain = {name: getattr(counts, name) for name in CountsView.model_fields}
    return CountsView(**(plain | {"attendance_rate": _rate(counts.attendance_rate)}))


def _rate(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 4)
