"""Calls that come together share a trip; each gets its own answer, or its own error."""

import asyncio
from collections.abc import Sequence

import pytest

from scheduler.store.batches import MOST, Batches


class Trips:
    """Doubles numbers, in trips that wait for `let`. 13 is refused, and 99 fails a whole trip."""

    def __init__(self) -> None:
        self.let = asyncio.Event()
        self.let.set()
        self.begun = asyncio.Event()
        self.made: list[list[int]] = []

    async def make(self, calls: Sequence[int]) -> list[int | Exception]:
        self.made.append(list(calls))
        self.begun.set()
        await self.let.wait()
        if 99 in calls:
            raise OSError("disk full")
        return [2 * call if call != 13 else ValueError("unlucky") for call in calls]


async def test_calls_that_come_while_a_trip_is_under_way_make_the_next_one_together() -> None:
    trips = Trips()
    batches = Batches(trips.make)
    trips.let.clear()
    first = asyncio.create_task(batches.call(1))
    await trips.begun.wait()
    rest = [asyncio.create_task(batches.call(n)) for n in (2, 3, 4)]
    await asyncio.sleep(0)
    trips.let.set()
    assert await asyncio.gather(first, *rest) == [2, 4, 6, 8]
    assert trips.made == [[1], [2, 3, 4]]


async def test_no_trip_takes_more_than_it_should() -> None:
    trips = Trips()
    batches = Batches(trips.make)
    answers = await asyncio.gather(*(batches.call(100 + n) for n in range(2 * MOST + 1)))
    assert answers == [200 + 2 * n for n in range(2 * MOST + 1)]
    assert [len(trip) for trip in trips.made] == [MOST, MOST, 1]


async def test_a_refusal_reaches_only_who_it_is_meant_for() -> None:
    batches = Batches(Trips().make)
    found = await asyncio.gather(*(batches.call(n) for n in (12, 13, 14)), return_exceptions=True)
    assert [found[0], found[2]] == [24, 28]
    assert isinstance(found[1], ValueError)


async def test_a_call_that_fails_a_trip_does_not_fail_the_others() -> None:
    trips = Trips()
    batches = Batches(trips.make)
    found = await asyncio.gather(*(batches.call(n) for n in (1, 99, 2)), return_exceptions=True)
    assert [found[0], found[2]] == [2, 4]
    assert isinstance(found[1], OSError)
    assert trips.made == [[1, 99, 2], [1], [99], [2]]


async def test_who_has_gone_before_the_trip_is_not_taken_along() -> None:
    trips = Trips()
    batches = Batches(trips.make)
    trips.let.clear()
    first = asyncio.create_task(batches.call(1))
    await trips.begun.wait()
    gone, stays = (asyncio.create_task(batches.call(n)) for n in (2, 3))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    trips.let.set()
    assert list(await asyncio.gather(first, stays)) == [2, 6]
    assert trips.made == [[1], [3]]


async def test_what_is_under_way_is_finished_though_nobody_waits() -> None:
    trips = Trips()
    batches = Batches(trips.make)
    trips.let.clear()
    asking = asyncio.create_task(batches.call(1))
    await trips.begun.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    finishing = asyncio.create_task(batches.finish())
    await asyncio.sleep(0)
    assert not finishing.done()
    trips.let.set()
    await finishing
    assert await batches.call(5) == 10
