"""The agenda and the organizers open, ring, close and settle; the devices hear of it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.errors import Conflict
from scheduler.meetings.model import State
from signaling import keys
from tests.signaling.live import ORGANIZER, Branch, running_branch
from tests.signaling.wire import Refusal
from tests.support.clock import MovableClock
from tests.support.meetings import SEVEN


@pytest.fixture
async def early(tmp_path: Path) -> AsyncIterator[Branch]:
    """A server half an hour before the meeting."""
    clock = MovableClock(SEVEN - timedelta(minutes=30))
    async with running_branch(tmp_path, clock) as branch:
        yield branch


async def state(branch: Branch, occurrence: str) -> State:
    return (await branch.server.part(keys.MEETINGS).occurrence(occurrence)).state


async def test_the_agenda_carries_a_meeting_from_its_announcement_to_its_end(
    early: Branch,
) -> None:
    meeting = await early.plan()
    clock = early.server.clock
    phone, stranger = await early.hello("phone1"), await early.hello(ORGANIZER)
    clock.advance(minutes=16)
    announced = await phone.until("invited")
    assert announced["invitation"]["occurrence"] == meeting.id
    assert not announced["invitation"]["ringing"]
    with pytest.raises(Refusal, match="occurrence_not_open"):
        await phone.ask("join", occurrence=meeting.id)
    clock.advance(minutes=10)
    await phone.until("invited", lambda e: e["seq"] > announced["seq"])
    clock.advance(minutes=4)
    ring = await phone.until("ring")
    assert ring["invitation"]["ringing"]
    await phone.ask("join", occurrence=meeting.id)
    clock.advance(minutes=95)
    assert (await phone.until("room.closed"))["reason"] == "ended"
    assert await state(early, meeting.id) is State.CLOSED
    with pytest.raises(Refusal, match="occurrence_not_open"):
        await phone.ask("join", occurrence=meeting.id)
    assert stranger.types() == []


async def test_a_device_that_comes_while_it_rings_rings_too(branch: Branch) -> None:
    meeting = await branch.open()
    await branch.server.floor.conductor.ring(meeting.id)
    late = await branch.hello("phone2")
    [invitation] = late.welcome["invitations"]
    assert invitation["ringing"]
    await late.ask("decline", occurrence=meeting.id)
    again = await branch.hello("phone2")
    assert not again.welcome["invitations"][0]["ringing"]


async def test_joining_with_one_device_silences_the_others_of_the_person(branch: Branch) -> None:
    meeting = await branch.open()
    phone, mobile = await branch.hello("phone1"), await branch.hello("mobile1")
    await branch.server.floor.conductor.ring(meeting.id)
    await phone.until("ring")
    await mobile.until("ring")
    await phone.ask("join", occurrence=meeting.id)
    assert (await mobile.until("ring.stop"))["reason"] == "joined_elsewhere"
    assert "ring.stop" not in phone.types()


async def test_an_organizer_who_opens_a_meeting_rings_it(branch: Branch) -> None:
    meeting = await branch.plan()
    phone = await branch.hello("phone1")
    await branch.server.floor.conductor.open(meeting.id, by=ORGANIZER)
    await phone.until("ring")


async def test_the_end_lets_everybody_out_and_withdraws_the_invitation(branch: Branch) -> None:
    meeting = await branch.open()
    inside, _ = await branch.join("phone1", meeting)
    outside = await branch.hello("phone2")
    await branch.server.floor.conductor.close(meeting.id, by=ORGANIZER)
    await inside.until("room.closed")
    assert (await outside.until("ring.stop"))["reason"] == "closed"
    with pytest.raises(Refusal, match="occurrence_not_open"):
        await inside.ask("join", occurrence=meeting.id)
    with pytest.raises(Refusal, match="not_in_room"):
        await inside.ask("media.mute", audio=True, video=True)
    report = await branch.server.part(keys.REPORTS).occurrence(meeting.id)
    assert not any(row.present_now for row in report.rows)


async def test_doing_an_action_again_is_harmless(branch: Branch) -> None:
    conductor = branch.server.floor.conductor
    meeting = await branch.open()
    phone, _ = await branch.join("phone1", meeting)
    await conductor.open(meeting.id)
    assert await phone.ask("ping") is None
    assert phone.types().count("invited") == 0
    for _ in range(2):
        await conductor.close(meeting.id)
    for _ in range(2):
        await conductor.settle(meeting.id)
    assert await state(branch, meeting.id) is State.SETTLED
    with pytest.raises(Conflict):
        await conductor.open(meeting.id)
    await conductor.ring(meeting.id)
    await conductor.remind(meeting.id)
    assert "ring" not in phone.types()


async def test_cancelling_is_told_to_those_who_were_invited(branch: Branch) -> None:
    meeting = await branch.plan()
    phone = await branch.hello("phone1")
    await branch.server.floor.conductor.cancel(meeting.id, ORGANIZER, "雪")
    assert (await phone.until("ring.stop"))["reason"] == "cancelled"


async def test_after_a_restart_the_meeting_is_still_there(tmp_path: Path) -> None:
    clock = MovableClock(SEVEN)
    async with running_branch(tmp_path, clock) as before:
        meeting = await before.open()
        gone, _ = await before.join("phone1", meeting)
        hall, _ = await before.join("room", meeting)
        await hall.ask("roll_call.mark", person="p4", mark="present")
        tokens = before._tokens
    async with running_branch(tmp_path, clock) as after:
        after._tokens.update(tokens)
        back = await after.hello("phone1", resume=gone)
        assert not back.welcome["resumed"]
        assert [i["occurrence"] for i in back.welcome["invitations"]] == [meeting.id]
        view = await back.ask("join", occurrence=meeting.id)
        assert view["counts"]["present"] == 2
        assert view["counts"]["uncounted_rooms"] == 0
        report = await after.server.part(keys.REPORTS).occurrence(meeting.id)
        assert {row.person for row in report.rows if row.first is not None} >= {"p1"}
