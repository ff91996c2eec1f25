"""Study hours and makeup study (补课) as values."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from scheduler.meetings.model import MeetingType


class Way(StrEnum):
    REPLAY = "replay"  # watched to the end
    READING = "reading"


class Act(StrEnum):
    DONE = "done"  # said to be done
    CONFIRMED = "confirmed"  # by somebody else
    DECLINED = "declined"


class MakeupState(StrEnum):
    OWED = "owed"
    OVERDUE = "overdue"
    DONE = "done"  # waits for somebody to confirm it
    CONFIRMED = "confirmed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line of what was said of a makeup; nothing is ever taken back."""

    occurrence: str
    person: str
    act: Act
    way: Way | None
    minutes: float | None
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Makeup:
    """A meeting that somebody missed and makes up. `due` is the last day; the attendance stays as
    it was. `late`: it was done after that day."""

    occurrence: str
    type: MeetingType
    title: str
    day: date
    person: str
    name: str
    unit: str
    missed_as: str
    due: date
    state: MakeupState
    late: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyRow:
    """A person over a year. `minutes` were studied in meetings, `makeup_minutes` made up; `hours`
    is both, by the conversion of each day. `required` is None where nothing is."""

    person: str
    name: str
    unit: str
    unit_name: str
    leader: bool
    lectures: int
    minutes: float
    makeup_minutes: float
    hours: float
    required: int | None

    @property
    def missing(self) -> float | None:
        """Hours still to be studied."""
        return None if self.required is None else max(0.0, round(self.required - self.hours, 2))


@dataclass(frozen=True, kw_only=True)
class StudyReport:
    """`attendances` are 人次 and `headcount` 人数 over the meetings in which one studies."""

    year: int
    minutes_per_hour: tuple[tuple[date, int], ...]
    lectures: int
    attendances: int
    headcount: int
    rows: tuple[StudyRow, ...]
