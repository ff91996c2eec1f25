"""When what is due for an occurrence: pure, from its times and thresholds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scheduler.meetings.model import Occurrence


class Kind(StrEnum):
    """The actions of the agenda, in the order in which they are done when due together."""

    REMIND = "remind"
    OPEN = "open"
    RING = "ring"
    CLOSE = "close"
    SETTLE = "settle"


RANK = {kind: rank for rank, kind in enumerate(Kind)}

GATES = frozenset({Kind.OPEN, Kind.CLOSE})
"""What comes later in the same occurrence waits for these: nobody rings for a closed room."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """An action and its time; after `useless_after` it is skipped as missed."""

    kind: Kind
    at: datetime
    useless_after: datetime | None = None


def before_opening(occurrence: Occurrence) -> tuple[Due, ...]:
    """What stands in the agenda for a scheduled occurrence."""
    start, opens = occurrence.scheduled_start, occurrence.opens_at
    ring = max(opens, start - timedelta(seconds=occurrence.ring_before_s))
    remind = start - timedelta(seconds=occurrence.remind_before_s)
    return (
        Due(kind=Kind.REMIND, at=remind, useless_after=start),
        Due(kind=Kind.OPEN, at=opens),
        Due(kind=Kind.RING, at=ring, useless_after=occurrence.scheduled_end),
        Due(kind=Kind.CLOSE, at=occurrence.closes_at),
    )


def after_closing(occurrence: Occurrence, closed_at: datetime) -> Due:
    """Settling waits for the grace, so that the last facts are in."""
    return Due(kind=Kind.SETTLE, at=closed_at + timedelta(seconds=occurrence.grace_s))
