"""Many changes make few announcements, and the last one is never lost."""

import asyncio

from signaling.rooms.pulse import Pulse


class Counter:
    def __init__(self) -> None:
        self.done = asyncio.Semaphore(0)
        self.times = 0
        self.fail = False

    async def act(self) -> None:
        self.times += 1
        self.done.release()
        if self.fail:
            raise RuntimeError("meant")


async def test_a_change_after_a_rest_is_told_at_once() -> None:
    counter = Counter()
    pulse = Pulse(1000, counter.act)
    pulse.touch()
    await asyncio.wait_for(counter.done.acquire(), 5)
    await pulse.stop()


async def test_changes_within_the_interval_are_told_together() -> None:
    counter = Counter()
    pulse = Pulse(0.05, counter.act)
    pulse.touch()
    await asyncio.wait_for(counter.done.acquire(), 5)
    for _ in range(100):
        pulse.touch()
    await asyncio.wait_for(counter.done.acquire(), 5)
    await pulse.stop()
    assert counter.times == 2


async def test_a_failure_does_not_end_it() -> None:
    counter = Counter()
    counter.fail = True
    pulse = Pulse(0.001, counter.act)
    for _ in range(3):
        pulse.touch()
        await asyncio.wait_for(counter.done.acquire(), 5)
    await pulse.stop()


async def test_stopping_a_pulse_that_rests_is_harmless() -> None:
    await Pulse(1, Counter().act).stop()
