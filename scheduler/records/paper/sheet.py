"""The attendance of a record as a sheet: from the signed text alone."""

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from scheduler.attendance.export import to_xlsx
from scheduler.attendance.sheet import Cell, Column, Sheet
from scheduler.records import words
from scheduler.records.content import PersonLine, RecordContent
from scheduler.records.paper.zip_dates import with_fixed_dates


def attendance_sheet(content: RecordContent, zone: ZoneInfo) -> Sheet:
    """Return who was there, as it was signed."""
    cells: Mapping[Column, Callable[[PersonLine], Cell]] = {
        Column(heading="姓名", width=12): lambda line: line.name,
        Column(heading="单位", width=28): lambda line: line.unit_name,
        Column(heading="身份", width=8): lambda line: words.STANDINGS[line.standing],
        Column(heading="状态", width=8): lambda line: words.STATES[line.state],
        Column(heading="分钟", width=8): lambda line: line.minutes,
        Column(heading="原因", width=10): lambda line: (
            words.REASONS[line.reason] if line.reason else None
        ),
        Column(heading="豁免", width=6): lambda line: "是" if line.exempt else None,
        Column(heading="替会人", width=12): lambda line: line.substitute or None,
    }
    numbers = content.numbers
    preface: tuple[tuple[Cell, ...], ...] = (
        ("会议", content.title),
        ("党支部", content.branch.name),
        ("计划时间", words.span(content.scheduled_start, content.scheduled_end, zone)),
        ("实际时间", words.span(content.started_at, content.ended_at, zone)),
        ("应到", numbers.expected),
        ("实到", numbers.present),
        ("其中迟到", numbers.late),
        ("早退", numbers.left_early),
        ("请假", numbers.on_leave),
        ("缺席", numbers.absent),
        ("豁免", numbers.exempt),
        ("列席", numbers.non_voting),
        *_quorum(content),
    )
    return Sheet(
        title="会议考勤",
        preface=preface,
        columns=tuple(cells),
        rows=tuple(tuple(cell(line) for cell in cells.values()) for line in content.people),
    )


def _quorum(content: RecordContent) -> tuple[tuple[Cell, ...], ...]:
    """What was signed before people were counted together keeps its sheet, byte for byte."""
    quorum = content.quorum
    if quorum is None or quorum.together is None:
        return ()
    return (
        ("有表决权的应到", quorum.expected_voting),
        ("同时到会最多", quorum.together),
        ("须到", quorum.needed),
    )


def to_attendance_xlsx(content: RecordContent, zone: ZoneInfo, dated: datetime) -> bytes:
    """Return the sheet as XLSX; the same record gives the same bytes."""
    return with_fixed_dates(to_xlsx(attendance_sheet(content, zone), created=dated))
