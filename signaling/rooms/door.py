"""Who goes through the door of a room, and in which order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Door:
    """Lets many through at a time, so that their facts can be written together; of each only one
    act at a time. What is done `alone` waits for those under way and holds the next ones up.
    """

    def __init__(self) -> None:
        self._passing: set[str] = set()
        self._alone = False
        self._moved = asyncio.Event()

    @asynccontextmanager
    async def passing(self, who: str) -> AsyncIterator[None]:
        """Come, go or sign in. `who` is the session: its acts follow each other."""
        while self._alone or who in self._passing:
            await self._moved.wait()
        self._passing.add(who)
        try:
            yield
        finally:
            self._passing.discard(who)
            self._wake()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Do what changes the room for all: nobody is between outside and inside meanwhile."""
        while self._alone:
            await self._moved.wait()
        self._alone = True
        try:
            while self._passing:
                await self._moved.wait()
            yield
        finally:
            self._alone = False
            self._wake()

    def _wake(self) -> None:
        self._moved.set()
        self._moved.clear()
