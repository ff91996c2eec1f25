"""Both denominators: who is expected, who of them votes, who is there."""

from datetime import date

import pytest
from sqlalchemy import update

from config.settings import Rules
from scheduler.errors import Conflict, Invalid
from scheduler.meetings.model import Standing
from scheduler.store.directory_tables import membership
from scheduler.store.meeting_tables import roster_person
from tests.scheduler.votes.conftest import Assembly


async def test_a_probationary_member_is_expected_and_has_no_vote(held: Assembly) -> None:
    await held.come("p1", "p5")
    view = await held.quorums.of(held.id)
    assert (view.expected_total, view.expected_voting) == (6, 5)
    assert (view.present_total, view.present_voting) == (2, 1)
    assert (view.needed, view.reached) == (3, False)


async def test_art_11_half_of_the_voting_members_are_a_quorum(held: Assembly) -> None:
    await held.come("p1", "p2", "p4")
    assert (await held.quorums.of(held.id)).reached is True
    await held.go("at-hall")
    after = await held.quorums.of(held.id)
    assert (after.present_voting, after.reached) == (2, False)


async def test_a_non_voting_attendee_is_in_neither_number(held: Assembly) -> None:
    await held.meetings.add_person(held.id, "p3", "p6", "改为列席", Standing.NON_VOTING)
    await held.come("p3")
    view = await held.quorums.of(held.id)
    assert (view.expected_total, view.expected_voting, view.present_total) == (5, 4, 0)


async def test_the_voting_right_is_that_of_the_day_the_meeting_opened(planned: Assembly) -> None:
    async def strip(person: str) -> None:
        async with planned.store.begin() as connection:
            await connection.execute(
                update(membership).where(membership.c.person == person).values(voting=False)
            )

    await strip("p2")
    assert (await planned.quorums.of(planned.id)).expected_voting == 4
    await planned.open()
    await strip("p3")
    assert (await planned.quorums.of(planned.id)).expected_voting == 4


async def test_who_is_added_later_votes_by_the_membership_too(planned: Assembly) -> None:
    await planned.meetings.remove_person(planned.id, "p3", "p6", "误列")
    await planned.open()
    assert (await planned.quorums.of(planned.id)).expected_voting == 4
    await planned.meetings.add_person(planned.id, "p3", "p6", "补列")
    assert (await planned.quorums.of(planned.id)).expected_voting == 5


async def test_only_a_recorded_exclusion_takes_a_member_out_of_e(held: Assembly) -> None:
    day = date(2026, 11, 20)
    await held.meetings.exclude(held.id, "p3", "moved_away", "镇党委", day, "p6")
    await held.come("p3")
    view = await held.quorums.of(held.id)
    assert (view.expected_total, view.expected_voting) == (6, 4)
    assert (view.present_total, view.present_voting, view.needed) == (1, 0, 2)
    await held.meetings.exclude(held.id, "p3", "moved_away", "镇党委", day, "p6", stands=False)
    assert (await held.quorums.of(held.id)).expected_voting == 5
    kept = await held.meetings.exclusions(held.id)
    assert [(one.person, one.stands, one.approved_by) for one in kept] == [
        ("p3", True, "镇党委"),
        ("p3", False, "镇党委"),
    ]
    changes = await held.meetings.roster_changes(held.id)
    assert [change.kind for change in changes] == ["excluded", "exclusion_withdrawn"]


async def test_an_exclusion_needs_a_code_an_approver_and_a_day_that_was(held: Assembly) -> None:
    day = date(2026, 11, 20)
    with pytest.raises(Invalid, match="unknown_exclusion_reason"):
        await held.meetings.exclude(held.id, "p3", "diabetes", "镇党委", day, "p6")
    with pytest.raises(Invalid, match="reason_missing"):
        await held.meetings.exclude(held.id, "p3", "unable", " ", day, "p6")
    with pytest.raises(Invalid, match="approved_in_the_future"):
        await held.meetings.exclude(held.id, "p3", "unable", "镇党委", date(2027, 1, 1), "p6")
    with pytest.raises(Invalid, match="not_on_roster"):
        await held.meetings.exclude(held.id, "p9", "unable", "镇党委", day, "p6")


async def test_exempt_leaves_the_rate_and_not_e(planned: Assembly) -> None:
    view = await planned.quorums.of(planned.id)
    async with planned.store.begin() as connection:
        await connection.execute(update(roster_person).values(exempt=True))
    assert await planned.quorums.of(planned.id) == view


async def test_after_the_meeting_those_count_who_came(held: Assembly) -> None:
    await held.come("p1", "p2", "p3")
    held.clock.advance(minutes=50)
    await held.go("at-p1")
    held.clock.advance(minutes=11)
    await held.go("at-p2", "at-p3")
    await held.meetings.close(held.id)
    await held.meetings.settle(held.id)
    view = await held.quorums.of(held.id)
    assert (view.present_voting, view.reached) == (3, True)
    await held.log.correct(held.id, "p1", "absent", None, "p6", "其实未到")
    assert (await held.quorums.of(held.id)).reached is False


async def test_where_video_does_not_count_only_the_main_site_does(held: Assembly) -> None:
    strict = held.with_rules(Rules(video_does_not_count=("member_assembly",)))
    await held.come("p1", "p2", "p3", "p4")
    assert (await held.quorums.of(held.id)).present_voting == 4
    # The host p4 is expected at no site, so the first site invited is the main one: that of p1.
    assert (await strict.quorums.of(held.id)).present_voting == 1


async def test_a_settled_meeting_takes_no_exclusion(held: Assembly) -> None:
    await held.meetings.close(held.id)
    await held.meetings.settle(held.id)
    with pytest.raises(Conflict, match="occurrence_over"):
        await held.meetings.exclude(held.id, "p3", "unable", "镇党委", date(2026, 11, 20), "p6")
