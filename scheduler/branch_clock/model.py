"""The clock of the branches as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum

from scheduler.attendance.counts import rate
from scheduler.branch_clock.duties import DuePeriod
from scheduler.meetings.model import MeetingType, State


@dataclass(kw_only=True, slots=True)
class Progress:
    """What is owed of one type, in numbers of meetings.

    `required`, `enough` (Σ min(held, required)) and `held` are of the periods that are over.
    The `now_…` are of the period that goes on: what is owed, what of it is held, what of the rest
    is planned. `waiting` were held and their records are not archived yet.
    """

    required: int = 0
    enough: int = 0
    held: int = 0
    now_required: int = 0
    now_enough: int = 0
    now_planned: int = 0
    waiting: int = 0

    @property
    def late(self) -> int:
        """Meetings that were owed and not held."""
        return self.required - self.enough

    @property
    def completion_rate(self) -> float | None:
        """完成率 of the periods that are over, None where nothing was owed."""
        return rate(self.enough, self.required)

    def add(self, other: "Progress") -> None:
        """Add the numbers of another unit or type."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


@dataclass(kw_only=True, slots=True)
class Figures:
    """Attendance over the meetings that took place, in persons. `counted` are the expected ones
    that were not exempt, `came` those of them who were present, `took_part` the 人次."""

    meetings: int = 0
    expected: int = 0
    counted: int = 0
    came: int = 0
    late: int = 0
    left_early: int = 0
    on_leave: int = 0
    absent: int = 0
    took_part: int = 0

    @property
    def attendance_rate(self) -> float | None:
        """到会率, None where nobody was expected."""
        return rate(self.came, self.counted)

    def add(self, other: "Figures") -> None:
        """Add the numbers of another unit or type."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


@dataclass(kw_only=True, slots=True)
class ClockRow:
    """A unit with all below it. `branches` are the units in it that owe meetings, `headcount`
    (人数) the persons who took part in any of its meetings of the year, each once."""

    unit: str
    name: str
    kind: str
    branches: int = 0
    headcount: int = 0
    types: dict[MeetingType, Progress] = field(default_factory=dict)
    attendance: dict[MeetingType, Figures] = field(default_factory=dict)

    @property
    def progress(self) -> Progress:
        """All types together."""
        whole = Progress()
        for one in self.types.values():
            whole.add(one)
        return whole

    @property
    def figures(self) -> Figures:
        """All types together."""
        whole = Figures()
        for one in self.attendance.values():
            whole.add(one)
        return whole


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The clock of a year as it stands on `today`; `unit` is empty where who asks has several."""

    year: int
    today: date
    unit: str
    name: str
    kind: str
    whole: ClockRow
    rows: tuple[ClockRow, ...]


class Standing(StrEnum):
    """How a branch stands with a period, the most pressing first."""

    LATE = "late"  # over, and not enough was held
    DUE = "due"  # goes on, not enough held and not enough planned
    WAITING = "waiting"  # enough was held, but records are not archived yet
    PLANNED = "planned"  # enough is held or planned
    DONE = "done"
    TO_COME = "to_come"  # has not begun


@dataclass(frozen=True, kw_only=True, slots=True)
class Meeting:
    """A meeting of a branch. `counts`: archived, and its quorum not missed."""

    occurrence: str
    type: MeetingType
    title: str
    start: datetime
    day: date
    state: State
    record_state: str | None
    quorum_met: bool | None
    counts: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PeriodOfBranch:
    """One period of a type; `held` may be more than owed."""

    due: DuePeriod
    standing: Standing
    held: int
    waiting: int
    planned: int


@dataclass(frozen=True, kw_only=True)
class BranchClock:
    """One branch over a year: its row, its periods by type, its meetings by time.

    `without_committee`: on some of its days it is too small for a committee, and owes no meetings
    of one.
    """

    year: int
    today: date
    founded: date | None
    dissolved: date | None
    without_committee: bool
    row: ClockRow
    periods: Mapping[MeetingType, tuple[PeriodOfBranch, ...]]
    meetings: tuple[Meeting, ...]
