"""A device whose line breaks comes back to its place; one that stays away loses it."""

from pathlib import Path

import pytest

from signaling import keys
from tests.signaling.live import Branch, running_branch
from tests.signaling.wire import Refusal, Wire


def has_left(other: Wire, reason: str) -> bool:
    return any(e["type"] == "peer.left" and e["reason"] == reason for e in other.events)


async def test_a_broken_line_keeps_the_place_and_replays_what_was_missed(branch: Branch) -> None:
    meeting = await branch.open()
    other, _ = await branch.join("phone2", meeting)
    wire, view = await branch.join("phone1", meeting)
    await wire.until("counts", lambda e: bool(e["counts"]["present"] == 2))
    await wire.cut()
    away = await other.until("peer.changed", lambda e: not e["peer"]["connected"])
    assert away["peer"]["peer"] == view["peer"]
    await other.ask("media.mute", audio=True, video=False)
    back = await branch.hello("phone1", resume=wire)
    assert back.welcome["resumed"]
    assert back.welcome["room"]["peer"] == view["peer"]
    muted = await back.until("peer.changed", lambda e: bool(e["peer"]["audio_muted"]))
    assert muted["seq"] == back.welcome["seq"] + 1
    await other.until(
        "peer.changed",
        lambda e: e["peer"]["peer"] == view["peer"] and e["peer"]["connected"],
    )
    assert "peer.left" not in other.types()


async def test_resuming_is_one_presence_in_the_attendance(branch: Branch) -> None:
    meeting = await branch.open()
    wire, _ = await branch.join("phone1", meeting)
    await wire.cut()
    await branch.hello("phone1", resume=wire)
    report = await branch.server.part(keys.REPORTS).occurrence(meeting.id)
    assert [row.person for row in report.rows if row.present_now] == ["p1"]


async def test_a_device_that_missed_too_much_is_told_the_state_afresh(tmp_path: Path) -> None:
    async with running_branch(tmp_path, signaling={"queue_messages": 8}) as branch:
        meeting = await branch.open()
        other, _ = await branch.join("phone2", meeting)
        wire, view = await branch.join("phone1", meeting)
        await wire.cut()
        for muted in (True, False, True, False, True):
            await other.ask("media.mute", audio=muted, video=False)
        back = await branch.hello("phone1", resume=wire)
        assert back.welcome["resumed"]
        last_seen = max([e["seq"] for e in wire.events], default=0)
        assert back.welcome["seq"] > last_seen + 4
        peers = {p["peer"]: p for p in back.welcome["room"]["peers"]}
        assert peers[view["peer"]]["connected"]
        assert [p["audio_muted"] for k, p in peers.items() if k != view["peer"]] == [True]
        await other.ask("media.mute", audio=False, video=False)
        event = await back.until("peer.changed")
        assert event["seq"] > back.welcome["seq"]


async def test_after_the_grace_the_device_has_left(tmp_path: Path) -> None:
    async with running_branch(tmp_path, signaling={"resume_grace_s": 0.05}) as branch:
        meeting = await branch.open()
        other, _ = await branch.join("phone2", meeting)
        wire, view = await branch.join("phone1", meeting)
        await wire.cut()
        left = await other.until("peer.left")
        assert (left["peer"], left["reason"]) == (view["peer"], "lost")
        back = await branch.hello("phone1", resume=wire)
        assert (back.welcome["resumed"], back.welcome["room"]) == (False, None)
        assert [i["occurrence"] for i in back.welcome["invitations"]] == [meeting.id]


async def test_a_second_connection_of_a_device_replaces_the_first(branch: Branch) -> None:
    meeting = await branch.open()
    other, _ = await branch.join("phone2", meeting)
    first, _ = await branch.join("phone1", meeting)
    second = await branch.hello("phone1")
    assert (await first.until("bye"))["reason"] == "replaced"
    await first.until_closed()
    assert not second.welcome["resumed"]
    await other.until("peer.left", lambda e: bool(e["reason"] == "replaced"))
    with pytest.raises(Refusal, match="not_in_room"):
        await second.ask("media.mute", audio=True, video=True)


async def test_a_second_connection_with_the_token_takes_the_place_over(branch: Branch) -> None:
    meeting = await branch.open()
    first, view = await branch.join("phone1", meeting)
    second = await branch.hello("phone1", resume=first)
    assert (await first.until("bye"))["reason"] == "replaced"
    await first.until_closed()
    assert second.welcome["room"]["peer"] == view["peer"]
    assert await second.ask("media.mute", audio=True, video=True) is None


async def test_a_token_of_another_device_resumes_nothing(branch: Branch) -> None:
    mine = await branch.hello("phone1")
    theirs = await branch.wire("phone2")
    welcome = await theirs.hello(mine.welcome["resume"], 0)
    assert not welcome["resumed"]
    assert await mine.ask("ping") is None


async def test_a_member_who_reloads_takes_the_place_of_the_page_that_is_gone(
    branch: Branch,
) -> None:
    """A person without an enrolled device keeps no key that would replace the older session."""
    meeting = await branch.open()
    other, _ = await branch.join("phone2", meeting)
    gone, _ = await branch.join("p3", meeting)
    await gone.cut()
    await other.until("peer.changed", lambda e: not e["peer"]["connected"])
    _, view = await branch.join("p3", meeting)
    left = await other.until("peer.left")
    assert left["reason"] == "replaced"
    assert left["peer"] != view["peer"]


async def test_a_revoked_device_is_put_out(branch: Branch) -> None:
    meeting = await branch.open()
    other, _ = await branch.join("phone2", meeting)
    wire, _ = await branch.join("phone1", meeting)
    branch.server.floor.sessions.dismiss("revoked", device="phone1")
    assert (await wire.until("bye"))["reason"] == "revoked"
    assert (await other.until("peer.left"))["reason"] == "removed"


async def test_the_server_says_goodbye_when_it_stops(tmp_path: Path) -> None:
    async with running_branch(tmp_path) as branch:
        wire = await branch.hello("phone1")
        unknown = await branch.wire("phone2")
        await branch.server.app.shutdown()
        assert (await wire.until("bye"))["reason"] == "server_stopping"
        assert await wire.until_closed() == 1001
        assert await unknown.until_closed() == 1001
