"""Reports of attendance: of one occurrence, live too, and of persons over a period."""

from collections.abc import Collection
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from scheduler.attendance import people
from scheduler.attendance.counts import CAME, counts_of, rate
from scheduler.attendance.evidence import Evidence, gather, minutes_of
from scheduler.attendance.model import (
    Attendance,
    AttendanceRow,
    Attended,
    Counts,
    OccurrenceReport,
    PeriodReport,
    PeriodRow,
)
from scheduler.attendance.people import Who
from scheduler.attendance.results import results_of
from scheduler.clock import Clock
from scheduler.errors import Invalid, NotFound
from scheduler.meetings.model import LeaveReason, Standing
from scheduler.meetings.recurrence import day_bounds, local_day
from scheduler.store import occurrence_rows, result_rows
from scheduler.store.engine import Store
from scheduler.store.result_rows import Result, Sums

LONGEST_PERIOD = timedelta(days=10 * 366)


class Reports:
    """Folds what is stored; writes nothing. `zone` says where days begin."""

    def __init__(self, store: Store, clock: Clock, zone: ZoneInfo) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone

    async def occurrence(self, occurrence: str) -> OccurrenceReport:
        """Report one occurrence as it stands now; raise NotFound("unknown_occurrence")."""
        now = self._clock.now()
        async with self._store.read() as connection:
            found = await occurrence_rows.read_one(connection, occurrence)
            if found is None:
                raise NotFound("unknown_occurrence", occurrence[:64])
            [evidence] = await gather(connection, [found], now)
            frame, folded = evidence.folded(now)
            who = await people.who(
                connection,
                {one.person for one in folded.persons}
                | {one.substitute for one in folded.persons if one.substitute},
                local_day(found.scheduled_start, self._zone),
            )
            unit_name = await people.unit_name(
                connection, found.unit, local_day(found.scheduled_start, self._zone)
            )
        rows = tuple(_row(evidence, attendance, who) for attendance in folded.persons)
        held = frame.planned > timedelta(0)
        rooms = folded.uncounted_rooms
        return OccurrenceReport(
            occurrence=found.id,
            unit=found.unit,
            unit_name=unit_name,
            type=found.type,
            title=found.title,
            meeting_state=found.state,
            scheduled_start=found.scheduled_start,
            scheduled_end=found.scheduled_end,
            opened_at=found.opened_at,
            closed_at=found.closed_at,
            planned_s=frame.planned.total_seconds(),
            held=held,
            rows=rows,
            counts=counts_of(rows, len(rooms), begun=held or frame.live),
            uncounted_rooms=rooms,
        )

    async def counts(self, occurrence: str) -> Counts:
        """The numbers of `occurrence` alone."""
        return (await self.occurrence(occurrence)).counts

    async def period(
        self,
        start: date,
        end: date,
        *,
        units: Collection[str] | None = None,
        persons: Collection[str] | None = None,
    ) -> PeriodReport:
        """Report each person over the meetings that began from `start` to `end` (local days, both
        included) and were held, of the units and of the persons given (all when None).

        Raise Invalid("period_reversed" | "period_too_long").
        """
        if start > end:
            raise Invalid("period_reversed", f"{start} > {end}")
        if end - start > LONGEST_PERIOD:
            raise Invalid("period_too_long", f"at most {LONGEST_PERIOD.days} days")
        now = self._clock.now()
        conditions = result_rows.within(*day_bounds(start, end, self._zone), units)
        async with self._store.read() as connection:
            sums = await result_rows.sums(connection, conditions, persons)
            occurrences = await result_rows.held(connection, conditions)
            ended = await result_rows.unsettled(connection, conditions)
            for evidence in await gather(connection, ended, now):
                results = results_of(evidence, now)
                occurrences += evidence.folded(now)[0].planned > timedelta(0)
                for result in results:
                    if persons is None or result.person in persons:
                        _add(sums.setdefault(result.person, Sums()), result)
            for person in persons or ():
                sums.setdefault(person, Sums())
            who = await people.who(connection, sums.keys(), end)
        rows = [_period_row(who[person], total) for person, total in sums.items() if person in who]
        rows.sort(key=lambda row: (row.unit, row.person))
        return PeriodReport(first=start, last=end, occurrences=occurrences, rows=tuple(rows))


def _row(evidence: Evidence, attendance: Attendance, who: dict[str, Who]) -> AttendanceRow:
    one = who[attendance.person]
    leave = evidence.leave.get(attendance.person)
    if leave is None and attendance.leave:
        leave = LeaveReason.OTHER  # ticked in the roll call, where no reason is asked
    state, minutes = evidence.counted(attendance)
    substitute = attendance.substitute
    return AttendanceRow(
        person=attendance.person,
        name=one.name,
        unit=one.unit,
        unit_name=one.unit_name,
        standing=attendance.standing,
        exempt=attendance.exempt,
        leave=leave,
        state=attendance.state,
        minutes=minutes_of(attendance.attended),
        first=attendance.first,
        last=attendance.last,
        present_now=attendance.present_now,
        intervals=attendance.intervals,
        substitute=substitute,
        substitute_name=who[substitute].name if substitute else None,
        substitute_for=attendance.substitute_for,
        corrections=evidence.corrections.get(attendance.person, ()),
        counted_state=state,
        counted_minutes=minutes,
    )


def _add(sums: Sums, result: Result) -> None:
    """Add the result of an occurrence that is not settled, as `result_rows.sums` does."""
    sums.minutes += result.minutes
    sums.non_voting += result.state is Attended.NON_VOTING
    if result.standing is not Standing.EXPECTED:
        return
    came = result.state in CAME
    sums.expected += 1
    sums.present += came
    sums.late += result.state is Attended.LATE
    sums.left_early += result.state is Attended.LEFT_EARLY
    sums.on_leave += result.state is Attended.LEAVE
    sums.absent += result.state is Attended.ABSENT
    sums.exempt += result.exempt
    sums.counted += not result.exempt
    sums.came += came and not result.exempt


def _period_row(one: Who, sums: Sums) -> PeriodRow:
    return PeriodRow(
        person=one.person,
        name=one.name,
        unit=one.unit,
        unit_name=one.unit_name,
        expected=sums.expected,
        present=sums.present,
        late=sums.late,
        left_early=sums.left_early,
        on_leave=sums.on_leave,
        absent=sums.absent,
        exempt=sums.exempt,
        non_voting=sums.non_voting,
        minutes=sums.minutes,
        attendance_rate=rate(sums.came, sums.counted),
    )
