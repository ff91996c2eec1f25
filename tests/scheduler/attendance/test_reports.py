"""Reports: corrections are shown beside the facts, and sums over a period are right."""

from datetime import date, timedelta
from typing import Any

import pytest

from scheduler.attendance.log import AttendanceLog
from scheduler.attendance.model import Attended, Cause, PeriodRow
from scheduler.attendance.reports import Reports
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.meetings.model import Occurrence
from scheduler.meetings.service import Meetings
from scheduler.store.engine import Store
from tests.support.clock import MovableClock
from tests.support.meetings import MONDAY, SEVEN, SHANGHAI, adhoc


@pytest.fixture
def log(store: Store, clock: MovableClock) -> AttendanceLog:
    return AttendanceLog(store, clock, "node", "boot")


@pytest.fixture
def reports(store: Store, clock: MovableClock) -> Reports:
    return Reports(store, clock, SHANGHAI)


async def hold(
    meetings: Meetings,
    log: AttendanceLog,
    clock: MovableClock,
    came: dict[str, float],
    *,
    settle: bool = True,
    **changes: Any,
) -> Occurrence:
    """Hold a meeting of an hour in an hour: each person stays some minutes."""
    start = clock.now() + timedelta(hours=1)
    created = await meetings.create_adhoc(adhoc(start=start, **changes))
    clock.advance(seconds=(start - clock.now()).total_seconds())
    await meetings.open(created.id)
    for person in came:
        await log.joined(created.id, f"{created.id[:20]}-{person}", None, person)
    passed = 0.0
    for person, minutes in sorted(came.items(), key=lambda item: item[1]):
        clock.advance(minutes=minutes - passed)
        passed = minutes
        await log.left(created.id, f"{created.id[:20]}-{person}", Cause.LEFT)
    clock.advance(minutes=60 - passed)
    closed = await meetings.close(created.id)
    return await meetings.settle(created.id) if settle else closed


async def test_a_correction_is_shown_beside_the_facts_and_counted(
    meetings: Meetings, log: AttendanceLog, reports: Reports, clock: MovableClock
) -> None:
    held = await hold(meetings, log, clock, {"p1": 60, "p2": 20})
    first = await log.correct(held.id, "p2", "present", 60, "p1", "设备故障")
    last = await log.correct(held.id, "p2", "late", None, "p6", "迟到十分钟")
    report = await reports.occurrence(held.id)
    row = next(row for row in report.rows if row.person == "p2")
    assert (row.state, round(row.minutes)) == (Attended.LEFT_EARLY, 20)
    assert row.corrections == (first, last)
    assert (row.counted_state, row.counted_minutes) == (Attended.LATE, 60)
    assert (report.counts.present, report.counts.late) == (2, 1)
    [total] = (await reports.period(MONDAY, MONDAY, persons=["p2"])).rows
    assert (total.present, total.late, total.minutes) == (1, 1, 60)


@pytest.mark.parametrize(
    ("correction", "code"),
    [
        (("p6", "present", 10, "p1", "误"), "not_on_roster"),
        (("p2", "asleep", 10, "p1", "误"), "unknown_attendance_state"),
        (("p2", "present", 61, "p1", "误"), "minutes_out_of_range"),
        (("p2", "present", -1, "p1", "误"), "minutes_out_of_range"),
        (("p2", "present", float("nan"), "p1", "误"), "minutes_out_of_range"),
        (("p2", "present", None, "p1", " "), "reason_missing"),
    ],
)
async def test_a_correction_that_makes_no_sense_is_refused(
    meetings: Meetings,
    log: AttendanceLog,
    clock: MovableClock,
    correction: tuple[Any, ...],
    code: str,
) -> None:
    held = await hold(meetings, log, clock, {})
    with pytest.raises(Invalid, match=code):
        await log.correct(held.id, *correction)


async def test_a_meeting_that_has_not_begun_is_not_corrected(
    meetings: Meetings, log: AttendanceLog, reports: Reports
) -> None:
    created = await meetings.create_adhoc(adhoc())
    with pytest.raises(Conflict, match="occurrence_not_open"):
        await log.correct(created.id, "p1", "present", None, "p2", "误")
    report = await reports.occurrence(created.id)
    assert not report.held
    assert report.counts.attendance_rate is None
    with pytest.raises(NotFound):
        await reports.occurrence("nothing")


async def test_names_of_units_are_those_of_the_day(
    meetings: Meetings, log: AttendanceLog, reports: Reports, clock: MovableClock
) -> None:
    before = await hold(meetings, log, clock, {"p1": 60})
    clock.advance(days=45)
    after = await hold(meetings, log, clock, {"p1": 60})
    names = [(await reports.occurrence(one.id)).rows[0].unit_name for one in (before, after)]
    assert names == ["示范一村党支部", "示范新村党支部"]
    report = await reports.occurrence(before.id)
    assert (report.rows[0].name, report.unit_name) == ("示例一", "第一网络党支部")
    assert report.rows[1].unit_name == ""


