"""What counts as held, and for whom; what is shown follows every archived record at once."""

import asyncio
from datetime import UTC, date, datetime

from sqlalchemy import update

from config.settings import Rules
from scheduler.branch_clock.model import Progress, Standing
from scheduler.branch_clock.service import Clocks
from scheduler.errors import Invalid, NotFound
from scheduler.meetings.model import MeetingType
from scheduler.store.engine import Store
from scheduler.store.record_tables import meeting_record
from tests.scheduler.branch_clock.building import BRANCH, Held, branch_of, held
from tests.support.clock import MovableClock
from tests.support.meetings import SHANGHAI

ASSEMBLY = MeetingType.MEMBER_ASSEMBLY


def clocks_on(store: Store, day: date) -> Clocks:
    clock = MovableClock(datetime(day.year, day.month, day.day, 4, tzinfo=UTC))
    return Clocks(store, clock, Rules(), SHANGHAI)


async def assembly(clocks: Clocks, unit: str = BRANCH) -> Progress:
    return (await clocks.overview(2026, {unit})).whole.types[ASSEMBLY]


async def test_a_meeting_counts_once_its_record_is_archived(store: Store) -> None:
    await branch_of(store, "p1", "p2")
    clocks = clocks_on(store, date(2026, 4, 2))
    assert (await assembly(clocks)).enough == 0
    made = await held(store, Held(day=date(2026, 2, 3), type=ASSEMBLY, record="submitted"))
    waiting = await assembly(clocks)
    assert (waiting.enough, waiting.waiting, waiting.late) == (0, 1, 1)
    async with store.begin() as connection:
        archive = update(meeting_record).where(meeting_record.c.occurrence == made)
        await connection.execute(archive.values(state="archived"))
    archived = await assembly(clocks)
    assert (archived.enough, archived.waiting, archived.late) == (1, 0, 0)


async def test_those_who_ask_together_are_answered_each_for_what_they_asked(store: Store) -> None:
    await branch_of(store, "p1", "p2")
    await held(store, Held(day=date(2026, 2, 3), type=ASSEMBLY))
    clocks = clocks_on(store, date(2026, 4, 2))
    one, other, unknown, wrong = await asyncio.gather(
        clocks.overview(2026, {BRANCH}),
        clocks.overview(2026, {BRANCH}),
        clocks.overview(2026, {"nowhere"}),
        clocks.overview(1, {BRANCH}),
        return_exceptions=True,
    )
    assert one == other == await clocks.overview(2026, {BRANCH})
    assert isinstance(unknown, NotFound)
    assert isinstance(wrong, Invalid)


async def test_a_meeting_that_missed_its_quorum_is_not_held(store: Store) -> None:
    await branch_of(store, "p1", "p2")
    await held(store, Held(day=date(2026, 2, 3), type=ASSEMBLY, quorum_met=False))
    assert (await assembly(clocks_on(store, date(2026, 4, 2)))).late == 1


async def test_more_than_is_owed_in_one_period_makes_up_for_no_other(store: Store) -> None:
    await branch_of(store, "p1", "p2")
    for day in (date(2026, 1, 5), date(2026, 2, 5), date(2026, 3, 5)):
        await held(store, Held(day=day, type=ASSEMBLY))
    progress = await assembly(clocks_on(store, date(2026, 7, 1)))
    assert (progress.held, progress.enough, progress.required) == (3, 1, 2)
    assert progress.completion_rate == 0.5


async def test_a_meeting_of_the_network_branch_is_none_of_the_home_branch(store: Store) -> None:
    await branch_of(store, "p1", "p2")
    await branch_of(store, unit="network", kind="network_branch")
    await held(store, Held(day=date(2026, 2, 3), type=ASSEMBLY, unit="network"))
    clocks = clocks_on(store, date(2026, 4, 2))
    assert (await assembly(clocks)).enough == 0
    network = (await clocks.overview(2026, {"network"})).whole
    assert set(network.types) == {MeetingType.NETWORK_BRANCH_MEETING}


async def test_periods_at_the_end_of_the_year_belong_to_one_year(store: Store) -> None:
    await branch_of(store, "p1", "p2", unit="network", kind="network_branch")
    meeting = Held(day=date(2027, 1, 2), type="network_branch_meeting", unit="network")
    await held(store, meeting)  # a Saturday, in the week of Thursday the 31st of December
    clocks = clocks_on(store, date(2027, 1, 20))
    weeks = (await clocks.branch(2026, "network")).periods[MeetingType.NETWORK_BRANCH_MEETING]
    assert (len(weeks), weeks[-1].due.last, weeks[-1].standing) == (
        53,
        date(2027, 1, 3),
        Standing.DONE,
    )
    following = (await clocks.branch(2027, "network")).periods[MeetingType.NETWORK_BRANCH_MEETING]
    assert following[0].due.first == date(2027, 1, 4)


async def test_a_rate_over_nobody_is_null(store: Store) -> None:
    await branch_of(store, "p1")
    meeting = Held(day=date(2026, 2, 3), states={"p1": "exempt"}, exempt=frozenset({"p1"}))
    await held(store, meeting)
    whole = (await clocks_on(store, date(2026, 4, 2)).overview(2026, {BRANCH})).whole
    assert (whole.figures.expected, whole.figures.attendance_rate) == (1, None)
