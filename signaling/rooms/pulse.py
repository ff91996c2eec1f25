"""Do something after changes, at most once in a while, however many changes there are."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)


class Pulse:
    """Calls `action` soon after `touch()`: at once if it rested, else when `interval_s` is over.

    An error of the action is logged; the next touch tries again.
    """

    def __init__(self, interval_s: float, action: Callable[[], Awaitable[None]]) -> None:
        self._interval_s = interval_s
        self._action = action
        self._touched = False
        self._task: asyncio.Task[None] | None = None

    def touch(self) -> None:
        """Note a change."""
        self._touched = True
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._beat())

    async def stop(self) -> None:
        """Do nothing any more; wait until nothing is being done."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _beat(self) -> None:
        while self._touched:
            self._touched = False
            try:
                await self._action()
            except Exception:
                log.exception("pulse failed")
            await asyncio.sleep(self._interval_s)
        self._task = None
