"""Builders for the fold: a meeting of one hour from 19:00, minutes as numbers."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from scheduler.attendance.fold import Folded, Frame, fold
from scheduler.attendance.model import Attendance, Fact, FactKind, Mark, MarkKind
from scheduler.meetings.model import RosterPerson, Standing
from tests.support.meetings import SEVEN

_PRESENCES = count()


def at(minute: float) -> datetime:
    """A point in time, minutes after the start."""
    return SEVEN + timedelta(minutes=minute)


def hour(**changes: Any) -> Frame:
    """The frame of a meeting held from 19:00 to 20:00 that is closed."""
    values: dict[str, Any] = {
        "start": at(0),
        "end": at(60),
        "until": at(60),
        "live": False,
        "grace": timedelta(seconds=120),
        "late_after": timedelta(minutes=5),
        "present_percent": 80,
    }
    return Frame(**(values | changes))


def live_at(minute: float) -> Frame:
    """The same meeting while it goes on."""
    return hour(end=at(min(60.0, minute)), until=at(minute), live=True)


def expected(person: str = "p1", **changes: Any) -> RosterPerson:
    values: dict[str, Any] = {
        "person": person,
        "name": person,
        "standing": Standing.EXPECTED,
        "exempt": False,
        "leave": False,
        "site": None,
    }
    return RosterPerson(**(values | changes))


def stay(
    start: float,
    end: float | None,
    person: str | None = "p1",
    *,
    site: str | None = None,
    room: bool = False,
) -> list[Fact]:
    """A device in the meeting from one minute to another, None for not gone yet."""
    presence = f"presence-{next(_PRESENCES)}"
    joined = Fact(
        kind=FactKind.JOINED,
        presence=presence,
        at=at(start),
        device=presence,
        site=site,
        room=room,
        person=person,
    )
    if end is None:
        return [joined]
    return [joined, Fact(kind=FactKind.LEFT, presence=presence, at=at(end))]


def signed_in(facts: list[Fact], person: str, minute: float) -> list[Fact]:
    """The stay with a person who signed in by PIN."""
    presence = facts[0].presence
    fact = Fact(kind=FactKind.SIGNED_IN, presence=presence, at=at(minute), person=person)
    return [*facts, fact]


def tick(
    person: str, mark: str, minute: float, *, site: str = "hall", substitute: str | None = None
) -> Mark:
    return Mark(site=site, person=person, mark=MarkKind(mark), at=at(minute), substitute=substitute)


def folded(
    facts: list[Fact],
    marks: list[Mark] | None = None,
    roster: list[RosterPerson] | None = None,
    frame: Frame | None = None,
) -> Folded:
    return fold(frame or hour(), roster or [expected()], facts, marks or [])


def of(result: Folded, person: str = "p1") -> Attendance:
    return next(one for one in result.persons if one.person == person)


def minutes(attendance: Attendance) -> float:
    return attendance.attended / timedelta(minutes=1)
