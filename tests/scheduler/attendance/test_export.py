"""Exports open in a spreadsheet as they are, and nothing in them is run."""

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from scheduler.attendance.export import harmless, to_csv, to_xlsx
from scheduler.attendance.model import (
    AttendanceRow,
    Attended,
    Correction,
    Counts,
    OccurrenceReport,
    PeriodReport,
    PeriodRow,
)
from scheduler.attendance.sheet import Sheet, occurrence_sheet, period_sheet
from scheduler.meetings.model import LeaveReason, MeetingType, Standing, State
from tests.support.meetings import SEVEN, SHANGHAI

EVIL = '=HYPERLINK("http://example.invalid","点我")'

ROW = AttendanceRow(
    person="p1",
    name="示例一",
    unit="br1",
    unit_name="示范一村党支部",
    standing=Standing.EXPECTED,
    exempt=False,
    leave=None,
    state=Attended.LEFT_EARLY,
    minutes=20.04,
    first=SEVEN,
    last=SEVEN,
    present_now=False,
    intervals=(),
    substitute=None,
    substitute_name=None,
    substitute_for=None,
    corrections=(
        Correction(
            person="p1",
            state=Attended.PRESENT,
            minutes=60,
            author="p2",
            reason="设备故障",
            at=SEVEN,
        ),
    ),
    counted_state=Attended.PRESENT,
    counted_minutes=60,
)
ABSENT = replace(
    ROW,
    person="p2",
    name=EVIL,
    leave=LeaveReason.ILLNESS,
    state=Attended.LEAVE,
    minutes=0.0,
    first=None,
    last=None,
    corrections=(),
    counted_state=Attended.LEAVE,
    counted_minutes=0.0,
)
REPORT = OccurrenceReport(
    occurrence="o1",
    unit="net1",
    unit_name="第一网络党支部",
    type=MeetingType.NETWORK_BRANCH_MEETING,
    title=EVIL,
    meeting_state=State.SETTLED,
    scheduled_start=SEVEN,
    scheduled_end=SEVEN,
    opened_at=SEVEN,
    closed_at=None,
    planned_s=3600,
    held=True,
    rows=(ROW, ABSENT),
    counts=Counts(
        expected=2,
        present=1,
        late=0,
        left_early=0,
        on_leave=1,
        absent=0,
        exempt=0,
        non_voting=0,
        uncounted_rooms=0,
        attendance_rate=0.5,
    ),
    uncounted_rooms=(),
)
PERIOD = PeriodReport(
    first=date(2026, 1, 1),
    last=date(2026, 12, 31),
    occurrences=52,
    rows=(
        PeriodRow(
            person="p1",
            name="示例一",
            unit="br1",
            unit_name="示范一村党支部",
            expected=52,
            present=50,
            late=1,
            left_early=1,
            on_leave=1,
            absent=0,
            exempt=0,
            non_voting=0,
            minutes=2999.96,
            attendance_rate=50 / 52,
        ),
        PeriodRow(
            person="p2",
            name="@示例二",
            unit="",
            unit_name="",
            expected=0,
            present=0,
            late=0,
            left_early=0,
            on_leave=0,
            absent=0,
            exempt=0,
            non_voting=1,
            minutes=0,
            attendance_rate=None,
        ),
    ),
)


def read_csv(sheet: Sheet) -> list[dict[str, str]]:
    text = to_csv(sheet)
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))


def test_the_csv_of_an_occurrence_has_chinese_headings_and_both_versions() -> None:
    first, second = read_csv(occurrence_sheet(REPORT, SHANGHAI))
    assert first["姓名"] == "示例一"
    assert (first["状态"], first["分钟"]) == ("早退", "20")
    assert (first["更正后状态"], first["更正后分钟"]) == ("到会", "60")
    assert first["更正记录"] == "2026-11-23 19:00:00 p2 改为到会 60 分钟：设备故障"
    assert first["到会时间"] == "2026-11-23 19:00:00"
    assert (second["状态"], second["请假原因"]) == ("请假", "因病")
    assert (second["更正后状态"], second["更正后分钟"], second["到会时间"]) == ("", "", "")


def test_the_csv_of_a_period_leaves_a_rate_over_nobody_empty() -> None:
    first, second = read_csv(period_sheet(PERIOD))
    assert (first["应到次数"], first["实到次数"], first["到会率"]) == ("52", "50", "0.9615")
    assert first["分钟"] == "3000"
    assert second["到会率"] == ""
    assert second["姓名"] == "'@示例二"


def test_the_workbook_reads_back_with_text_as_text() -> None:
    book = load_workbook(io.BytesIO(to_xlsx(occurrence_sheet(REPORT, SHANGHAI))))
    page = book["会议考勤"]
    cells = [[cell.value for cell in row] for row in page.iter_rows()]
    assert cells[0][:2] == ["会议", EVIL]
    head = next(row for row in cells if row[0] == "姓名")
    assert head[3:5] == ["状态", "分钟"]
    assert [row[0] for row in cells[-2:]] == ["示例一", EVIL]
    assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "n"}
    assert not any(cell.hyperlink for row in page.iter_rows() for cell in row)


def test_the_workbook_of_a_period_has_numbers() -> None:
    page = load_workbook(io.BytesIO(to_xlsx(period_sheet(PERIOD))))["考勤汇总"]
    *_, first, second = page.iter_rows(values_only=True)
    assert first[2:4] == (52, 50)
    assert first[-1] == pytest.approx(50 / 52)
    assert second[-1] is None


def test_a_report_without_rows_is_a_file_too() -> None:
    empty = replace(PERIOD, rows=())
    assert read_csv(period_sheet(empty)) == []
    assert load_workbook(io.BytesIO(to_xlsx(period_sheet(empty)))).sheetnames == ["考勤汇总"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\u3000=1", "\n=1"]
)
def test_a_formula_in_a_name_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "示例一", "李=四", "1-2", "a@b"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@settings(deadline=None, max_examples=40)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_any_name_survives_both_files(name: str) -> None:
    period = replace(PERIOD, rows=(replace(PERIOD.rows[0], name=name),))
    sheet = period_sheet(period)
    [row] = read_csv(sheet)
    assert row["姓名"] == harmless(name)
    page = load_workbook(io.BytesIO(to_xlsx(sheet)))["考勤汇总"]
    assert page.max_row == len(sheet.preface) + 3
