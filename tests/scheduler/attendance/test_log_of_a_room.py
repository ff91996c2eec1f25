"""What a room asks of the log as a whole: all its ticks, and the end of all its presences."""

from datetime import timedelta

import pytest

from scheduler.attendance.log import AttendanceLog
from scheduler.attendance.model import Cause
from scheduler.attendance.reports import Reports
from scheduler.errors import NotFound
from scheduler.meetings.service import Meetings
from scheduler.store.engine import Store
from tests.support.clock import MovableClock
from tests.support.meetings import SHANGHAI, adhoc


async def test_a_room_is_emptied_in_one_go_each_device_at_its_time(
    meetings: Meetings, store: Store, clock: MovableClock
) -> None:
    log = AttendanceLog(store, clock, "node", "boot-1")
    meeting = await meetings.create_adhoc(adhoc())
    clock.advance(hours=7)
    await meetings.open(meeting.id)
    await log.joined(meeting.id, "a", "phone1", "p1")
    await log.joined(meeting.id, "b", "phone2", "p2")
    clock.advance(minutes=30)
    away_since = clock.now() - timedelta(minutes=10)
    await log.left_together(meeting.id, {"a": away_since, "b": None}, Cause.CLOSED)
    clock.advance(minutes=30)
    report = await Reports(store, clock, SHANGHAI).occurrence(meeting.id)
    minutes = {row.person: round(row.minutes) for row in report.rows if row.minutes}
    assert minutes == {"p1": 20, "p2": 30}
    assert not any(row.present_now for row in report.rows)
    with pytest.raises(NotFound):
        await log.left_together("nothing", {"a": None}, Cause.CLOSED)


async def test_all_ticks_of_a_meeting_are_told_oldest_first(
    meetings: Meetings, store: Store, clock: MovableClock
) -> None:
    log = AttendanceLog(store, clock, "node", "boot-1")
    meeting = await meetings.create_adhoc(adhoc())
    clock.advance(hours=7)
    await meetings.open(meeting.id)
    for site, mark in (("hall", "present"), ("v3", "absent")):
        clock.advance(minutes=1)
        await log.mark(meeting.id, site, "p4", mark, "p1")
    ticks = await log.all_marks(meeting.id)
    assert [(tick.site, tick.mark) for tick in ticks] == [("hall", "present"), ("v3", "absent")]
    assert await log.all_marks("nothing") == ()
