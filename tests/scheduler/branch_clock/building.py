"""A branch with members and meetings that were held, written as the store has them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import insert

from config.settings import Meeting
from scheduler.attendance.model import Attended
from scheduler.attendance.tallies import tally_of
from scheduler.meetings.model import Invitees, Standing
from scheduler.store import (
    directory_tables,
    meeting_tables,
    occurrence_rows,
    record_tables,
    result_rows,
    roster_rows,
    tally_rows,
)
from scheduler.store.engine import Store
from scheduler.store.result_rows import Result

BRANCH = "branch"
_RULES = (
    "grace_s",
    "late_after_s",
    "present_percent",
    "open_before_s",
    "ring_before_s",
    "remind_before_s",
    "overrun_s",
)


@dataclass(frozen=True, kw_only=True)
class Held:
    """A meeting of the branch at 17:00 local time for 90 minutes, settled; `states` by person."""

    day: date
    type: str = "party_lecture"
    unit: str = BRANCH
    states: Mapping[str, str] = field(default_factory=lambda: {"p1": "present", "p2": "absent"})
    exempt: frozenset[str] = frozenset()
    record: str | None = "archived"
    quorum_met: bool | None = None
    minutes: float = 90.0


async def branch_of(store: Store, *persons: str, unit: str = BRANCH, kind: str = "branch") -> None:
    """Write a branch of the Party tree with these members."""
    since = date(2020, 1, 1)
    async with store.begin() as connection:
        one = {"id": unit, "tree": "party", "kind": kind, "parent": None}
        await connection.execute(insert(directory_tables.unit), one)
        name = {"unit": unit, "since": since, "name": f"示例{unit}"}
        await connection.execute(insert(directory_tables.unit_name), name)
        for person in persons:
            values = {"id": person, "name": f"示例{person}", "phone": None}
            await connection.execute(insert(directory_tables.person), values)
            membership = {
                "person": person,
                "unit": unit,
                "kind": "home",
                "standing": "full_member",
                "voting": True,
                "since": since,
                "until": None,
            }
            await connection.execute(insert(directory_tables.membership), membership)


async def held(store: Store, meeting: Held) -> str:
    """Write a meeting with its results, sums and record; return its id."""
    made = uuid4().hex
    start = datetime(meeting.day.year, meeting.day.month, meeting.day.day, 9, tzinfo=UTC)
    values = {
        "id": made,
        "unit": meeting.unit,
        "type": meeting.type,
        "title": meeting.type,
        "scheduled_start": start,
        "scheduled_end": start + timedelta(minutes=90),
        "state": "settled",
        "opened_at": start - timedelta(minutes=5),
        "closed_at": start + timedelta(minutes=90),
        "moved": False,
        "sign_in": "device",
        "version": 1,
        **{name: getattr(Meeting(), name) for name in _RULES},
    }
    results = [
        Result(
            person=person,
            standing=Standing.EXPECTED,
            exempt=person in meeting.exempt,
            state=Attended(state),
            minutes=meeting.minutes if state in ("present", "late", "left_early") else 0.0,
        )
        for person, state in meeting.states.items()
    ]
    async with store.begin() as connection:
        await connection.execute(insert(meeting_tables.occurrence).values(**values))
        invitees = Invitees(persons=tuple(meeting.states))
        await roster_rows.copy_invitees(connection, [made], invitees, {})
        found = await occurrence_rows.read_one(connection, made)
        assert found is not None
        await result_rows.replace(connection, made, results)
        await tally_rows.replace(connection, found, meeting.day, tally_of(results, took_place=True))
        if meeting.record is not None:
            record = {
                "occurrence": made,
                "state": meeting.record,
                "version": 1,
                "minutes": "{}",
                "host_signed": True,
                "recorder_signed": True,
                "quorum_met": meeting.quorum_met,
                "changed_at": start,
            }
            await connection.execute(insert(record_tables.meeting_record).values(**record))
    return made
