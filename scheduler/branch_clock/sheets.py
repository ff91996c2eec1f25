"""The clock of the branches as sheets: Chinese headings, for CSV, XLSX and the command line."""

from collections.abc import Callable, Mapping
from typing import Final

from scheduler.attendance.sheet import Cell, Column, Sheet
from scheduler.branch_clock.model import BranchClock, ClockRow, Overview, PeriodOfBranch, Standing
from scheduler.meetings.model import MeetingType

TYPE_NAMES: Final[Mapping[MeetingType, str]] = {
    MeetingType.MEMBER_ASSEMBLY: "支部党员大会",
    MeetingType.BRANCH_COMMITTEE_MEETING: "支部委员会",
    MeetingType.GROUP_MEETING: "党小组会",
    MeetingType.PARTY_LECTURE: "党课",
    MeetingType.THEME_PARTY_DAY: "主题党日",
    MeetingType.ORG_LIFE_MEETING: "组织生活会",
    MeetingType.NETWORK_BRANCH_MEETING: "网络支部例会",
    MeetingType.WORK_MEETING: "工作会议",
}
STANDINGS: Final[Mapping[Standing, str]] = {
    Standing.LATE: "逾期",
    Standing.DUE: "待安排",
    Standing.WAITING: "待归档",
    Standing.PLANNED: "已安排",
    Standing.DONE: "完成",
    Standing.TO_COME: "未到期",
}


def overview_sheet(overview: Overview) -> Sheet:
    """Return one line for each unit, the sum last."""
    cells: Mapping[Column, Callable[[ClockRow], Cell]] = {
        Column(heading="单位", width=30, wrap=True): lambda row: row.name or "合计",
        Column(heading="支部数", width=7): lambda row: row.branches,
        Column(heading="到期应开", width=7): lambda row: row.progress.required,
        Column(heading="已完成", width=7): lambda row: row.progress.enough,
        Column(heading="逾期", width=7): lambda row: row.progress.late,
        Column(heading="完成率", width=7, percent=True): lambda row: row.progress.completion_rate,
        Column(heading="本期应开", width=7): lambda row: row.progress.now_required,
        Column(heading="本期已完成", width=7): lambda row: row.progress.now_enough,
        Column(heading="本期已安排", width=7): lambda row: row.progress.now_planned,
        Column(heading="待归档", width=7): lambda row: row.progress.waiting,
        Column(heading="会议次数", width=7): lambda row: row.figures.meetings,
        Column(heading="应到", width=7): lambda row: row.figures.expected,
        Column(heading="应到（不含豁免）", width=7): lambda row: row.figures.counted,
        Column(heading="实到（不含豁免）", width=7): lambda row: row.figures.came,
        Column(heading="请假", width=7): lambda row: row.figures.on_leave,
        Column(heading="缺席", width=7): lambda row: row.figures.absent,
        Column(heading="到会率", width=7, percent=True): lambda row: row.figures.attendance_rate,
        Column(heading="人次", width=7): lambda row: row.figures.took_part,
        Column(heading="人数", width=7): lambda row: row.headcount,
    }
    return Sheet(
        title="支部时钟",
        preface=(("单位", overview.name), *_times(overview)),
        columns=tuple(cells),
        rows=tuple(
            tuple(cell(row) for cell in cells.values()) for row in (*overview.rows, overview.whole)
        ),
    )


def branch_sheet(clock: BranchClock) -> Sheet:
    """Return one line for each type and period of a branch."""
    cells: Mapping[Column, Callable[[MeetingType, PeriodOfBranch], Cell]] = {
        Column(heading="会议", width=16): lambda kind, _: TYPE_NAMES[kind],
        Column(heading="起", width=12): lambda _, one: one.due.first.isoformat(),
        Column(heading="止", width=12): lambda _, one: one.due.last.isoformat(),
        Column(heading="应开", width=8): lambda _, one: one.due.at_least,
        Column(heading="已开", width=8): lambda _, one: one.held,
        Column(heading="待归档", width=8): lambda _, one: one.waiting,
        Column(heading="已安排", width=8): lambda _, one: one.planned,
        Column(heading="情况", width=10): lambda _, one: STANDINGS[one.standing],
    }
    return Sheet(
        title="支部时钟",
        preface=(("单位", clock.row.name), *_times(clock)),
        columns=tuple(cells),
        rows=tuple(
            tuple(cell(kind, one) for cell in cells.values())
            for kind, periods in clock.periods.items()
            for one in periods
        ),
    )


def _times(of: Overview | BranchClock) -> tuple[tuple[Cell, ...], ...]:
    return (("年度", of.year), ("截至", of.today.isoformat()))
