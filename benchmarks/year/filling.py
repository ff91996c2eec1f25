"""The year written straight into the tables, as the store has it when the year was lived: minutes
become seconds where only reading is measured. A test compares both ways."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Table, insert, text

from benchmarks.year import county as counties
from benchmarks.year.count import had_quorum, took_place
from benchmarks.year.plan import PlannedMeeting, YearPlan
from benchmarks.year.running import record_of
from config.settings import Meeting
from scheduler.attendance.model import Attended
from scheduler.attendance.tallies import TOOK_PART, tally_of
from scheduler.meetings.model import SignIn, Standing, State
from scheduler.store import (
    attendance_tables,
    directory_import,
    life_tables,
    meeting_tables,
    record_tables,
    tally_tables,
)
from scheduler.store.engine import Store
from scheduler.store.result_rows import Result

_BATCH: Final = 2000
_RULES: Final = (
    "grace_s",
    "late_after_s",
    "present_percent",
    "open_before_s",
    "ring_before_s",
    "remind_before_s",
    "overrun_s",
)


async def fill(store: Store, plan: YearPlan) -> None:
    """Write the county and its year into an empty store."""
    rows: dict[Table, list[dict[str, Any]]] = {
        meeting_tables.occurrence: [],
        attendance_tables.attendance_result: [],
        tally_tables.occurrence_tally: [],
        record_tables.meeting_record: [],
        tally_tables.attendee_year: [],
    }
    attended: Counter[tuple[str, str]] = Counter()
    for number, meeting in enumerate(plan.meetings):
        if not meeting.cancelled:
            _add(rows, attended, plan, meeting, f"y-o{number:05}")
    rows[tally_tables.attendee_year] = [
        {"unit": unit, "year": plan.year, "person": person, "took_part": times}
        for (unit, person), times in attended.items()
    ]
    async with store.begin() as connection:
        for name, directory in counties.rows(plan.county).items():
            await directory_import.create(connection, name, directory)
        begun = datetime(plan.year, 1, 1, tzinfo=UTC)
        lives = counties.lives(plan.county, begun)
        await connection.execute(insert(life_tables.branch_life), lives)
        for table, found in rows.items():
            for start in range(0, len(found), _BATCH):
                await connection.execute(insert(table), found[start : start + _BATCH])
        await connection.execute(text("ANALYZE"))


def _add(
    rows: dict[Table, list[dict[str, Any]]],
    attended: Counter[tuple[str, str]],
    plan: YearPlan,
    meeting: PlannedMeeting,
    occurrence: str,
) -> None:
    held = took_place(plan, meeting)
    series = meeting.series
    start, end = meeting.start.astimezone(UTC), meeting.end.astimezone(UTC)
    opened = start - timedelta(minutes=5) if held else plan.down_until.astimezone(UTC)
    rows[meeting_tables.occurrence].append(
        {
            "id": occurrence,
            "series": None,
            "unit": series.unit,
            "type": series.type,
            "title": series.title,
            "scheduled_start": start,
            "scheduled_end": end,
            "state": State.SETTLED,
            "opened_at": opened,
            "closed_at": max(end, opened),
            "moved": meeting.moved_to is not None,
            "sign_in": SignIn.DEVICE,
            "host": series.persons[0],
            "recorder": series.persons[1],
            "version": 1,
            **{name: getattr(Meeting(), name) for name in _RULES},
        }
    )
    results = _results(meeting) if held else []
    rows[attendance_tables.attendance_result] += [
        {"occurrence": occurrence, **{f: getattr(one, f) for f in Result.__dataclass_fields__}}
        for one in results
    ]
    tally = tally_of(results, took_place=held)
    rows[tally_tables.occurrence_tally].append(
        {
            "occurrence": occurrence,
            "unit": series.unit,
            "type": series.type,
            "day": meeting.start.date(),
            **{name: getattr(tally, name) for name in tally.__dataclass_fields__},
        }
    )
    if held and meeting.archived:
        record = record_of(occurrence, had_quorum(meeting), end)
        rows[record_tables.meeting_record].append(record)
    for one in results:
        if one.state in TOOK_PART:
            attended[series.unit, one.person] += 1


def _results(meeting: PlannedMeeting) -> list[Result]:
    found = []
    for person, outcome in meeting.outcomes.items():
        exempt = person in meeting.series.exempt
        here = outcome in ("present", "late", "left_early")
        found.append(
            Result(
                person=person,
                standing=Standing.EXPECTED,
                exempt=exempt,
                state=Attended.EXEMPT if exempt and not here else Attended(outcome),
                minutes=float(meeting.series.minutes) if here else 0.0,
            )
        )
    return found
