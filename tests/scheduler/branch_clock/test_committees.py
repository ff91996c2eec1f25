"""A branch with fewer than seven full members has a secretary and no committee (Branch Work
Regulations 2018, art. 20): meetings of one are not due of it."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, update

from config.settings import Rules
from scheduler.branch_clock.committees import Days, Held, without_committee
from scheduler.branch_clock.model import BranchClock, Standing
from scheduler.branch_clock.service import Clocks
from scheduler.meetings.model import MeetingType
from scheduler.rules.model import Mark
from scheduler.rules.table import COMMITTEE
from scheduler.store.directory_tables import membership, post
from scheduler.store.engine import Store
from tests.scheduler.branch_clock.building import BRANCH, branch_of, held
from tests.scheduler.branch_clock.building import Held as Meeting
from tests.support.clock import MovableClock
from tests.support.meetings import SHANGHAI

OF_COMMITTEE = MeetingType.BRANCH_COMMITTEE_MEETING
YEAR = Days(date(2026, 1, 1), date(2026, 12, 31))
LONG_AGO = date(2020, 1, 1)
MAY_17 = date(2026, 5, 17)


def people(number: int) -> tuple[str, ...]:
    return tuple(f"p{n}" for n in range(1, number + 1))


async def year_of(store: Store) -> BranchClock:
    """The branch in 2026, in which nothing of a committee was held."""
    clock = MovableClock(datetime(2027, 2, 1, 4, tzinfo=UTC))
    return await Clocks(store, clock, Rules(), SHANGHAI).branch(2026, BRANCH)


def months(clock: BranchClock) -> list[int]:
    return [one.due.first.month for one in clock.periods[OF_COMMITTEE]]


def test_seven_full_members_make_a_committee_by_article_20() -> None:
    assert COMMITTEE.full_members == 7
    assert (COMMITTEE.source.mark, COMMITTEE.source.article) == (Mark.LAW, "20")


async def test_six_members_owe_no_meetings_of_a_committee_and_all_others(store: Store) -> None:
    await branch_of(store, *people(6))
    clock = await year_of(store)
    assert months(clock) == []
    assert clock.without_committee
    assert clock.row.types[OF_COMMITTEE].completion_rate is None
    assert clock.row.types[MeetingType.MEMBER_ASSEMBLY].late == 4


async def test_seven_members_owe_them(store: Store) -> None:
    await branch_of(store, *people(7))
    clock = await year_of(store)
    assert {one.standing for one in clock.periods[OF_COMMITTEE]} == {Standing.LATE}
    assert (len(months(clock)), clock.without_committee) == (12, False)


async def test_who_is_a_probationary_member_does_not_count(store: Store) -> None:
    await branch_of(store, *people(7))
    async with store.begin() as connection:
        seventh = update(membership).where(membership.c.person == "p7")
        await connection.execute(seventh.values(standing="probationary_member"))
    assert months(await year_of(store)) == []


async def test_a_committee_that_is_written_down_owes_its_meetings(store: Store) -> None:
    await branch_of(store, *people(6))
    held_by = (("p1", "secretary"), ("p2", "organization"), ("p3", "publicity"))
    async with store.begin() as connection:
        for person, name in held_by:
            values = {"person": person, "unit": BRANCH, "post": name, "since": MAY_17}
            await connection.execute(insert(post).values(**values))
    assert months(await year_of(store)) == [6, 7, 8, 9, 10, 11, 12], "fifteen of 31 days in May"


async def test_a_branch_of_which_nobody_is_written_down_may_be_large(store: Store) -> None:
    await branch_of(store)
    assert len(months(await year_of(store))) == 12


async def test_a_branch_that_grows_owes_from_the_month_on_of_which_half_is_left(
    store: Store,
) -> None:
    await branch_of(store, *people(7))
    async with store.begin() as connection:
        seventh = update(membership).where(membership.c.person == "p7")
        await connection.execute(seventh.values(since=MAY_17 - timedelta(days=1)))
    clock = await year_of(store)
    assert months(clock) == [5, 6, 7, 8, 9, 10, 11, 12]
    assert clock.row.types[OF_COMMITTEE].required == 8
    assert clock.without_committee


async def test_what_is_held_without_being_due_makes_nothing_complete(store: Store) -> None:
    await branch_of(store, *people(6))
    await held(store, Meeting(day=date(2026, 3, 3), type=OF_COMMITTEE))
    progress = (await year_of(store)).row.types[OF_COMMITTEE]
    assert (progress.required, progress.enough, progress.held) == (0, 0, 1)


DAY = st.dates(YEAR.first - timedelta(days=9), YEAR.first + timedelta(days=40))


@st.composite
def spans(draw: st.DrawFn) -> Held:
    since, length = draw(DAY), draw(st.none() | st.integers(0, 30))
    until = None if length is None else since + timedelta(days=length)
    return Held(draw(st.sampled_from(people(9))), since, until)


@given(st.lists(spans(), max_size=12), st.lists(spans(), max_size=5))
def test_the_days_are_those_one_would_find_by_looking_at_each(
    members: list[Held], committee: list[Held]
) -> None:
    within = Days(YEAR.first, YEAR.first + timedelta(days=40))
    found = without_committee(members, committee, within)
    for number in range(41):
        day = within.first + timedelta(days=number)
        there = [one for one in members if one.on(day)]
        elected = {one.person for one in committee if one.on(day)}
        assert any(day in each for each in found) == (0 < len(there) < 7 and len(elected) < 3)
    for one, following in pairwise(found):
        assert one.last + timedelta(days=1) < following.first, "stretches do not touch"
