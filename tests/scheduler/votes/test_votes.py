"""Votes: opened with a quorum, cast by device or counted by hand, stopped when it is lost."""

from datetime import date

import pytest

from scheduler.errors import Conflict, Invalid, NotFound, Refused
from scheduler.meetings.model import AgendaLine
from scheduler.planning.agenda_items import AgendaItems
from scheduler.votes.model import StopReason, VoteState
from tests.scheduler.votes.conftest import Assembly


async def opened(held: Assembly, *persons: str) -> str:
    """Let the persons come and open a general vote; return its id."""
    await held.come(*persons)
    vote = await held.votes.prepare(held.id, "修缮村道的方案", "general", "p4")
    return (await held.votes.open(vote.id, "p4")).id


async def test_a_vote_by_device_and_by_hand_is_adopted(held: Assembly) -> None:
    vote = await opened(held, "p1", "p2", "p4", "p6")
    await held.votes.cast(vote, "p1", "for", "at-p1")
    await held.votes.cast(vote, "p2", "against", "at-p2")
    running = await held.votes.count(vote, "hall", 2, 0, 0, "p4")
    assert (running.state, running.for_, running.against) == (VoteState.OPEN, 3, 1)
    done = await held.votes.close(vote, "p4")
    assert (done.state, done.adopted) == (VoteState.CLOSED, True)
    assert (done.expected_voting, done.present_voting, done.votes_needed) == (5, 4, 3)
    assert [(site.site, site.for_, site.counted_by) for site in done.sites] == [("hall", 2, "p4")]


async def test_art_11_more_than_half_of_e_is_needed_and_not_of_those_present(
    held: Assembly,
) -> None:
    vote = await opened(held, "p1", "p2", "p3")
    await held.votes.cast(vote, "p1", "for", "at-p1")
    await held.votes.cast(vote, "p2", "for", "at-p2")
    assert (await held.votes.close(vote, "p4")).adopted is False


async def test_without_a_quorum_no_vote_is_opened(held: Assembly) -> None:
    await held.come("p1", "p2", "p5")
    vote = await held.votes.prepare(held.id, "方案", "general", "p4")
    with pytest.raises(Conflict, match="quorum_missing"):
        await held.votes.open(vote.id, "p4")
    [unopened] = await held.votes.of(held.id)
    assert (unopened.state, unopened.present_voting, unopened.needed) == (VoteState.PREPARED, 2, 3)


async def test_a_vote_stops_when_its_quorum_is_lost_and_is_opened_anew(held: Assembly) -> None:
    vote = await opened(held, "p1", "p2", "p3")
    await held.votes.cast(vote, "p1", "for", "at-p1")
    assert await held.votes.enforce(held.id) == ()
    await held.go("at-p3")
    assert await held.votes.enforce(held.id) == (vote,)
    [stopped] = await held.votes.of(held.id)
    assert (stopped.state, stopped.stopped_reason) == (VoteState.STOPPED, StopReason.QUORUM_LOST)
    assert (stopped.ended_by, stopped.present_voting, stopped.adopted) == (None, 2, None)
    assert stopped.ended_at is not None
    with pytest.raises(Conflict, match="vote_stopped"):
        await held.votes.cast(vote, "p2", "for", "at-p2")
    with pytest.raises(Conflict, match="quorum_missing"):
        await held.votes.open(vote, "p4")
    await held.log.joined(held.id, "back", "phone3", "p3")
    again = await held.votes.open(vote, "p4")
    assert (again.state, again.ballot, again.for_) == (VoteState.OPEN, 2, 0)


async def test_closing_without_a_quorum_stops_and_decides_nothing(held: Assembly) -> None:
    vote = await opened(held, "p1", "p2", "p3")
    for person in ("p1", "p2", "p3"):
        await held.votes.cast(vote, person, "for", f"at-{person}")
    await held.go("at-p3")
    done = await held.votes.close(vote, "p4")
    assert (done.state, done.adopted) == (VoteState.STOPPED, None)


async def test_the_end_of_the_meeting_stops_an_open_vote(held: Assembly) -> None:
    vote = await opened(held, "p1", "p2", "p3")
    await held.meetings.close(held.id)
    assert await held.votes.enforce(held.id) == (vote,)
    [stopped] = await held.votes.of(held.id)
    assert stopped.stopped_reason is StopReason.MEETING_ENDED


async def test_a_person_is_counted_once_and_may_change_until_the_end(held: Assembly) -> None:
    vote = await opened(held, "p1", "p2", "p3")
    await held.log.joined(held.id, "second", "mobile1", "p1")
    await held.votes.cast(vote, "p1", "for", "at-p1")
    await held.votes.cast(vote, "p1", "against", "second")
    await held.votes.cast(vote, "p1", "abstain", "at-p1")
    done = await held.votes.close(vote, "p4")
    assert (done.for_, done.against, done.abstain) == (0, 0, 1)
    with pytest.raises(Conflict, match="vote_not_open"):
        await held.votes.cast(vote, "p1", "for", "at-p1")


