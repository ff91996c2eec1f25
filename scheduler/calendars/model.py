"""What a calendar feed is, and what stands in it. Plain values without behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from scheduler.meetings.model import Occurrence, Series
from scheduler.meetings.public_days import PublicDays


class FeedKind(StrEnum):
    """Whose meetings a feed shows."""

    PERSON = "person"
    UNIT = "unit"
    SITE = "site"


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A feed somebody asked for. Its token is told once and stored as a hash."""

    id: str
    kind: FeedKind
    subject: str
    issued_by: str
    issued_at: datetime


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a feed shows: the occurrences of its subject from `first` on.

    `series` are those that will expect the subject also in days not laid out yet; `laid_out_to`
    is the last day of a series that has an occurrence. `changed_at` is by id of the series or the
    occurrence.
    """

    first: date
    occurrences: tuple[Occurrence, ...]
    series: tuple[Series, ...]
    laid_out_to: Mapping[str, date]
    public_days: PublicDays
    changed_at: Mapping[str, datetime]


@dataclass(frozen=True, kw_only=True)
class Event:
    """One VEVENT (RFC 5545, 3.6.1). Points in time are aware, in the zone of the calendar.

    With `rrule` it stands for a series, less `excluded`; with `instead_of` for one occurrence of
    it that is not as the rule says.
    """

    uid: str
    occurrence: str | None
    unit: str
    title: str
    start: datetime
    end: datetime
    sequence: int
    changed_at: datetime
    rrule: str | None = None
    excluded: tuple[datetime, ...] = ()
    instead_of: datetime | None = None
    cancelled: bool = False
