"""Study hours and alerts as sheets: Chinese headings, for CSV, XLSX and the command line."""

from collections.abc import Callable, Mapping
from typing import Final

from scheduler.attendance.sheet import Cell, Column, Sheet
from scheduler.branch_clock.alert_model import Alert, AlertKind
from scheduler.branch_clock.sheets import TYPE_NAMES
from scheduler.branch_clock.study_model import StudyReport, StudyRow
from scheduler.meetings.model import MeetingType

KINDS: Final[Mapping[str, str]] = {
    AlertKind.DUE_SOON: "快到期还没有开",
    AlertKind.LATE: "已逾期",
    AlertKind.LONG_ABSENT: "长期无故缺席",
}


def study_sheet(report: StudyReport) -> Sheet:
    """Return one line for each person."""
    cells: Mapping[Column, Callable[[StudyRow], Cell]] = {
        Column(heading="姓名", width=12): lambda row: row.name,
        Column(heading="单位", width=24): lambda row: row.unit_name,
        Column(heading="书记、委员", width=12): lambda row: "是" if row.leader else None,
        Column(heading="听课次数", width=10): lambda row: row.lectures,
        Column(heading="听课分钟", width=10): lambda row: round(row.minutes, 1),
        Column(heading="补课分钟", width=10): lambda row: round(row.makeup_minutes, 1),
        Column(heading="学时", width=8): lambda row: row.hours,
        Column(heading="应学", width=8): lambda row: row.required,
        Column(heading="还差", width=8): lambda row: row.missing,
    }
    return Sheet(
        title="学时",
        preface=(
            ("年度", report.year),
            *(
                ("折算", f"{day} 起 {minutes} 分钟 = 1 学时")
                for day, minutes in report.minutes_per_hour
            ),
            ("党课次数", report.lectures),
            ("人次", report.attendances),
            ("人数", report.headcount),
        ),
        columns=tuple(cells),
        rows=tuple(tuple(cell(row) for cell in cells.values()) for row in report.rows),
    )


def alert_sheet(
    alerts: tuple[Alert, ...], units: Mapping[str, str], persons: Mapping[str, str]
) -> Sheet:
    """Return one line for each alert; the names of units and persons by id."""
    cells: Mapping[Column, Callable[[Alert], Cell]] = {
        Column(heading="提醒", width=16): lambda one: KINDS[one.kind],
        Column(heading="单位", width=24): lambda one: units[one.unit],
        Column(heading="会议", width=16): lambda one: (
            TYPE_NAMES[MeetingType(one.type)] if one.type else None
        ),
        Column(heading="姓名", width=12): lambda one: persons[one.person] if one.person else None,
        Column(heading="起", width=12): lambda one: one.first.isoformat(),
        Column(heading="止", width=12): lambda one: one.last.isoformat() if one.last else None,
        Column(heading="次数", width=8): lambda one: one.number,
    }
    return Sheet(
        title="提醒",
        preface=(),
        columns=tuple(cells),
        rows=tuple(tuple(cell(one) for cell in cells.values()) for one in alerts),
    )
