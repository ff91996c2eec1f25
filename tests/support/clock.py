"""A wall clock that runs on and can be moved forward."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta


class MovableClock:
    """Real time plus an offset; `advance` wakes whoever the move makes due."""

    def __init__(self, start: datetime | None = None) -> None:
        self._offset = timedelta(0) if start is None else start - datetime.now(UTC)
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def advance(self, **delta: float) -> None:
        """Move forward by `timedelta(**delta)`."""
        self._offset += timedelta(**delta)
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep_until(self, at: datetime) -> None:
        while (left := (at - self.now()).total_seconds()) > 0:
            # Not wait_for: in Python 3.11 it swallows a cancellation that comes with the move.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._moved.wait()
