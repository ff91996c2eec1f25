"""The year run through the real store: series, agenda, facts, results and records, in virtual time.

Meetings are laid out, opened, closed and settled by the house's own services and agenda. What
happens in a meeting is appended as its facts and marks in one transaction when it closes, and
records are put where the archive leaves them.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import insert

from benchmarks.year import county as counties
from benchmarks.year.plan import ZONE, PlannedMeeting, YearPlan
from config.settings import Meeting
from scheduler.agenda import Action, Kind
from scheduler.attendance.model import Cause, Fact, FactKind, How, MarkKind
from scheduler.meetings.model import LeaveReason, Occurrence, SeriesDraft
from scheduler.meetings.service import Meetings
from scheduler.store import (
    attendance_rows,
    attendance_tables,
    directory_import,
    life_tables,
    record_tables,
)
from scheduler.store.engine import Store
from scheduler.virtual_time import VirtualClock, VirtualTime
from scheduler.votes.quorum import Quorums

LAYING_OUT_EVERY: Final = timedelta(days=7)
LATE_BY: Final = timedelta(minutes=12)
_HORIZON_DAYS: Final = 28
_BEFORE_S: Final = 300


@dataclass
class Lived:
    """What was done: how often each action of each occurrence, and which occurrence each planned
    meeting became, by (series key, planned day)."""

    deeds: Counter[tuple[str, Kind]] = field(default_factory=Counter)
    occurrences: dict[tuple[str, date], str] = field(default_factory=dict)


async def live(store: Store, plan: YearPlan, until: datetime | None = None) -> Lived:
    """Write the county and let its year pass up to `until` (default: into the next year)."""
    start = datetime.combine(date(plan.year - 1, 12, 31), time(20), ZONE).astimezone(UTC)
    end = until or datetime.combine(date(plan.year + 1, 1, 9), time(0), ZONE).astimezone(UTC)
    clock = VirtualClock(start)
    async with store.begin() as connection:
        for name, rows in counties.rows(plan.county).items():
            await directory_import.create(connection, name, rows)
        lives = counties.lives(plan.county, start)
        if lives:
            await connection.execute(insert(life_tables.branch_life), lives)
    return await _Year(store, plan, clock).run(end)


class _Year:
    def __init__(self, store: Store, plan: YearPlan, clock: VirtualClock) -> None:
        self._store = store
        self._plan = plan
        self._clock = clock
        self._meetings = Meetings(store, clock, Meeting(horizon_days=_HORIZON_DAYS), ZONE)
        self._quorums = Quorums(store, clock, ZONE)
        self._lived = Lived()
        self._by_day = {(one.series.key, one.day): one for one in plan.meetings}
        self._keys: dict[str, str] = {}  # of series, by id
        self._planned: dict[str, PlannedMeeting] = {}  # by occurrence
        self._to_archive: list[Occurrence] = []
        self._lay_out_at = clock.now()

    async def run(self, end: datetime) -> Lived:
        await self._found_series()
        down_from, down_until = self._plan.down_from, self._plan.down_until
        await self._pass_to(min(end, down_from))
        if down_until < end:  # nobody lays out, opens or closes anything meanwhile
            self._clock.move_to(down_until)
            await self._pass_to(end)
        return self._lived

    async def _pass_to(self, end: datetime) -> None:
        """Let the server run up to a moment."""
        actions = {
            Kind.REMIND: self._nothing(Kind.REMIND),
            Kind.OPEN: self._open,
            Kind.RING: self._nothing(Kind.RING),
            Kind.CLOSE: self._close,
            Kind.SETTLE: self._settle,
        }
        time = VirtualTime(self._store, self._clock, "year", actions)
        self._meetings.agenda_changed = time.wake
        self._lay_out_at = self._clock.now()
        async with time.running():
            await time.pass_to(end, self._at_stop)

    async def _found_series(self) -> None:
        for one in self._plan.series:
            made = await self._meetings.create_series(
                SeriesDraft(
                    unit=one.unit,
                    type=one.type,
                    title=one.title,
                    rrule=one.rrule,
                    starts_on=one.starts_on,
                    start_time=one.start,
                    duration_s=one.minutes * 60,
                    persons=one.persons,
                    exempt=tuple(sorted(one.exempt)),
                    sites=(one.site,),
                    host=one.persons[0],
                    recorder=one.persons[1],
                    remind_before_s=_BEFORE_S,  # together: fewer stops on the way through the year
                    open_before_s=_BEFORE_S,
                    ring_before_s=_BEFORE_S,
                )
            )
            self._keys[made.id] = one.key
        await self._deviate()

    async def _at_stop(self) -> datetime:
        await self._archive()
        if self._clock.now() >= self._lay_out_at:
            self._lay_out_at += LAYING_OUT_EVERY
            await self._meetings.lay_out()
            await self._deviate()
        return self._lay_out_at

    async def _deviate(self) -> None:
        """Find the new occurrences in the plan; cancel and move those that it says."""
        first = self._clock.now() - timedelta(days=2)
        last = self._clock.now() + timedelta(days=_HORIZON_DAYS + 2)
        for one in await self._meetings.occurrences(first, last):
            if one.id in self._planned or one.series is None or one.planned_for is None:
                continue
            planned = self._by_day[self._keys[one.series], one.planned_for]
            self._planned[one.id] = planned
            self._lived.occurrences[planned.series.key, planned.day] = one.id
            if planned.cancelled:
                await self._meetings.cancel(one.id, None, "临时取消")
            elif planned.moved_to is not None:
                seconds = planned.series.minutes * 60
                await self._meetings.move(one.id, planned.moved_to, seconds)

    def _nothing(self, kind: Kind) -> Action:
        async def action(occurrence: str) -> None:
            self._lived.deeds[occurrence, kind] += 1

        return action

    async def _open(self, occurrence: str) -> None:
        await self._meetings.open(occurrence)
        planned = self._planned[occurrence]
        for person, outcome in planned.outcomes.items():
            if outcome == "leave" and person in self._plan.county.mobiles:
                await self._meetings.approve_leave(occurrence, person, LeaveReason.WORK, None)
        self._lived.deeds[occurrence, Kind.OPEN] += 1

    async def _close(self, occurrence: str) -> None:
        found = await self._meetings.occurrence(occurrence)
        if found.opened_at is not None and found.opened_at < found.scheduled_end:
            await self._write_facts(found, self._planned[occurrence])
        await self._meetings.close(occurrence)
        self._lived.deeds[occurrence, Kind.CLOSE] += 1

    async def _settle(self, occurrence: str) -> None:
        settled = await self._meetings.settle(occurrence)
        self._to_archive.append(settled)
        self._lived.deeds[occurrence, Kind.SETTLE] += 1

    async def _write_facts(self, found: Occurrence, planned: PlannedMeeting) -> None:
        mobiles = self._plan.county.mobiles
        facts: list[tuple[str, Fact, str | None]] = []
        marks = []
        start, end = found.scheduled_start, found.scheduled_end
        if planned.series.room is not None:
            facts += _stay(found.id, planned.series.room, planned.series.site, None, start, end)
        for person, outcome in planned.outcomes.items():
            if person in mobiles:
                stay = _times(outcome, start, end)
                if stay is not None:
                    facts += _stay(found.id, mobiles[person], None, person, *stay)
            elif outcome in _MARKS:
                marks.append(
                    {
                        "occurrence": found.id,
                        "site": planned.series.site,
                        "person": person,
                        "mark": _MARKS[outcome],
                        "substitute": None,
                        "at": start + LATE_BY,
                        "by": planned.series.room,
                    }
                )
        async with self._store.begin() as connection:
            await attendance_rows.append_facts(
                connection, facts, boot="year", written_at=self._clock.now()
            )
            if marks:
                await connection.execute(insert(attendance_tables.roll_call_mark), marks)

    async def _archive(self) -> None:
        """Put the records of what was settled where the archive leaves them."""
        settled, self._to_archive = self._to_archive, []
        rows = []
        for one in settled:
            planned = self._planned[one.id]
            took_place = one.opened_at is not None and one.opened_at < one.scheduled_end
            if planned.archived and took_place:
                asks = self._quorums.rule(one)
                quorum = asks is not None and asks.quorum is not None
                met = (await self._quorums.of(one.id)).reached if quorum else None
                rows.append(record_of(one.id, met, self._clock.now()))
        if rows:
            async with self._store.begin() as connection:
                await connection.execute(insert(record_tables.meeting_record), rows)


_MARKS: Final[Mapping[str, MarkKind]] = {
    "present": MarkKind.PRESENT,
    "late": MarkKind.LATE,
    "leave": MarkKind.LEAVE,
}


def _times(outcome: str, start: datetime, end: datetime) -> tuple[datetime, datetime] | None:
    if outcome in ("leave", "absent"):
        return None
    came = start + LATE_BY if outcome == "late" else start - timedelta(minutes=1)
    return came, start + (end - start) / 2 if outcome == "left_early" else end


def _stay(
    occurrence: str,
    device: str,
    site: str | None,
    person: str | None,
    came: datetime,
    left: datetime,
) -> list[tuple[str, Fact, str | None]]:
    presence = f"{device}-{came:%m%d%H%M}"
    joined = Fact(
        kind=FactKind.JOINED,
        presence=presence,
        at=came,
        device=device,
        site=site,
        room=person is None,
        person=person,
    )
    gone = Fact(kind=FactKind.LEFT, presence=presence, at=left)
    return [
        (occurrence, joined, None if person is None else How.DEVICE),
        (occurrence, gone, Cause.LEFT),
    ]


def record_of(occurrence: str, quorum: bool | None, now: datetime) -> dict[str, object]:
    """Return the row of a record that was archived; `quorum` None: it needed none."""
    return {
        "occurrence": occurrence,
        "state": "archived",
        "version": 1,
        "minutes": "{}",
        "signed_version": 1,
        "host_signed": True,
        "recorder_signed": True,
        "quorum_met": quorum,
        "submitted_at": now,
        "archived_at": now,
        "changed_at": now,
        "changed_by": None,
    }
