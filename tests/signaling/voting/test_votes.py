"""Votes on the wire: opened, cast by device and by hand, stopped by the rules, told to all."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.signaling.live import ORGANIZER
from tests.signaling.voting.conftest import Assembly, running_assembly
from tests.signaling.wire import Message, Refusal, Wire


def is_vote(**fields: object) -> Callable[[Message], bool]:
    """Match an event that shows a vote with these fields."""

    def matching(event: Message) -> bool:
        return any(all(v[k] == x for k, x in fields.items()) for v in event["votes"])

    return matching


async def three_phones(held: Assembly) -> dict[str, Wire]:
    return {p: (await held.branch.join(p, held.meeting))[0] for p in ("phone1", "phone2", "phone3")}


async def test_a_vote_by_device_is_told_only_when_it_is_closed(held: Assembly) -> None:
    phones = await three_phones(held)
    vote = await held.open_vote()
    await phones["phone3"].until("votes", is_vote(state="open", needed=3))
    for number in (1, 2, 3):
        await phones[f"phone{number}"].ask(
            "vote.cast", vote=vote, person=f"p{number}", choice="for"
        )
    running = await phones["phone1"].until("votes", is_vote(cast=3))
    assert running["votes"][0]["in_favour"] is None
    _, shown = await held.ask("GET", "votes")
    assert shown["votes"][0]["result"] is None
    status, closed = await held.ask("POST", f"votes/{vote}/close")
    assert (status, closed["adopted"], closed["result"]["in_favour"]) == (200, True, 3)
    await phones["phone2"].until("votes", is_vote(state="closed", in_favour=3, adopted=True))


async def test_a_device_that_leaves_stops_the_vote_and_its_return_lets_it_open_anew(
    held: Assembly,
) -> None:
    organizer = await held.branch.hello(ORGANIZER)
    await organizer.ask("watch", occurrence=held.meeting.id)
    phones = await three_phones(held)
    vote = await held.open_vote()
    await phones["phone1"].ask("vote.cast", vote=vote, person="p1", choice="for")
    await phones["phone3"].ask("leave")
    stopped = is_vote(state="stopped", stopped_reason="quorum_lost")
    await phones["phone1"].until("votes", stopped)
    await organizer.until("votes", stopped)
    with pytest.raises(Refusal, match="vote_stopped"):
        await phones["phone2"].ask("vote.cast", vote=vote, person="p2", choice="for")
    status, problem = await held.ask("POST", f"votes/{vote}/open")
    assert (status, problem["code"]) == (409, "quorum_missing")
    await phones["phone3"].ask("join", occurrence=held.meeting.id)
    status, again = await held.ask("POST", f"votes/{vote}/open")
    assert (status, again["ballot"], again["cast"]) == (200, 2, 0)


async def test_who_comes_back_sees_the_open_vote_and_the_own_choice(held: Assembly) -> None:
    phones = await three_phones(held)
    vote = await held.open_vote()
    await phones["phone1"].ask("vote.cast", vote=vote, person="p1", choice="against")
    await phones["phone1"].cut()
    again, view = await held.branch.join("phone1", held.meeting)
    assert [one["state"] for one in view["votes"]] == ["open"]
    assert view["chosen"] == [{"vote": vote, "person": "p1", "choice": "against"}]
    await again.ask("vote.cast", vote=vote, person="p1", choice="for")


async def test_hands_are_counted_where_the_roll_was_called(held: Assembly) -> None:
    await held.branch.join("phone1", held.meeting)
    room, _ = await held.branch.join("room", held.meeting)
    for person in ("p4", "p6"):
        await room.ask("roll_call.mark", person=person, mark="present")
    vote = await held.open_vote()
    event = await room.until("votes", is_vote(state="open"))
    voters = {one["site"]: one["voters"] for one in event["votes"][0]["sites"]}
    assert voters == {"hall": 2, "v1": 1}
    with pytest.raises(Refusal, match="count_exceeds_present"):
        await room.ask("vote.count", vote=vote, in_favour=3, against=0, abstain=0)
    await room.ask("vote.count", vote=vote, in_favour=2, against=0, abstain=0)
    await room.until("votes", is_vote(cast=2))


async def test_nobody_votes_for_somebody_at_another_device(held: Assembly) -> None:
    phones = await three_phones(held)
    vote = await held.open_vote()
    with pytest.raises(Refusal, match="not_signed_in_here"):
        await phones["phone1"].ask("vote.cast", vote=vote, person="p2", choice="for")
    with pytest.raises(Refusal, match="not_allowed"):
        await phones["phone1"].ask("vote.count", vote=vote, in_favour=1, against=0, abstain=0)
    with pytest.raises(Refusal, match="unknown_vote"):
        await phones["phone1"].ask("vote.cast", vote="other", person="p1", choice="for")
    status, _ = await held.ask_as("phone1", "POST", f"votes/{vote}/close")
    assert status == 403


async def test_a_secret_vote_is_refused_over_video_in_words(held: Assembly) -> None:
    await three_phones(held)
    _, vote = await held.ask(
        "POST", "votes", title="接收预备党员", kind="admission", candidate="示例甲"
    )
    status, problem = await held.ask("POST", f"votes/{vote['id']}/open")
    assert (status, problem["code"]) == (409, "vote_secret_over_video")
    assert "不能通过视频" in problem["detail"]


async def test_the_end_of_the_meeting_stops_what_is_open(held: Assembly) -> None:
    await three_phones(held)
    vote = await held.open_vote()
    await held.branch.server.floor.conductor.close(held.meeting.id)
    _, shown = await held.ask("GET", "votes")
    [stopped] = shown["votes"]
    assert (stopped["id"], stopped["stopped_reason"]) == (vote, "meeting_ended")


async def test_a_written_opinion_is_lodged_over_the_api(tmp_path: Path) -> None:
    async with running_assembly(tmp_path) as held:
        _, vote = await held.ask(
            "POST", "votes", title="接收预备党员", kind="admission", candidate="示例甲"
        )
        path = f"votes/{vote['id']}/opinions"
        assert (await held.ask("POST", path, person="p6", choice="for"))[0] == 204
        held.branch.server.clock.advance(minutes=10)
        status, problem = await held.ask("POST", path, person="p6", choice="for")
        assert (status, problem["code"]) == (409, "opinion_too_late")
        _, other = await held.ask("POST", "votes", title="方案")
        assert (await held.ask("POST", f"votes/{other['id']}/withdraw"))[1]["state"] == "withdrawn"
