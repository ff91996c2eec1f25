"""Rosters and leave: fixed when the meeting opens, and every later change is written down."""

import pytest
from sqlalchemy import update

from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.meetings.model import Decision, Occurrence, Standing
from scheduler.meetings.service import Meetings
from scheduler.store.directory_tables import device
from scheduler.store.engine import Store
from tests.support.clock import MovableClock
from tests.support.meetings import adhoc


@pytest.fixture
async def meeting(meetings: Meetings) -> Occurrence:
    return await meetings.create_adhoc(adhoc(exempt=("p4",)))


async def test_the_roster_is_fixed_when_the_meeting_opens(
    meetings: Meetings, meeting: Occurrence, clock: MovableClock, store: Store
) -> None:
    before = await meetings.roster(meeting.id)
    assert not before.fixed
    async with store.begin() as connection:  # p3 moves to the second village
        await connection.execute(update(device).where(device.c.id == "phone3").values(site="v2"))
    clock.advance(hours=7)
    await meetings.open(meeting.id)
    after = await meetings.roster(meeting.id)
    assert after.fixed
    assert [entry.site for entry in after.persons] == ["v1", "v2", "v2", None, None]
    assert [entry.exempt for entry in after.persons] == [False, False, False, True, False]
    async with store.begin() as connection:
        await connection.execute(update(device).where(device.c.id == "phone3").values(site="v3"))
    await meetings.open(meeting.id)
    assert await meetings.roster(meeting.id) == after


async def test_a_later_change_is_written_down_with_who_and_why(
    meetings: Meetings, meeting: Occurrence, clock: MovableClock
) -> None:
    clock.advance(hours=7)
    await meetings.open(meeting.id)
    await meetings.add_person(meeting.id, "p6", "p1", "临时邀请", Standing.NON_VOTING)
    await meetings.add_person(meeting.id, "p6", "p1", "再加一次", Standing.NON_VOTING)
    await meetings.add_person(meeting.id, "p6", "p1", "改为应到")
    roster = await meetings.remove_person(meeting.id, "p2", "p1", "调离")
    await meetings.remove_person(meeting.id, "p2", "p1", "调离")
    assert [entry.person for entry in roster.persons] == ["p1", "p3", "p4", "p5", "p6"]
    assert [
        (change.kind, change.subject, change.by, change.reason)
        for change in await meetings.roster_changes(meeting.id)
    ] == [
        ("person_added", "p6", "p1", "临时邀请"),
        ("standing_changed", "p6", "p1", "改为应到"),
        ("person_removed", "p2", "p1", "调离"),
    ]


async def test_a_change_needs_a_reason_and_a_known_person(
    meetings: Meetings, meeting: Occurrence
) -> None:
    with pytest.raises(Invalid, match="reason_missing"):
        await meetings.add_person(meeting.id, "p6", "p1", "")
    with pytest.raises(NotFound, match="unknown_person"):
        await meetings.add_person(meeting.id, "nobody", "p1", "误")
    assert await meetings.roster_changes(meeting.id) == ()


async def test_the_roster_of_a_settled_meeting_does_not_change(
    meetings: Meetings, meeting: Occurrence, clock: MovableClock
) -> None:
    clock.advance(hours=7)
    await meetings.open(meeting.id)
    await meetings.close(meeting.id)
    await meetings.add_person(meeting.id, "p6", "p1", "补录")
    await meetings.settle(meeting.id)
    with pytest.raises(Conflict, match="occurrence_over"):
        await meetings.remove_person(meeting.id, "p6", "p1", "误")
    with pytest.raises(Conflict, match="occurrence_over"):
        await meetings.approve_leave(meeting.id, "p1", "work", "p2")


async def test_a_leave_counts_once_it_is_approved(meetings: Meetings, meeting: Occurrence) -> None:
    asked = await meetings.request_leave(meeting.id, "p2", "illness", "p2")
    assert asked.decision is Decision.REQUESTED
    assert not any(entry.leave for entry in (await meetings.roster(meeting.id)).persons)
    approved = await meetings.approve_leave(meeting.id, "p2", None, "p1")
    assert (approved.reason, approved.requested_by, approved.decided_by) == ("illness", "p2", "p1")
    roster = await meetings.roster(meeting.id)
    assert [entry.person for entry in roster.persons if entry.leave] == ["p2"]
    assert await meetings.approve_leave(meeting.id, "p2", None, "p3") == approved
    assert await meetings.leaves(meeting.id) == (approved,)


async def test_a_declined_leave_is_none_and_stays_declined(
    meetings: Meetings, meeting: Occurrence
) -> None:
    await meetings.request_leave(meeting.id, "p2", "work", "p2")
    declined = await meetings.decline_leave(meeting.id, "p2", "p1")
    assert await meetings.request_leave(meeting.id, "p2", "family", "p2") == declined
    assert not any(entry.leave for entry in (await meetings.roster(meeting.id)).persons)


async def test_leave_is_asked_for_before_the_meeting(
    meetings: Meetings, meeting: Occurrence, clock: MovableClock
) -> None:
    clock.advance(hours=7, minutes=1)
    with pytest.raises(Conflict, match="leave_too_late"):
        await meetings.request_leave(meeting.id, "p2", "work", "p2")
    written = await meetings.approve_leave(meeting.id, "p2", "work", "p1")
    assert written.decision is Decision.APPROVED


async def test_a_leave_makes_sense_or_is_refused(meetings: Meetings, meeting: Occurrence) -> None:
    with pytest.raises(Invalid, match="unknown_leave_reason"):
        await meetings.request_leave(meeting.id, "p2", "heart attack", "p2")
    with pytest.raises(Invalid, match="not_on_roster"):
        await meetings.request_leave(meeting.id, "p6", "work", "p6")
    with pytest.raises(NotFound, match="leave_not_requested"):
        await meetings.approve_leave(meeting.id, "p2", None, "p1")
    await meetings.cancel(meeting.id, "p1", "下雪")
    with pytest.raises(Conflict, match="occurrence_cancelled"):
        await meetings.request_leave(meeting.id, "p2", "work", "p2")
