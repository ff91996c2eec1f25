"""Alerts as values. An alert asks a person to look; it decides nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class AlertKind(StrEnum):
    DUE_SOON = "due_soon"  # the period ends soon, and not enough is held or planned
    LATE = "late"  # the period is over, and not enough was held
    LONG_ABSENT = "long_absent"  # absent from every meeting for long, without a reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """What an alert is about. `first` to `last` is the period, or the absence so far; `number`
    counts the meetings that are missing, or that the person missed."""

    kind: AlertKind
    unit: str
    type: str | None
    person: str | None
    first: date
    last: date | None
    number: int

    @property
    def key(self) -> str:
        """What makes it the same alert when somebody looks again."""
        return f"{self.kind}|{self.type or ''}|{self.first}|{self.person or self.unit}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """An alert that stands."""

    key: str
    kind: str
    unit: str
    type: str | None
    person: str | None
    first: date
    last: date | None
    number: int
    raised_at: datetime
    seen_at: datetime | None
    seen_by: str | None
