"""Reports as a sheet: Chinese headings, and cells that are text, numbers or empty.

What becomes of them (CSV, XLSX) is `export.py`'s business.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from scheduler.attendance.model import (
    AttendanceRow,
    Attended,
    Correction,
    Counts,
    OccurrenceReport,
    PeriodReport,
    PeriodRow,
)
from scheduler.meetings.model import LeaveReason, Standing

Cell = str | int | float | None

STATES: Mapping[Attended, str] = {
    Attended.PRESENT: "到会",
    Attended.LATE: "迟到",
    Attended.LEFT_EARLY: "早退",
    Attended.LEAVE: "请假",
    Attended.ABSENT: "缺席",
    Attended.EXEMPT: "豁免",
    Attended.NON_VOTING: "列席",
}
STANDINGS: Mapping[Standing | None, str] = {
    Standing.EXPECTED: "应到",
    Standing.NON_VOTING: "列席",
    None: "名单外",
}
REASONS: Mapping[LeaveReason, str] = {
    LeaveReason.WORK: "工作",
    LeaveReason.ILLNESS: "因病",
    LeaveReason.FAMILY: "家事",
    LeaveReason.OTHER: "其他",
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """A heading, and the width of the column in characters; with `wrap` long texts take several
    lines."""

    heading: str
    width: int
    percent: bool = False
    wrap: bool = False


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """`preface` are lines above the table: what it is about, and its sums."""

    title: str
    preface: tuple[tuple[Cell, ...], ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def occurrence_sheet(report: OccurrenceReport, zone: ZoneInfo) -> Sheet:
    """Return the attendance of one occurrence, times in the local zone."""

    def local(moment: datetime | None) -> str | None:
        return None if moment is None else moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")

    cells: Mapping[Column, Callable[[AttendanceRow], Cell]] = {
        Column(heading="姓名", width=12): lambda row: row.name,
        Column(heading="单位", width=20, wrap=True): lambda row: row.unit_name,
        Column(heading="身份", width=7): lambda row: STANDINGS[row.standing],
        Column(heading="状态", width=7): lambda row: STATES[row.state],
        Column(heading="分钟", width=7): lambda row: round(row.minutes, 1),
        Column(heading="到会时间", width=19): lambda row: local(row.first),
        Column(heading="离会时间", width=19): lambda row: local(row.last),
        Column(heading="请假原因", width=7): lambda row: REASONS[row.leave] if row.leave else None,
        Column(heading="豁免", width=6): lambda row: "是" if row.exempt else None,
        Column(heading="替会人", width=10): lambda row: row.substitute_name,
        Column(heading="更正后状态", width=8): _corrected_state,
        Column(heading="更正后分钟", width=8): _corrected_minutes,
        Column(heading="更正记录", width=30, wrap=True): lambda row: (
            "；".join(_correction(one, local(one.at)) for one in row.corrections) or None
        ),
    }
    preface: tuple[tuple[Cell, ...], ...] = (
        ("会议", report.title),
        ("单位", report.unit_name),
        ("计划时间", local(report.scheduled_start), local(report.scheduled_end)),
        ("实际时间", local(report.opened_at), local(report.closed_at)),
        *_sums(report.counts),
    )
    return Sheet(
        title="会议考勤",
        preface=preface,
        columns=tuple(cells),
        rows=tuple(tuple(cell(row) for cell in cells.values()) for row in report.rows),
    )


def period_sheet(report: PeriodReport) -> Sheet:
    """Return the attendance of persons over a period."""
    cells: Mapping[Column, Callable[[PeriodRow], Cell]] = {
        Column(heading="姓名", width=12): lambda row: row.name,
        Column(heading="单位", width=24, wrap=True): lambda row: row.unit_name,
        Column(heading="应到次数", width=10): lambda row: row.expected,
        Column(heading="实到次数", width=10): lambda row: row.present,
        Column(heading="其中迟到", width=10): lambda row: row.late,
        Column(heading="早退", width=8): lambda row: row.left_early,
        Column(heading="请假", width=8): lambda row: row.on_leave,
        Column(heading="缺席", width=8): lambda row: row.absent,
        Column(heading="豁免", width=8): lambda row: row.exempt,
        Column(heading="列席", width=8): lambda row: row.non_voting,
        Column(heading="分钟", width=10): lambda row: round(row.minutes, 1),
        Column(heading="到会率", width=10, percent=True): lambda row: row.attendance_rate,
    }
    return Sheet(
        title="考勤汇总",
        preface=(
            ("时间", report.first.isoformat(), report.last.isoformat()),
            ("会议次数", report.occurrences),
        ),
        columns=tuple(cells),
        rows=tuple(tuple(cell(row) for cell in cells.values()) for row in report.rows),
    )


def _sums(counts: Counts) -> tuple[tuple[Cell, ...], ...]:
    rate = counts.attendance_rate
    return (
        ("应到", counts.expected),
        ("实到", counts.present),
        ("其中迟到", counts.late),
        ("早退", counts.left_early),
        ("请假", counts.on_leave),
        ("缺席", counts.absent),
        ("豁免", counts.exempt),
        ("列席", counts.non_voting),
        ("已连接未点名会场", counts.uncounted_rooms),
        ("到会率", "无" if rate is None else f"{rate:.1%}"),
    )


def _corrected_state(row: AttendanceRow) -> Cell:
    return STATES[row.counted_state] if row.corrections else None


def _corrected_minutes(row: AttendanceRow) -> Cell:
    return round(row.counted_minutes, 1) if row.corrections else None


def _correction(correction: Correction, at: str | None) -> str:
    minutes = "" if correction.minutes is None else f" {correction.minutes:g} 分钟"
    return f"{at} {correction.author} 改为{STATES[correction.state]}{minutes}：{correction.reason}"
