"""The presence check: asked, answered or not, and nothing follows from it."""

import pytest

from scheduler.attendance.presence_checks import PresenceChecks
from scheduler.errors import Conflict, NotFound
from scheduler.meetings.service import Meetings
from scheduler.store.engine import Store
from tests.support.clock import MovableClock
from tests.support.meetings import adhoc


async def test_the_first_answer_of_each_person_is_kept(
    store: Store, clock: MovableClock, meetings: Meetings
) -> None:
    checks = PresenceChecks(store, clock)
    meeting = await meetings.create_adhoc(adhoc())
    with pytest.raises(Conflict, match="occurrence_not_open"):
        await checks.ask(meeting.id, "p6")
    clock.advance(hours=7)
    await meetings.open(meeting.id)
    first, second = await checks.ask(meeting.id, "p6"), await checks.ask(meeting.id, "p6")
    await checks.answer(first.id, "p1", "presence-1")
    await checks.answer(first.id, "p1", "presence-2")
    await checks.answer(first.id, "p2", "presence-3")
    with pytest.raises(NotFound, match="unknown_presence_check"):
        await checks.answer("nothing", "p1", "presence-1")
    kept = {one.id: one for one in await checks.of(meeting.id)}
    assert [(one.person, one.presence) for one in kept[first.id].answers] == [
        ("p1", "presence-1"),
        ("p2", "presence-3"),
    ]
    assert kept[second.id].answers == ()
    await meetings.close(meeting.id)
    with pytest.raises(Conflict, match="occurrence_not_open"):
        await checks.answer(first.id, "p3", "presence-4")
