"""Attendance as values: facts, marks, what the fold makes of them, corrections, reports."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from scheduler.meetings.model import LeaveReason, MeetingType, Standing, State


class FactKind(StrEnum):
    JOINED = "joined"
    SIGNED_IN = "signed_in"
    LEFT = "left"


class MarkKind(StrEnum):
    """What the operator of a site ticks in the roll call (点名)."""

    PRESENT = "present"
    LATE = "late"
    LEAVE = "leave"
    ABSENT = "absent"


class Attended(StrEnum):
    """The states of attendance of the domain."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    LEAVE = "leave"
    ABSENT = "absent"
    EXEMPT = "exempt"
    NON_VOTING = "non_voting"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """Something that happened to a presence: one device staying in one meeting without a break.

    `known_until` bounds a stay that has no `left`: the node that saw it was last alive then.
    """

    kind: FactKind
    presence: str
    at: datetime
    device: str | None = None
    site: str | None = None
    room: bool = False
    person: str | None = None
    known_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One tick of a roll call; a later tick of the same site and person replaces it."""

    site: str
    person: str
    mark: MarkKind
    at: datetime
    by: str | None = None
    substitute: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of time, `start` ≤ `end`."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, kw_only=True, slots=True)
class Attendance:
    """What the fold says of one person. `intervals` lie within the meeting; `first` and `last`
    are when the person was really seen, which may be before its start or after its end."""

    person: str
    standing: Standing | None  # None: came without being on the roster
    exempt: bool
    leave: bool
    state: Attended
    intervals: tuple[Interval, ...]
    attended: timedelta
    first: datetime | None
    last: datetime | None
    present_now: bool
    substitute: str | None  # who came instead
    substitute_for: str | None


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A correction by a person, shown beside what the facts say. None leaves that part as is."""

    person: str
    state: Attended
    minutes: float | None
    author: str
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AttendanceRow:
    """One person in the report of an occurrence. `state` and `minutes` come from the facts,
    `counted_state` and `counted_minutes` from the last correction where there is one."""

    person: str
    name: str
    unit: str
    unit_name: str
    standing: Standing | None
    exempt: bool
    leave: LeaveReason | None
    state: Attended
    minutes: float
    first: datetime | None
    last: datetime | None
    present_now: bool
    intervals: tuple[Interval, ...]
    substitute: str | None
    substitute_name: str | None
    substitute_for: str | None
    corrections: tuple[Correction, ...]
    counted_state: Attended
    counted_minutes: float


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The numbers of an occurrence over its expected persons (应到).

    `present` (实到) includes `late`. `exempt` are the expected persons out of the rate, whether
    they came or not. `uncounted_rooms` are meeting rooms connected without a roll call.
    """

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


@dataclass(frozen=True, kw_only=True)
class OccurrenceReport:
    """The attendance of one occurrence, live while it is open. `planned_s` is the length of the
    meeting so far; `held` is false for one that never had a minute within its schedule. Before
    it has opened everybody is absent (or on leave, or exempt), and there is no rate."""

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
    rows: tuple[AttendanceRow, ...]
    counts: Counts
    uncounted_rooms: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PeriodRow:
    """One person over a period; numbers of occurrences, and minutes attended.

    `present` includes `late`. `attendance_rate` is present / (expected − exempt) over the
    occurrences where the person was not exempt, None where there was none.
    """

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


@dataclass(frozen=True, kw_only=True)
class PeriodReport:
    """Persons over a period of local days, `last` included. `occurrences` were held in it."""

    first: date
    last: date
    occurrences: int
    rows: tuple[PeriodRow, ...]


class Cause(StrEnum):
    """Why a presence ended."""

    LEFT = "left"
    LOST = "lost"
    REPLACED = "replaced"
    REMOVED = "removed"
    CLOSED = "closed"
    SERVER_STOPPED = "server_stopped"
    SERVER_LOST = "server_lost"


class How(StrEnum):
    """How a person was signed in."""

    DEVICE = "device"
    ACCOUNT = "account"
    PIN = "pin"
    OPERATOR = "operator"


RollMark = Literal["present", "late", "leave", "absent"]


@dataclass(frozen=True, kw_only=True)
class RollEntry:
    """A person whom a site may tick, with the last tick. `here_by_device`: signed in now."""

    person: str
    name: str
    mark: MarkKind | None
    marked_at: datetime | None
    marked_by: str | None
    substitute: str | None
    here_by_device: bool
