"""Small builders of what signaling works on: identities, occurrences, rosters, sessions, rooms."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from scheduler.accounts import Identity, StreamGrant, StreamScope
from scheduler.directory.model import Device, DeviceKind, Person, RoleGrant
from scheduler.meetings.model import MeetingType, Occurrence, Roster, RosterPerson, SignIn, State
from signaling.rooms.peer import Peer
from signaling.rooms.room import Room
from signaling.sessions.session import Session

START = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)


def phone(name: str = "d1", *, site: str | None = None, holder: str | None = None) -> Device:
    return device("video_phone", name, site=site, holder=holder)


def device(
    kind: DeviceKind, name: str, *, site: str | None = None, holder: str | None = None
) -> Device:
    return Device(name, kind, f"device {name}", site, holder, False)


def identity(device: Device | None = None, person: str | None = None, *roles: str) -> Identity:
    grants = tuple(RoleGrant(person or "", role, None, None) for role in roles)
    who = Person(person, f"name of {person}", None) if person is not None else None
    return Identity(device, who, grants, START + timedelta(days=9000))


def stream(scope: StreamScope, occurrence: str = "o1", label: str = "会议室") -> Identity:
    grant = StreamGrant("token", occurrence, scope, label)
    return Identity(None, None, (), START + timedelta(days=9000), grant)


def occurrence(name: str = "o1", **changes: Any) -> Occurrence:
    values: dict[str, Any] = {
        "id": name,
        "series": None,
        "planned_for": date(2026, 11, 27),
        "unit": "u1",
        "type": MeetingType.NETWORK_BRANCH_MEETING,
        "title": "例会",
        "scheduled_start": START,
        "scheduled_end": START + timedelta(hours=1),
        "state": State.OPEN,
        "opened_at": START,
        "closed_at": None,
        "moved": False,
        "cancel_reason": None,
        "sign_in": SignIn.DEVICE,
        "host": None,
        "recorder": None,
        "version": 1,
        "grace_s": 120,
        "late_after_s": 300,
        "present_percent": 80,
        "open_before_s": 300,
        "ring_before_s": 60,
        "remind_before_s": 900,
        "overrun_s": 1800,
    }
    return Occurrence(**values | changes)


def expected(
    person: str,
    *,
    site: str | None = None,
    standing: Literal["expected", "non_voting"] = "expected",
    leave: bool = False,
) -> RosterPerson:
    return RosterPerson(
        person=person,
        name=f"name of {person}",
        standing=standing,
        exempt=False,
        leave=leave,
        site=site,
    )


def room(*persons: RosterPerson, sites: tuple[str, ...] = (), **changes: Any) -> Room:
    meeting = occurrence(**changes)
    roster = Roster(occurrence=meeting.id, persons=persons, sites=sites, fixed=True)
    return Room(meeting, roster, unit_name="网络支部", site_names={s: f"site {s}" for s in sites})


def session(who: Identity | None = None, *, kept: int = 64) -> Session:
    return Session(who or identity(phone()), "credential", "zh-CN", kept)


def peer(name: str, who: Identity, *people: str) -> Peer:
    its = who.device
    return Peer(
        id=name,
        session=session(who),
        kind=its.kind if its is not None else "mobile",
        place="place",
        site=its.site if its is not None else None,
        people={person: f"name of {person}" for person in people},
    )


class RecordedLine:
    """A line that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.ended: str | None = None
        self._news = asyncio.Event()

    def post(self, message: bytes) -> None:
        self.sent.append(json.loads(message))
        self._news.set()

    async def until(self, count: int) -> None:
        """Return when `count` messages have come; raise TimeoutError after 5 s."""
        async with asyncio.timeout(5):
            while len(self.sent) < count:
                self._news.clear()
                await self._news.wait()

    def end(self, reason: str) -> None:
        self.ended = reason

    def types(self) -> list[str]:
        return [message["type"] for message in self.sent]
