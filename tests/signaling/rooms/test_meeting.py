"""A meeting on a running server: who sees whom, who is counted, who may do what."""

import pytest

from scheduler.meetings.model import SignIn
from signaling import keys
from tests.signaling.live import ORGANIZER, Branch
from tests.signaling.wire import Refusal


async def test_who_comes_is_announced_and_sees_who_is_there(branch: Branch) -> None:
    meeting = await branch.open()
    first, mine = await branch.join("phone1", meeting)
    assert [p["name"] for p in mine["peers"]] == ["示范一村 · 示例一"]
    assert mine["signed_in"]
    assert mine["counts"] == {"expected": 4, "present": 1, "on_leave": 0, "uncounted_rooms": 0}
    _, theirs = await branch.join("phone2", meeting)
    joined = await first.until("peer.joined")
    assert joined["peer"]["peer"] == theirs["peer"]
    assert {p["peer"] for p in theirs["peers"]} == {mine["peer"], theirs["peer"]}
    counts = await first.until("counts", lambda e: bool(e["counts"]["present"] == 2))
    assert counts["counts"]["expected"] == 4


async def test_joining_again_is_the_same_place(branch: Branch) -> None:
    meeting = await branch.open()
    wire, view = await branch.join("phone1", meeting)
    assert (await wire.ask("join", occurrence=meeting.id))["peer"] == view["peer"]


async def test_a_device_is_in_one_meeting_at_a_time(branch: Branch) -> None:
    one, other = await branch.open(), await branch.open(title="另一个会")
    wire, _ = await branch.join("phone1", one)
    with pytest.raises(Refusal, match="already_in_room"):
        await wire.ask("join", occurrence=other.id)
    await wire.ask("leave")
    assert (await wire.ask("join", occurrence=other.id))["title"] == "另一个会"


async def test_a_meeting_that_is_not_open_or_not_there_cannot_be_joined(branch: Branch) -> None:
    planned = await branch.plan()
    wire = await branch.hello("phone1")
    with pytest.raises(Refusal, match="occurrence_not_open"):
        await wire.ask("join", occurrence=planned.id)
    with pytest.raises(Refusal, match="unknown_occurrence"):
        await wire.ask("join", occurrence="nothing")


async def test_a_stranger_to_the_meeting_may_not_join_and_an_organizer_may(branch: Branch) -> None:
    meeting = await branch.open(persons=("p1",), non_voting=(), sites=("v1",))
    stranger = await branch.hello("phone2")
    assert stranger.welcome["invitations"] == []
    with pytest.raises(Refusal, match="not_allowed"):
        await stranger.ask("join", occurrence=meeting.id)
    _, view = await branch.join(ORGANIZER, meeting)
    assert not view["signed_in"]
    assert view["may_give_floor"]
    assert view["counts"]["present"] == 0


async def test_hanging_up_ends_the_attendance_at_once(branch: Branch) -> None:
    meeting = await branch.open()
    other, _ = await branch.join("phone2", meeting)
    wire, view = await branch.join("phone1", meeting)
    await wire.ask("leave")
    left = await other.until("peer.left")
    assert (left["peer"], left["reason"]) == (view["peer"], "left")
    report = await branch.server.part(keys.REPORTS).occurrence(meeting.id)
    assert {row.person for row in report.rows if row.present_now} == {"p2"}
    assert await wire.ask("leave") is None


async def test_the_fact_is_written_before_the_join_is_answered(branch: Branch) -> None:
    meeting = await branch.open()
    await branch.join("phone1", meeting)
    report = await branch.server.part(keys.REPORTS).occurrence(meeting.id)
    assert {row.person for row in report.rows if row.first is not None} == {"p1"}


async def test_a_person_at_two_devices_is_counted_once(branch: Branch) -> None:
    meeting = await branch.open()
    await branch.join("phone1", meeting)
    _, view = await branch.join("p1", meeting)
    assert view["signed_in"]
    assert view["counts"]["present"] == 1


async def test_a_pin_signs_in_who_sits_at_the_phone(branch: Branch) -> None:
    await branch.server.part(keys.ACCOUNTS).set_pin("p1", "4711")
    meeting = await branch.open(sign_in=SignIn.PIN)
    wire, view = await branch.join("phone1", meeting)
    assert not view["signed_in"]
    assert [choice["person"] for choice in view["may_sign_in"]] == ["p1"]
    with pytest.raises(Refusal, match="pin_wrong"):
        await wire.ask("sign_in", person="p1", pin="0000")
    with pytest.raises(Refusal, match="not_expected"):
        await wire.ask("sign_in", person="p6", pin="4711")
    await wire.ask("sign_in", person="p1", pin="4711")
    assert (await wire.until("signed_in"))["person"] == "p1"
    assert (await wire.until("peer.changed"))["peer"]["person"] == "p1"
    await wire.until("counts", lambda e: bool(e["counts"]["present"] == 1))


