"""The log: facts are written when they happen, and a server that dies loses no minute."""

from datetime import timedelta

import pytest

from scheduler.attendance.log import AttendanceLog
from scheduler.attendance.model import Attended, Cause, How, OccurrenceReport
from scheduler.attendance.reports import Reports
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.meetings.model import Occurrence
from scheduler.meetings.service import Meetings
from scheduler.store.engine import Store
from tests.support.clock import MovableClock
from tests.support.meetings import SHANGHAI, adhoc


@pytest.fixture
async def meeting(meetings: Meetings, clock: MovableClock) -> Occurrence:
    """The meeting is open, and it is 19:00."""
    created = await meetings.create_adhoc(adhoc())
    clock.advance(hours=7)
    return await meetings.open(created.id)


@pytest.fixture
def log(store: Store, clock: MovableClock) -> AttendanceLog:
    return AttendanceLog(store, clock, "node", "boot-1")


@pytest.fixture
def reports(store: Store, clock: MovableClock) -> Reports:
    return Reports(store, clock, SHANGHAI)


def minutes(report: OccurrenceReport) -> dict[str, int]:
    return {row.person: round(row.minutes) for row in report.rows if row.minutes}


def states(report: OccurrenceReport) -> dict[str, Attended]:
    return {row.person: row.state for row in report.rows}


async def test_the_story_of_a_meeting(
    meetings: Meetings,
    meeting: Occurrence,
    log: AttendanceLog,
    reports: Reports,
    clock: MovableClock,
) -> None:
    await meetings.approve_leave(meeting.id, "p4", "illness", "p1")
    await log.joined(meeting.id, "a", "phone1", "p1")
    await log.joined(meeting.id, "b", "phone2", "p2")
    await log.joined(meeting.id, "room", "room", None)
    live = await reports.occurrence(meeting.id)
    assert live.counts.present == 2
    assert live.uncounted_rooms == ("hall",)
    clock.advance(minutes=20)
    await log.left(meeting.id, "a", Cause.LOST)
    clock.advance(minutes=1)
    await log.joined(meeting.id, "a2", "mobile1", "p1")
    await log.left(meeting.id, "b", Cause.LEFT)
    await log.mark(meeting.id, "hall", "p5", "present", "p1")
    clock.advance(minutes=9)
    await log.joined(meeting.id, "c", "phone3", None)
    await log.signed_in(meeting.id, "c", "p3", How.PIN)
    live = await reports.occurrence(meeting.id)
    assert {row.person for row in live.rows if row.present_now} == {"p1", "p3", "p5"}
    assert live.uncounted_rooms == ()
    clock.advance(minutes=30)
    await meetings.close(meeting.id)
    for presence in ("a2", "c", "room"):
        await log.left(meeting.id, presence, Cause.CLOSED)
    await meetings.settle(meeting.id)
    report = await reports.occurrence(meeting.id)
    assert states(report) == {
        "p1": Attended.PRESENT,
        "p2": Attended.LEFT_EARLY,
        "p3": Attended.LATE,
        "p4": Attended.LEAVE,
        "p5": Attended.NON_VOTING,
    }
    assert minutes(report) == {"p1": 60, "p2": 21, "p3": 30, "p5": 60}
    counts = report.counts
    assert (counts.expected, counts.present, counts.late) == (4, 2, 1)
    assert (counts.on_leave, counts.absent, counts.left_early) == (1, 0, 1)
    assert counts.attendance_rate == 0.5
    assert report.held
    assert await reports.occurrence(meeting.id) == report


async def test_what_a_killed_server_left_open_ends_when_it_was_last_alive(
    meeting: Occurrence,
    log: AttendanceLog,
    reports: Reports,
    store: Store,
    clock: MovableClock,
) -> None:
    await log.keep_alive()
    await log.joined(meeting.id, "a", "phone1", "p1")
    await log.joined(meeting.id, "b", "phone2", "p2")
    clock.advance(minutes=10)
    await log.left(meeting.id, "b", Cause.LEFT)
    await log.keep_alive()
    clock.advance(minutes=5)  # killed; five minutes pass
    assert minutes(await reports.occurrence(meeting.id)) == {"p1": 10, "p2": 10}
    again = AttendanceLog(store, clock, "node", "boot-2")
    await again.keep_alive()
    assert await again.recover() == 1
    assert await again.recover() == 0
    await again.joined(meeting.id, "c", "phone1", "p1")
    clock.advance(minutes=5)
    await again.keep_alive()
    found = {row.person: row for row in (await reports.occurrence(meeting.id)).rows}
    assert [round(one.length / timedelta(minutes=1)) for one in found["p1"].intervals] == [10, 5]
    assert found["p1"].present_now


async def test_a_short_death_within_the_grace_is_no_absence(
    meeting: Occurrence, log: AttendanceLog, reports: Reports, store: Store, clock: MovableClock
) -> None:
    await log.joined(meeting.id, "a", "phone1", "p1")
    clock.advance(minutes=10)
    await log.keep_alive()
    clock.advance(seconds=20)
    again = AttendanceLog(store, clock, "node", "boot-2")
    assert await again.recover() == 1
    await again.joined(meeting.id, "b", "phone1", "p1")
    clock.advance(minutes=10)
    [row, *_] = (await reports.occurrence(meeting.id)).rows
    assert len(row.intervals) == 1
    assert round(row.minutes, 1) == 20.3


