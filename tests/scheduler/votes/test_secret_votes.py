"""Admission, probation, election: secret, on paper at one place, with written opinions."""

import pytest

from scheduler.errors import Conflict, Invalid
from scheduler.votes.model import StopReason, VoteState
from tests.scheduler.votes.conftest import Assembly
from tests.support.meetings import adhoc


async def test_a_secret_vote_is_never_opened_over_video(held: Assembly) -> None:
    await held.come("p1", "p2", "p3", "p4", "p6")
    vote = await held.votes.prepare(held.id, "接收", "admission", "p4", candidate="示例甲")
    with pytest.raises(Conflict, match="vote_secret_over_video"):
        await held.votes.open(vote.id, "p4")


async def test_a_secret_vote_at_one_place_is_counted_on_paper(held: Assembly) -> None:
    await held.hall()
    for person in ("p1", "p2", "p3"):
        await held.log.mark(held.id, "hall", person, "present", "p4")
    vote = await held.votes.prepare(held.id, "接收", "admission", "p4", candidate="示例甲")
    opened = await held.votes.open(vote.id, "p4")
    assert (opened.secret, opened.needed) == (True, 3)
    with pytest.raises(Invalid, match="vote_secret_on_paper"):
        await held.votes.cast(vote.id, "p1", "for", "at-hall")
    await held.votes.count(vote.id, "hall", 3, 0, 0, "p4")
    assert (await held.votes.close(vote.id, "p4")).adopted is True


async def test_a_second_place_that_joins_stops_a_secret_vote(held: Assembly) -> None:
    await held.hall()
    for person in ("p1", "p2", "p3"):
        await held.log.mark(held.id, "hall", person, "present", "p4")
    vote = await held.votes.prepare(held.id, "转正", "probation", "p4", candidate="示例五")
    await held.votes.open(vote.id, "p4")
    await held.log.joined(held.id, "village", "phone1", None)
    assert await held.votes.enforce(held.id) == (vote.id,)
    [stopped] = await held.votes.of(held.id)
    assert (stopped.state, stopped.stopped_reason) == (VoteState.STOPPED, StopReason.OVER_VIDEO)


async def test_a_written_opinion_counts_in_y_and_not_in_p(planned: Assembly) -> None:
    vote = await planned.votes.prepare(planned.id, "接收", "admission", "p4", candidate="示例甲")
    await planned.votes.lodge(vote.id, "p6", "against", "p4")
    await planned.votes.lodge(vote.id, "p6", "for", "p4")
    await planned.votes.lodge(vote.id, "p3", "for", "p4")
    with pytest.raises(Invalid, match="not_a_voter"):
        await planned.votes.lodge(vote.id, "p5", "for", "p4")
    await planned.open()
    await planned.hall()
    for person in ("p1", "p2", "p3"):  # p3 came after all
        await planned.log.mark(planned.id, "hall", person, "present", "p4")
    await planned.votes.open(vote.id, "p4")
    await planned.votes.count(vote.id, "hall", 2, 1, 0, "p4")
    done = await planned.votes.close(vote.id, "p4")
    assert (done.present_voting, done.for_, done.written, done.adopted) == (3, 3, 1, True)


async def test_an_opinion_is_too_late_once_the_meeting_began(held: Assembly) -> None:
    vote = await held.votes.prepare(held.id, "接收", "admission", "p4", candidate="示例甲")
    with pytest.raises(Conflict, match="opinion_too_late"):
        await held.votes.lodge(vote.id, "p6", "for", "p4")
    general = await held.votes.prepare(held.id, "方案", "general", "p4")
    with pytest.raises(Invalid, match="opinion_not_allowed"):
        await held.votes.lodge(general.id, "p6", "for", "p4")


async def test_an_admission_names_one_candidate(planned: Assembly) -> None:
    with pytest.raises(Invalid, match="candidate_missing"):
        await planned.votes.prepare(planned.id, "接收", "admission", "p4")


@pytest.mark.parametrize("kind", ["admission", "probation", "election"])
async def test_a_network_branch_does_not_admit_or_elect(planned: Assembly, kind: str) -> None:
    draft = adhoc(unit="net1", type="network_branch_meeting")
    meeting = await planned.meetings.create_adhoc(draft)
    with pytest.raises(Invalid, match="vote_not_of_this_meeting"):
        await planned.votes.prepare(meeting.id, "议题", kind, "p4", candidate="示例甲")
    draft = adhoc(unit="net1", type="member_assembly")
    meeting = await planned.meetings.create_adhoc(draft)
    with pytest.raises(Invalid, match="vote_not_of_this_branch"):
        await planned.votes.prepare(meeting.id, "议题", kind, "p4", candidate="示例甲")


async def test_a_lecture_and_a_work_meeting_decide_nothing(planned: Assembly) -> None:
    for kind in ("party_lecture", "work_meeting"):
        meeting = await planned.meetings.create_adhoc(adhoc(unit="br1", type=kind))
        with pytest.raises(Invalid, match="vote_not_of_this_meeting"):
            await planned.votes.prepare(meeting.id, "议题", "general", "p4")
    with pytest.raises(Invalid, match="unknown_vote_kind"):
        await planned.votes.prepare(planned.id, "议题", "discipline", "p4")
