"""The quorum on the wire: told when it changes, to the room and to who follows from outside."""

from tests.signaling.live import ORGANIZER
from tests.signaling.voting.conftest import Assembly


async def test_the_room_and_the_organizer_hear_both_denominators(held: Assembly) -> None:
    organizer = await held.branch.hello(ORGANIZER)
    await organizer.ask("watch", occurrence=held.meeting.id)
    phone1, view = await held.branch.join("phone1", held.meeting)
    assert (view["quorum"]["expected_total"], view["quorum"]["expected_voting"]) == (6, 5)
    assert [voter["person"] for voter in view["voters"]] == ["p1"]
    await held.branch.join("phone2", held.meeting)
    await held.branch.join("phone3", held.meeting)
    for wire in (phone1, organizer):
        event = await wire.until("quorum", lambda e: e["quorum"]["reached"])
        assert event["quorum"]["present_voting"] == event["quorum"]["needed"] == 3
    status, asked = await held.ask("GET", "quorum")
    assert (status, asked["present_voting"], asked["reached"]) == (200, 3, True)


async def test_a_roll_call_at_a_site_counts_and_a_leaving_site_takes_it_away(
    held: Assembly,
) -> None:
    phone1, _ = await held.branch.join("phone1", held.meeting)
    room, _ = await held.branch.join("room", held.meeting)
    for person in ("p4", "p6"):
        await room.ask("roll_call.mark", person=person, mark="present")
    await phone1.until("quorum", lambda e: e["quorum"]["present_voting"] == 3)
    await room.ask("leave")
    await phone1.until("quorum", lambda e: e["quorum"]["present_voting"] == 1)


async def test_an_exclusion_is_told_at_once(held: Assembly) -> None:
    phone1, _ = await held.branch.join("phone1", held.meeting)
    status, _ = await held.ask(
        "POST",
        "exclusions",
        person="p3",
        reason="abroad",
        approved_by="镇党委",
        approved_on="2026-11-20",
    )
    assert status == 201
    await phone1.until("quorum", lambda e: e["quorum"]["expected_voting"] == 4)
    _, kept = await held.ask("GET", "exclusions")
    assert [(one["person"], one["stands"]) for one in kept["exclusions"]] == [("p3", True)]
