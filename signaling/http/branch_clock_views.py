"""The clock of the branches as it goes over the wire. Rates are 0 to 1, null over nothing."""

from datetime import date, datetime

from pydantic import BaseModel

from scheduler.branch_clock.duties import OWED_BY
from scheduler.branch_clock.model import (
    BranchClock,
    ClockRow,
    Figures,
    Overview,
    Progress,
    Standing,
)
from scheduler.meetings.model import MeetingType, State
from scheduler.rules.model import Mark, TypeRule
from scheduler.rules.periods import Period
from scheduler.rules.table import COMMITTEE


class ProgressView(BaseModel):
    """Numbers of meetings. `required`, `enough` (Σ min(held, required)), `held` and `late` are of
    the periods that are over, `now_…` of those that go on; `waiting` are not archived yet."""

    required: int
    enough: int
    held: int
    late: int
    completion_rate: float | None
    now_required: int
    now_enough: int
    now_planned: int
    waiting: int


class FiguresView(BaseModel):
    """Attendance in persons: `counted` are the expected without the exempt, `came` those of them
    who were present, `took_part` the 人次."""

    meetings: int
    expected: int
    counted: int
    came: int
    late: int
    left_early: int
    on_leave: int
    absent: int
    took_part: int
    attendance_rate: float | None


class ClockRowView(BaseModel):
    """A unit with all below it; `headcount` (人数) counts each person once."""

    unit: str
    name: str
    kind: str
    branches: int
    headcount: int
    progress: ProgressView
    figures: FiguresView
    types: dict[MeetingType, ProgressView]


class DutyView(BaseModel):
    """What is owed of a type, and by which rule."""

    type: MeetingType
    period: Period
    at_least: int
    mark: Mark
    text: str
    article: str


class OverviewView(BaseModel):
    year: int
    today: date
    unit: str
    name: str
    kind: str
    duties: tuple[DutyView, ...]
    whole: ClockRowView
    attendance: dict[MeetingType, FiguresView]
    rows: tuple[ClockRowView, ...]


class PeriodView(BaseModel):
    first: date
    last: date
    at_least: int
    held: int
    waiting: int
    planned: int
    standing: Standing


class ClockMeetingView(BaseModel):
    """A meeting of a branch; `counts` says that its record is archived and its quorum met."""

    occurrence: str
    type: MeetingType
    title: str
    start: datetime
    state: State
    record_state: str | None
    quorum_met: bool | None
    counts: bool


class NoCommitteeView(BaseModel):
    """A branch with fewer full members has no committee, and owes no meetings of one."""

    full_members: int
    text: str
    article: str


class BranchClockView(BaseModel):
    """`no_committee`: by which rule it has none on some days of the year, null where it has one."""

    year: int
    today: date
    founded: date | None
    dissolved: date | None
    no_committee: NoCommitteeView | None
    row: ClockRowView
    attendance: dict[MeetingType, FiguresView]
    duties: tuple[DutyView, ...]
    periods: dict[MeetingType, tuple[PeriodView, ...]]
    meetings: tuple[ClockMeetingView, ...]


class LifeView(BaseModel):
    """When a branch was founded and dissolved; null: always, not yet."""

    unit: str
    founded: date | None
    dissolved: date | None


def overview_view(overview: Overview, rules: dict[str, TypeRule]) -> OverviewView:
    """Describe the clock of several units."""
    kinds = tuple(dict.fromkeys(kind for kinds in OWED_BY.values() for kind in kinds))
    return OverviewView(
        year=overview.year,
        today=overview.today,
        unit=overview.unit,
        name=overview.name,
        kind=overview.kind,
        duties=_duties([kind for kind in kinds if kind in overview.whole.types], rules),
        whole=_row(overview.whole),
        attendance={kind: _figures(one) for kind, one in overview.whole.attendance.items()},
        rows=tuple(_row(row) for row in overview.rows),
    )


def branch_clock_view(clock: BranchClock, rules: dict[str, TypeRule]) -> BranchClockView:
    """Describe the clock of one branch."""
    return BranchClockView(
        year=clock.year,
        today=clock.today,
        founded=clock.founded,
        dissolved=clock.dissolved,
        no_committee=_no_committee() if clock.without_committee else None,
        row=_row(clock.row),
        attendance={kind: _figures(one) for kind, one in clock.row.attendance.items()},
        duties=_duties(list(clock.periods), rules),
        periods={
            kind: tuple(
                PeriodView(
                    first=one.due.first,
                    last=one.due.last,
                    at_least=one.due.at_least,
                    held=one.held,
                    waiting=one.waiting,
                    planned=one.planned,
                    standing=one.standing,
                )
                for one in periods
            )
            for kind, periods in clock.periods.items()
        },
        meetings=tuple(
            ClockMeetingView(
                occurrence=one.occurrence,
                type=one.type,
                title=one.title,
                start=one.start,
                state=one.state,
                record_state=one.record_state,
                quorum_met=one.quorum_met,
                counts=one.counts,
            )
            for one in clock.meetings
        ),
    )


def _no_committee() -> NoCommitteeView:
    source = COMMITTEE.source
    return NoCommitteeView(
        full_members=COMMITTEE.full_members, text=source.text, article=source.article
    )


def _duties(kinds: list[MeetingType], rules: dict[str, TypeRule]) -> tuple[DutyView, ...]:
    return tuple(
        DutyView(
            type=kind,
            period=rule.obligation.period,
            at_least=rule.obligation.at_least,
            mark=rule.source.mark,
            text=rule.source.text,
            article=rule.source.article,
        )
        for kind in kinds
        if (rule := rules.get(kind)) is not None and rule.obligation is not None
    )


def _row(row: ClockRow) -> ClockRowView:
    return ClockRowView(
        unit=row.unit,
        name=row.name,
        kind=row.kind,
        branches=row.branches,
        headcount=row.headcount,
        progress=_progress(row.progress),
        figures=_figures(row.figures),
        types={kind: _progress(one) for kind, one in row.types.items()},
    )


def _progress(one: Progress) -> ProgressView:
    return ProgressView(
        required=one.required,
        enough=one.enough,
        held=one.held,
        late=one.late,
        completion_rate=_rate(one.completion_rate),
        now_required=one.now_required,
        now_enough=one.now_enough,
        now_planned=one.now_planned,
        waiting=one.waiting,
    )


def _figures(one: Figures) -> FiguresView:
    return FiguresView(
        meetings=one.meetings,
        expected=one.expected,
        counted=one.counted,
        came=one.came,
        late=one.late,
        left_early=one.left_early,
        on_leave=one.on_leave,
        absent=one.absent,
        took_part=one.took_part,
        attendance_rate=_rate(one.attendance_rate),
    )


def _rate(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 4)
