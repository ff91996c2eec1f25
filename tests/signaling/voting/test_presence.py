"""The presence check and the roll call's substitutes and attendees, on the wire."""

import pytest

from tests.signaling.live import ORGANIZER
from tests.signaling.voting.conftest import Assembly
from tests.signaling.wire import Refusal


async def test_a_presence_check_is_answered_with_one_tap_and_decides_nothing(
    held: Assembly,
) -> None:
    organizer = await held.branch.hello(ORGANIZER)
    await organizer.ask("watch", occurrence=held.meeting.id)
    phone1, _ = await held.branch.join("phone1", held.meeting)
    await held.branch.join("phone2", held.meeting)
    room, _ = await held.branch.join("room", held.meeting)
    status, check = await held.ask("POST", "presence-checks")
    assert status == 201
    asked = await phone1.until("presence_check")
    assert asked["check"] == check["id"]
    await phone1.ask("presence.answer", check=check["id"])
    await phone1.ask("presence.answer", check=check["id"])
    await organizer.until("presence_check", lambda e: e["answered"] == 1)
    with pytest.raises(Refusal, match="not_signed_in_here"):
        await room.ask("presence.answer", check=check["id"])
    with pytest.raises(Refusal, match="unknown_presence_check"):
        await phone1.ask("presence.answer", check="nothing")
    _, kept = await held.ask("GET", "presence-checks")
    [answers] = [one["answers"] for one in kept["checks"]]
    assert [(one["person"], one["name"]) for one in answers] == [("p1", "示例一")]
    _, quorum = await held.ask("GET", "quorum")
    assert quorum["present_total"] == 2


async def test_a_room_chooses_who_came_instead_and_who_came_as_well(held: Assembly) -> None:
    meetings = held.branch.server.floor.meetings
    await meetings.remove_person(held.meeting.id, "p5", None, "不参加")
    await held.branch.server.floor.hub.refresh(held.meeting.id)
    room, _ = await held.branch.join("room", held.meeting)
    others = await room.ask("roll_call.others", person="p4")
    assert others["persons"] == [{"person": "p5", "name": "示例五"}]
    with pytest.raises(Refusal, match="substitute_on_roster"):
        await room.ask("roll_call.mark", person="p4", mark="leave", substitute="p1")
    roll = await room.ask("roll_call.mark", person="p4", mark="leave", substitute="p5")
    assert [e["substitute"] for e in roll["entries"] if e["person"] == "p4"] == ["示例五"]
    roll = await room.ask("roll_call.attend", person="p5")
    assert [e["mark"] for e in roll["entries"] if e["person"] == "p5"] == ["present"]
    roster = await meetings.roster(held.meeting.id)
    assert [e.standing for e in roster.persons if e.person == "p5"] == ["non_voting"]
    _, quorum = await held.ask("GET", "quorum")
    assert (quorum["expected_total"], quorum["present_total"]) == (5, 0)
