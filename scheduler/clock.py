"""The wall clock of the domain. Tests pass one that they can move."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Aware UTC time and waiting for it."""

    def now(self) -> datetime:
        """Return the time now, aware, in UTC."""

    async def sleep_until(self, at: datetime) -> None:
        """Return when `now()` has reached `at`; at once if it has."""


class SystemClock:
    """The machine's own clock."""

    _LONGEST_S = 60.0  # a stepped system clock is noticed after at most this long

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep_until(self, at: datetime) -> None:
        while (left := (at - self.now()).total_seconds()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(min(left, self._LONGEST_S))
