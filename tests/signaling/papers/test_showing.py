"""A paper shown to everybody: by whom it may be shown, who sees it, what ends it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.meetings.model import Occurrence
from scheduler.planning.papers import Attachment
from signaling import keys
from tests.scheduler.papers.documents import raw_pdf
from tests.signaling.live import ORGANIZER, Branch, running_branch
from tests.signaling.wire import Refusal, Wire

BYTES = {"Content-Type": "application/octet-stream"}


class Shown:
    """An open meeting with a paper of three pages, its organizer and a phone in it."""

    def __init__(self, branch: Branch, meeting: Occurrence, paper: Attachment) -> None:
        self.branch = branch
        self.meeting = meeting
        self.paper = paper
        self.leader: Wire
        self.phone: Wire

    async def show(self, page: int, wire: Wire | None = None, paper: str | None = None) -> None:
        await (wire or self.leader).ask("paper.show", attachment=paper or self.paper.id, page=page)


@pytest.fixture
async def shown(tmp_path: Path) -> AsyncIterator[Shown]:
    async with running_branch(tmp_path) as branch:
        meeting = await branch.open()
        papers = branch.server.part(keys.ATTACHMENTS)
        paper = await papers.add(meeting.id, "方案.pdf", raw_pdf(count=3), None)
        held = Shown(branch, meeting, paper)
        held.leader, view = await branch.join(ORGANIZER, meeting)
        assert (view["may_show_papers"], view["paper"]) == (True, None)
        held.phone, view = await branch.join("phone1", meeting)
        assert not view["may_show_papers"]
        yield held


async def test_everybody_sees_the_page_the_leader_stands_on(shown: Shown) -> None:
    await shown.show(1)
    event = await shown.phone.until("paper")
    assert event["paper"]["name"] == "方案.pdf"
    assert (event["paper"]["page"], event["paper"]["pages"]) == (1, 3)
    assert event["paper"]["by"]
    await shown.show(2)
    await shown.phone.until("paper", lambda event: event["paper"]["page"] == 2)


async def test_the_same_page_again_is_told_to_nobody(shown: Shown) -> None:
    await shown.show(2)
    await shown.show(2)
    await shown.leader.ask("paper.end")
    await shown.leader.ask("paper.end")
    await shown.phone.until("paper", lambda event: event["paper"] is None)
    assert shown.phone.types().count("paper") == 2


async def test_who_comes_late_or_back_finds_it_also_when_who_showed_it_has_left(
    shown: Shown,
) -> None:
    await shown.show(3)
    await shown.leader.ask("leave")
    _, view = await shown.branch.join("phone2", shown.meeting)
    assert view["paper"]["page"] == 3
    await shown.phone.cut()
    back = await shown.branch.hello("phone1", resume=shown.phone)
    if back.welcome["room"] is not None:
        assert back.welcome["room"]["paper"]["page"] == 3


async def test_only_who_leads_the_meeting_shows_and_ends(shown: Shown) -> None:
    with pytest.raises(Refusal, match="not_allowed"):
        await shown.show(1, shown.phone)
    with pytest.raises(Refusal, match="not_allowed"):
        await shown.phone.ask("paper.end")
    outside = await shown.branch.hello(ORGANIZER)
    with pytest.raises(Refusal, match="not_in_room"):
        await shown.show(1, outside)


async def test_only_pages_of_papers_of_this_meeting_are_shown(shown: Shown) -> None:
    later = shown.meeting.scheduled_start + timedelta(days=1)
    other = await shown.branch.plan(start=later)
    papers = shown.branch.server.part(keys.ATTACHMENTS)
    foreign = await papers.add(other.id, "别的.pdf", raw_pdf(), None)
    for paper, page, code in (
        (foreign.id, 1, "unknown_attachment"),
        ("none", 1, "unknown_attachment"),
        (shown.paper.id, 4, "unknown_page"),
        (shown.paper.id, 0, "message_invalid"),
    ):
        with pytest.raises(Refusal, match=code):
            await shown.show(page, paper=paper)
    locked = await papers.add(shown.meeting.id, "坏.pdf", b"%PDF-1.7 cut", None)
    with pytest.raises(Refusal, match="paper_unreadable"):
        await shown.show(1, paper=locked.id)


async def test_pages_turned_too_fast_are_held_back(shown: Shown) -> None:
    async def turn(times: int) -> None:
        for page in range(times):
            await shown.show(page % 3 + 1)

    with pytest.raises(Refusal, match="too_many_messages"):
        await turn(40)


async def test_the_room_is_told_of_a_first_paper_and_a_new_agenda(shown: Shown) -> None:
    path = f"/api/occurrences/{shown.meeting.id}"
    async with shown.branch.server.http(await shown.branch.token(ORGANIZER)) as http:
        async with http.post(
            f"{path}/attachments", params={"name": "二.txt"}, data="会议材料", headers=BYTES
        ) as added:
            assert (await added.json())["shown_as"] == "text"
        event = await shown.phone.until("papers")
        assert event["occurrence"] == shown.meeting.id
        async with http.put(f"{path}/agenda", json={"items": [{"title": "学习"}]}) as answer:
            assert answer.status == 200
    await shown.leader.until("papers", lambda e: shown.leader.types().count("papers") == 2)


async def test_after_a_restart_nothing_is_shown(tmp_path: Path) -> None:
    async with running_branch(tmp_path) as branch:
        meeting = await branch.open()
        papers = branch.server.part(keys.ATTACHMENTS)
        paper = await papers.add(meeting.id, "方案.txt", "第一条".encode(), None)
        leader, _ = await branch.join(ORGANIZER, meeting)
        await leader.ask("paper.show", attachment=paper.id, page=1)
    async with running_branch(tmp_path) as branch:
        _, view = await branch.join("phone1", meeting)
        assert view["paper"] is None
