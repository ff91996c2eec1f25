"""A wall clock that stands still until it is moved: a year passes in minutes."""

import asyncio
from datetime import datetime


class VirtualClock:
    """A clock for the domain (`scheduler.clock.Clock`); `move_to` wakes whoever that makes due."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Move forward; moving back changes nothing."""
        self._now = max(self._now, moment)
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep_until(self, at: datetime) -> None:
        while self._now < at:
            await self._moved.wait()
