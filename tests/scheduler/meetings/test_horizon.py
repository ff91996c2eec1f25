"""The horizon moves on with the days, and a failure does not stop it."""

import asyncio
from contextlib import suppress
from datetime import datetime

import pytest

from scheduler.meetings.horizon import keep_laid_out
from scheduler.meetings.service import Meetings
from tests.support.clock import MovableClock
from tests.support.meetings import weekly


async def test_occurrences_are_laid_out_as_the_days_go_by(
    meetings: Meetings, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await meetings.create_series(weekly(rrule="FREQ=DAILY"))
    done: asyncio.Queue[int | Exception] = asyncio.Queue()
    lay_out = meetings.lay_out
    broken = False

    async def noted(until: datetime | None = None) -> int:
        if broken:
            done.put_nowait(OSError())
            raise OSError("no disk")
        added = await lay_out(until)
        done.put_nowait(added)
        return added

    monkeypatch.setattr(meetings, "lay_out", noted)
    task = asyncio.create_task(keep_laid_out(meetings, clock))
    try:
        assert await asyncio.wait_for(done.get(), 60) == 0
        clock.advance(days=1)
        assert await asyncio.wait_for(done.get(), 60) == 1
        broken = True
        clock.advance(days=1)
        assert isinstance(await asyncio.wait_for(done.get(), 60), OSError)
        broken = False
        clock.advance(minutes=2)
        assert await asyncio.wait_for(done.get(), 60) == 1
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
