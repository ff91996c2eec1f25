"""Several people save at the same time what each of them saw free: one of them gets it."""

import asyncio
from collections.abc import Awaitable
from datetime import time, timedelta
from typing import Any

import pytest

from config.settings import Planning
from scheduler.errors import Conflict
from scheduler.meetings.model import Series
from scheduler.meetings.service import Meetings
from scheduler.planning.conflicts import Acknowledgement, Conflicts
from scheduler.planning.saved_over import SavedOver
from scheduler.store.engine import Store
from tests.support.clock import MovableClock
from tests.support.meetings import SEVEN, SHANGHAI, adhoc, weekly

WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
HALL = {"persons": (), "non_voting": (), "sites": ("hall",)}
MORE_THAN_CONNECTIONS = 24


@pytest.fixture
def conflicts(store: Store, clock: MovableClock) -> Conflicts:
    return Conflicts(store, clock, SHANGHAI, Planning().precedence)


async def all_at_once(*saves: Awaitable[Any]) -> tuple[list[Any], list[BaseException]]:
    """Return what was saved, and what was refused."""
    results = await asyncio.gather(*saves, return_exceptions=True)
    refused = [one for one in results if isinstance(one, BaseException)]
    return [one for one in results if not isinstance(one, BaseException)], refused


def all_conflicts(refused: list[BaseException]) -> bool:
    return all(isinstance(one, Conflict) and one.code == "schedule_conflict" for one in refused)


async def test_of_many_who_saw_a_room_free_one_gets_it(
    meetings: Meetings, conflicts: Conflicts
) -> None:
    drafts = [adhoc(**HALL, title=f"会议{n}") for n in range(MORE_THAN_CONNECTIONS)]
    savings = [conflicts.saving(await conflicts.of_adhoc(one), None, "p1") for one in drafts]
    saved, refused = await all_at_once(
        *(
            meetings.create_adhoc(draft, "p1", saving=saving)
            for draft, saving in zip(drafts, savings, strict=True)
        )
    )
    assert (len(saved), len(refused)) == (1, MORE_THAN_CONNECTIONS - 1)
    assert all_conflicts(refused)
    [kept] = await meetings.occurrences(SEVEN, SEVEN + DAY)
    assert kept.id == saved[0].id


async def test_a_series_a_move_a_change_and_a_split_cannot_take_the_same_hour(
    meetings: Meetings, conflicts: Conflicts
) -> None:
    early = await meetings.create_series(weekly(**HALL, start_time=time(14)))
    split = await meetings.create_series(weekly(**HALL, start_time=time(16)))
    single = await meetings.create_adhoc(adhoc(**HALL, start=SEVEN + 2 * WEEK + DAY))
    wanted = weekly(**HALL)
    move_to = SEVEN + 2 * WEEK

    async def saving_of(series: Series, replacing: set[str]) -> SavedOver:
        return conflicts.saving(await conflicts.of_series(series, replacing), None, "p1")

    changed = await saving_of(meetings.as_series(wanted, early.id), {early.id})
    new = await saving_of(meetings.as_series(wanted), set())
    moving = conflicts.saving(
        await conflicts.of_move(single, await meetings.roster(single.id), move_to, 3600), None, "p1"
    )
    splitting = await saving_of(meetings.as_series(wanted), {split.id})
    _, first = await meetings.occurrences(SEVEN - 6 * HOUR, SEVEN)
    assert first.series == split.id
    saved, refused = await all_at_once(
        meetings.change_series(early.id, wanted, "p1", saving=changed),
        meetings.create_series(wanted, "p1", saving=new),
        meetings.move(single.id, move_to, 3600, "p1", saving=moving),
        meetings.continue_series(first, wanted, "p1", saving=splitting),
    )
    assert (len(saved), len(refused)) == (1, 3)
    assert all_conflicts(refused)


async def test_what_stands_in_the_way_by_now_is_not_covered_by_an_older_acknowledgement(
    meetings: Meetings, conflicts: Conflicts
) -> None:
    await meetings.create_adhoc(adhoc(**HALL))
    seen = await conflicts.of_adhoc(adhoc(**HALL))
    given = Acknowledgement(digest=seen.digest, reason="已商量")
    savings = [conflicts.saving(seen, given, "p1") for _ in range(2)]
    saved, refused = await all_at_once(
        *(meetings.create_adhoc(adhoc(**HALL), "p1", saving=saving) for saving in savings)
    )
    assert (len(saved), len(refused)) == (1, 1)
    assert all_conflicts(refused)
    [written] = await conflicts.acknowledged(occurrence=saved[0].id)
    assert (written.by, written.reason) == ("p1", "已商量")


async def test_who_needs_other_rooms_and_persons_is_not_kept_from_saving(
    meetings: Meetings, conflicts: Conflicts
) -> None:
    drafts = [adhoc(persons=(), non_voting=(), sites=(site,)) for site in ("v1", "v2", "hall")]
    savings = [conflicts.saving(await conflicts.of_adhoc(one), None, "p1") for one in drafts]
    saved, refused = await all_at_once(
        *(
            meetings.create_adhoc(draft, "p1", saving=saving)
            for draft, saving in zip(drafts, savings, strict=True)
        )
    )
    assert (len(saved), refused) == (3, [])