async def test_a_run_that_died_before_it_said_it_was_alive_ends_at_its_last_fact(
    meeting: Occurrence, log: AttendanceLog, reports: Reports, store: Store, clock: MovableClock
) -> None:
    await log.keep_alive()
    clock.advance(minutes=3)
    await log.joined(meeting.id, "a", "phone1", None)
    clock.advance(minutes=1)
    await log.signed_in(meeting.id, "a", "p1", How.PIN)
    clock.advance(minutes=30)
    again = AttendanceLog(store, clock, "node", "boot-2")
    assert await again.recover() == 1
    assert minutes(await reports.occurrence(meeting.id)) == {}
    other = AttendanceLog(store, clock, "other-node", "boot-3")
    assert await other.recover() == 0


async def test_an_end_found_after_settling_is_counted_in_the_result(
    meetings: Meetings,
    meeting: Occurrence,
    log: AttendanceLog,
    reports: Reports,
    store: Store,
    clock: MovableClock,
) -> None:
    await log.joined(meeting.id, "a", "phone1", "p1")
    clock.advance(minutes=20)
    lost_at = clock.now()
    clock.advance(minutes=40)
    await meetings.close(meeting.id)
    await meetings.settle(meeting.id)
    day = meeting.scheduled_start.astimezone(SHANGHAI).date()
    [row] = (await reports.period(day, day, persons=["p1"])).rows
    assert (row.present, round(row.minutes)) == (1, 60)
    await log.left(meeting.id, "a", Cause.LOST, at=lost_at)
    [row] = (await reports.period(day, day, persons=["p1"])).rows
    assert (row.present, row.left_early, round(row.minutes)) == (0, 1, 20)


async def test_a_site_may_tick_its_own_persons_and_those_of_no_site(
    meeting: Occurrence, log: AttendanceLog, clock: MovableClock
) -> None:
    assert [entry.person for entry in await log.marks(meeting.id, "hall")] == ["p4", "p5"]
    assert [entry.person for entry in await log.marks(meeting.id, "v2")] == ["p2", "p4", "p5"]
    await log.joined(meeting.id, "a", "phone2", "p2")
    await log.mark(meeting.id, "hall", "p1", "present", "p6")
    await log.mark(meeting.id, "hall", "p4", "late", "p6")
    clock.advance(seconds=1)
    await log.mark(meeting.id, "hall", "p4", "absent", "p6", substitute="p6")
    in_hall = {entry.person: entry for entry in await log.marks(meeting.id, "hall")}
    assert list(in_hall) == ["p1", "p4", "p5"]
    assert (in_hall["p4"].mark, in_hall["p4"].substitute) == ("absent", "p6")
    assert in_hall["p5"].mark is None
    [second, *_] = await log.marks(meeting.id, "v2")
    assert second.here_by_device


async def test_a_roll_call_larger_than_the_roster_is_refused(
    meetings: Meetings, meeting: Occurrence, log: AttendanceLog
) -> None:
    with pytest.raises(Invalid, match="not_on_roster"):
        await log.mark(meeting.id, "hall", "p6", "present", "p1")
    with pytest.raises(Invalid, match="unknown_mark"):
        await log.mark(meeting.id, "hall", "p1", "asleep", "p1")
    with pytest.raises(NotFound, match="unknown_site"):
        await log.mark(meeting.id, "nowhere", "p1", "present", "p1")
    with pytest.raises(Invalid, match="substitute_is_the_person"):
        await log.mark(meeting.id, "hall", "p1", "leave", "p1", substitute="p1")
    with pytest.raises(NotFound, match="unknown_person"):
        await log.mark(meeting.id, "hall", "p1", "leave", "p1", substitute="no\0body")
    await meetings.close(meeting.id)
    await meetings.settle(meeting.id)
    with pytest.raises(Conflict, match="occurrence_over"):
        await log.mark(meeting.id, "hall", "p1", "present", "p1")


async def test_a_fact_of_somebody_or_something_unknown_is_refused(
    meeting: Occurrence, log: AttendanceLog
) -> None:
    with pytest.raises(NotFound, match="unknown_device"):
        await log.joined(meeting.id, "a", "nothing", None)
    with pytest.raises(NotFound, match="unknown_person"):
        await log.joined(meeting.id, "a", "phone1", "nobody")
    with pytest.raises(NotFound, match="unknown_occurrence"):
        await log.joined("nothing", "a", "phone1", None)
    with pytest.raises(NotFound, match="unknown_person"):
        await log.signed_in(meeting.id, "a", "nobody", "pin")


async def test_facts_written_twice_count_once(
    meeting: Occurrence, log: AttendanceLog, reports: Reports, clock: MovableClock
) -> None:
    await log.joined(meeting.id, "a", "phone1", "p1")
    await log.joined(meeting.id, "a", "phone1", "p1")
    clock.advance(minutes=10)
    await log.left(meeting.id, "a", Cause.LEFT)
    clock.advance(minutes=10)
    await log.left(meeting.id, "a", Cause.LEFT)
    assert minutes(await reports.occurrence(meeting.id)) == {"p1": 10}