async def test_a_room_calls_its_roll(branch: Branch) -> None:
    meeting = await branch.open()
    phone, _ = await branch.join("phone1", meeting)
    hall, view = await branch.join("room", meeting)
    assert view["may_call_roll"]
    assert view["counts"]["uncounted_rooms"] == 1
    roll = await hall.ask("roll_call.list")
    assert roll["site"] == "hall"
    assert [(e["person"], e["mark"]) for e in roll["entries"]] == [("p4", None), ("p5", None)]
    roll = await hall.ask("roll_call.mark", person="p4", mark="present")
    assert [e["mark"] for e in roll["entries"]] == ["present", None]
    counts = await phone.until("counts", lambda e: bool(e["counts"]["present"] == 2))
    assert counts["counts"]["uncounted_rooms"] == 0
    with pytest.raises(Refusal, match="not_of_this_site"):
        await hall.ask("roll_call.mark", person="p1", mark="present")
    with pytest.raises(Refusal, match="unknown_person"):
        await hall.ask("roll_call.mark", person="p4", mark="absent", substitute="nobody")


async def test_a_substitute_is_named_in_the_roll(branch: Branch) -> None:
    meeting = await branch.open()
    hall, _ = await branch.join("room", meeting)
    roll = await hall.ask("roll_call.mark", person="p4", mark="leave", substitute="p6")
    assert roll["entries"][0]["substitute"] == "示例六"


async def test_a_village_phone_calls_no_roll_and_gives_no_floor(branch: Branch) -> None:
    meeting = await branch.open()
    wire, view = await branch.join("phone1", meeting)
    assert not view["may_call_roll"]
    assert not view["may_give_floor"]
    for message, fields in (
        ("roll_call.list", {}),
        ("roll_call.mark", {"person": "p1", "mark": "present"}),
        ("floor.give", {"peer": view["peer"]}),
        ("watch", {"occurrence": meeting.id}),
    ):
        with pytest.raises(Refusal, match="not_allowed"):
            await wire.ask(message, **fields)


async def test_the_host_gives_the_floor_and_takes_it_back(branch: Branch) -> None:
    meeting = await branch.open(host="p2")
    wire, view = await branch.join("phone1", meeting)
    host, _ = await branch.join("p2", meeting)
    await host.ask("floor.give", peer=view["peer"])
    assert (await wire.until("floor"))["peer"] == view["peer"]
    await host.ask("floor.give", peer=None)
    await wire.until("floor", lambda e: e["peer"] is None)
    with pytest.raises(Refusal, match="unknown_peer"):
        await host.ask("floor.give", peer="nobody")


async def test_an_organizer_follows_the_attendance_live(branch: Branch) -> None:
    meeting = await branch.open()
    desk = await branch.hello(ORGANIZER)
    view = await desk.ask("watch", occurrence=meeting.id)
    assert {row["person"] for row in view["rows"]} == {"p1", "p2", "p3", "p4", "p5"}
    assert not any(row["present_now"] for row in view["rows"])
    wire, _ = await branch.join("phone1", meeting)

    def here(event: dict[str, object]) -> bool:
        attendance = event["attendance"]
        assert isinstance(attendance, dict)
        return [r["person"] for r in attendance["rows"] if r["present_now"]] == ["p1"]

    seen = await desk.until("attendance", here)
    assert seen["attendance"]["counts"]["present"] == 1
    await wire.ask("leave")
    await desk.until("attendance", lambda e: e["seq"] > seen["seq"] and not here(e))
    await desk.ask("unwatch", occurrence=meeting.id)
    assert await desk.ask("unwatch", occurrence="nothing") is None


async def test_who_follows_a_meeting_sees_it_open_and_end(branch: Branch) -> None:
    meeting = await branch.plan()
    desk = await branch.hello(ORGANIZER)
    await desk.ask("watch", occurrence=meeting.id)
    await branch.server.floor.conductor.open(meeting.id)
    opened = await desk.until("attendance")
    await branch.server.floor.conductor.close(meeting.id)
    ended = await desk.until("attendance", lambda e: bool(e["seq"] > opened["seq"]))
    assert {row["state"] for row in ended["attendance"]["rows"]} == {"absent"}


async def test_the_snapshot_for_engineers_names_nobody(branch: Branch) -> None:
    meeting = await branch.open()
    await branch.join("phone1", meeting)
    snapshot = branch.server.floor.hub.snapshot()
    assert [room["occurrence"] for room in snapshot] == [meeting.id]
    assert "示" not in str(snapshot)