async def test_only_a_voting_member_signed_in_at_the_device_votes_there(held: Assembly) -> None:
    vote = await opened(held, "p1", "p2", "p3", "p5")
    with pytest.raises(Refused, match="not_a_voter"):
        await held.votes.cast(vote, "p5", "for", "at-p5")
    with pytest.raises(Refused, match="not_signed_in_here"):
        await held.votes.cast(vote, "p1", "for", "at-p2")
    with pytest.raises(Refused, match="not_signed_in_here"):
        await held.votes.cast(vote, "p6", "for", "at-p2")
    with pytest.raises(Invalid, match="unknown_choice"):
        await held.votes.cast(vote, "p1", "maybe", "at-p1")


async def test_no_more_hands_than_voters_at_the_site_without_a_device_vote(held: Assembly) -> None:
    vote = await opened(held, "p1", "p2", "p4", "p6")
    with pytest.raises(Invalid, match="count_exceeds_present"):
        await held.votes.count(vote, "hall", 3, 0, 0, "p4")
    with pytest.raises(Invalid, match="count_exceeds_present"):
        await held.votes.count(vote, "v3", 1, 0, 0, "p4")
    with pytest.raises(Invalid, match="count_negative"):
        await held.votes.count(vote, "hall", 1, -1, 0, "p4")
    await held.votes.cast(vote, "p1", "for", "at-p1")
    with pytest.raises(Invalid, match="count_exceeds_present"):
        await held.votes.count(vote, "v1", 1, 0, 0, "p1")
    await held.votes.count(vote, "hall", 2, 0, 0, "p4")
    corrected = await held.votes.count(vote, "hall", 1, 1, 0, "p4")
    assert (corrected.for_, corrected.against) == (2, 1)


async def test_who_was_counted_by_hand_does_not_vote_by_device_as_well(held: Assembly) -> None:
    vote = await opened(held, "p1", "p2", "p4", "p6")
    await held.votes.count(vote, "hall", 2, 0, 0, "p4")
    held.clock.advance(seconds=1)
    await held.log.joined(held.id, "mobile", "mobile1", None)
    await held.log.signed_in(held.id, "mobile", "p6", "pin")
    with pytest.raises(Conflict, match="vote_counted_by_hand"):
        await held.votes.cast(vote, "p6", "for", "mobile")
    await held.votes.count(vote, "hall", 1, 0, 0, "p4")
    await held.votes.cast(vote, "p6", "for", "mobile")
    assert (await held.votes.close(vote, "p4")).for_ == 2


async def test_one_vote_runs_at_a_time(held: Assembly) -> None:
    await opened(held, "p1", "p2", "p3")
    other = await held.votes.prepare(held.id, "另一议题", "general", "p4")
    with pytest.raises(Conflict, match="another_vote_open"):
        await held.votes.open(other.id, "p4")
    assert (await held.votes.withdraw(other.id, "p4")).state is VoteState.WITHDRAWN


async def test_an_excluded_member_does_not_vote_any_more(held: Assembly) -> None:
    vote = await opened(held, "p1", "p2", "p3")
    await held.votes.cast(vote, "p3", "for", "at-p3")
    day = date(2026, 11, 20)
    await held.meetings.exclude(held.id, "p3", "rights_suspended", "镇党委", day, "p6")
    with pytest.raises(Refused, match="not_a_voter"):
        await held.votes.cast(vote, "p3", "for", "at-p3")
    assert (await held.votes.close(vote, "p4")).for_ == 0


async def test_opening_and_closing_twice_is_harmless(held: Assembly) -> None:
    vote = await opened(held, "p1", "p2", "p3")
    assert (await held.votes.open(vote, "p4")).ballot == 1
    first = await held.votes.close(vote, "p4")
    assert await held.votes.close(vote, "p4") == first
    with pytest.raises(NotFound, match="unknown_vote"):
        await held.votes.open("nothing", "p4")


async def test_a_vote_belongs_to_an_item_of_the_agenda_or_to_none(planned: Assembly) -> None:
    agenda = AgendaItems(planned.store, planned.clock)
    version = (await planned.meetings.occurrence(planned.id)).version
    await agenda.replace(planned.id, (AgendaLine(title="村道"),), version)
    [item] = await agenda.of(planned.id)
    vote = await planned.votes.prepare(planned.id, "修缮村道", "general", "p4", agenda_item=item.id)
    assert vote.agenda_item == item.id
    with pytest.raises(Invalid, match="unknown_agenda_item"):
        await planned.votes.prepare(planned.id, "修缮", "general", "p4", agenda_item="other")
    with pytest.raises(Conflict, match="agenda_item_in_use"):
        await agenda.replace(planned.id, ())
