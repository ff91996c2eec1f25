"""When the reports and checks that lie aside are read (media.transports.split)."""

import asyncio
from collections.abc import Callable
from typing import Final

LOOK: Final = 0.01
"""Seconds between looks; longer only where neither media nor the timer, which ticks ten times a
second, wakes the worker up."""


class Aside:
    """Calls `read` with what wakes the worker up anyway, and by itself while somebody comes in."""

    def __init__(self, fd: int, read: Callable[[], None]) -> None:
        self._fd = fd
        self._read = read
        self._loop = asyncio.get_running_loop()
        self._looked_at = 0.0
        self._waiting = False

    def look(self, now: float) -> None:
        """Read, unless that was done just now."""
        if now >= self._looked_at + LOOK:
            self._looked_at = now
            self._read()

    def wait(self, wait: bool) -> None:
        """Answer checks at once, or no longer: somebody waits for the answer to the first ones."""
        if wait is not self._waiting:
            self._waiting = wait
            if wait:
                self._loop.add_reader(self._fd, self._read)
            else:
                self._loop.remove_reader(self._fd)