async def test_a_period_sums_each_person_over_the_meetings_held(
    meetings: Meetings, log: AttendanceLog, reports: Reports, clock: MovableClock
) -> None:
    exempt: dict[str, Any] = {"exempt": ("p3",)}
    await hold(meetings, log, clock, {"p1": 60, "p2": 20, "p3": 60, "p5": 30}, **exempt)
    clock.advance(days=7)
    await hold(meetings, log, clock, {"p1": 60, "p6": 60}, **exempt)
    clock.advance(days=7)
    await hold(meetings, log, clock, {"p1": 10, "p2": 55}, settle=False, unit="br1", **exempt)
    report = await reports.period(MONDAY, MONDAY + timedelta(days=30))
    assert report.occurrences == 3
    rows = {row.person: row for row in report.rows}
    assert sorted(rows) == ["p1", "p2", "p3", "p4", "p5", "p6"]

    def numbers(row: PeriodRow) -> tuple[int, ...]:
        return row.expected, row.present, row.left_early, row.absent, row.exempt, row.non_voting

    assert numbers(rows["p1"]) == (3, 2, 1, 0, 0, 0)
    assert numbers(rows["p2"]) == (3, 1, 1, 1, 0, 0)
    assert numbers(rows["p3"]) == (3, 1, 0, 0, 3, 0)
    assert numbers(rows["p4"]) == (3, 0, 0, 3, 0, 0)
    assert numbers(rows["p5"]) == (0, 0, 0, 0, 0, 1)
    assert numbers(rows["p6"]) == (0, 0, 0, 0, 0, 1)
    assert rows["p1"].attendance_rate == pytest.approx(2 / 3)
    assert rows["p3"].attendance_rate is None
    assert rows["p4"].attendance_rate == 0
    assert rows["p5"].attendance_rate is None
    assert round(rows["p2"].minutes) == 75
    of_unit = await reports.period(MONDAY, MONDAY + timedelta(days=30), units=["br1"])
    assert of_unit.occurrences == 1
    of_none = await reports.period(MONDAY, MONDAY + timedelta(days=6), persons=["p2", "p6"])
    assert [(row.person, row.expected) for row in of_none.rows] == [("p2", 1), ("p6", 0)]


async def test_settled_and_unsettled_meetings_are_summed_alike(
    meetings: Meetings, log: AttendanceLog, reports: Reports, clock: MovableClock
) -> None:
    held = await hold(meetings, log, clock, {"p1": 60, "p2": 20, "p5": 30}, settle=False)
    await meetings.approve_leave(held.id, "p4", "work", "p1")
    before = await reports.period(MONDAY, MONDAY)
    await meetings.settle(held.id)
    assert await reports.period(MONDAY, MONDAY) == before


async def test_a_meeting_that_goes_on_is_nobodys_absence_yet(
    meetings: Meetings, reports: Reports, clock: MovableClock
) -> None:
    created = await meetings.create_adhoc(adhoc(start=clock.now()))
    await meetings.open(created.id)
    clock.advance(minutes=5)
    assert (await reports.period(MONDAY, MONDAY)).occurrences == 0
    await meetings.close(created.id)
    assert (await reports.period(MONDAY, MONDAY)).occurrences == 1


async def test_a_meeting_that_was_not_held_is_nobodys_absence(
    meetings: Meetings, log: AttendanceLog, reports: Reports, clock: MovableClock
) -> None:
    created = await meetings.create_adhoc(adhoc())
    clock.advance(days=2)  # the server was down
    await meetings.open(created.id)
    await meetings.close(created.id)
    await meetings.settle(created.id)
    report = await reports.occurrence(created.id)
    assert not report.held
    assert report.counts.attendance_rate is None
    period = await reports.period(MONDAY, MONDAY)
    assert (period.occurrences, period.rows) == (0, ())


async def test_the_days_of_a_period_are_local(
    meetings: Meetings, log: AttendanceLog, reports: Reports, clock: MovableClock
) -> None:
    created = await meetings.create_adhoc(adhoc(start=SEVEN + timedelta(hours=5, minutes=30)))
    clock.advance(hours=12, minutes=30)  # 00:30 on Tuesday
    await meetings.open(created.id)
    clock.advance(minutes=1)
    await meetings.close(created.id)
    tuesday = MONDAY + timedelta(days=1)
    assert (await reports.period(MONDAY, MONDAY)).occurrences == 0
    assert (await reports.period(tuesday, tuesday)).occurrences == 1


async def test_an_impossible_period_is_refused(reports: Reports) -> None:
    with pytest.raises(Invalid, match="period_reversed"):
        await reports.period(date(2026, 2, 1), date(2026, 1, 1))
    with pytest.raises(Invalid, match="period_too_long"):
        await reports.period(date(1, 1, 1), date(2026, 1, 1))
