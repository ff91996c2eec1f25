"""A whole server with the small network branch, and its devices on the WebSocket."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from scheduler.meetings.model import Occurrence
from scheduler.store import directory_tables as tables
from scheduler.store.engine import Store
from signaling import keys
from tests.signaling.wire import Wire, connected
from tests.support.clock import MovableClock
from tests.support.meetings import SEVEN, adhoc, found_branch
from tests.support.server import RunningServer, running_server, settings_for_tests

ORGANIZER = "p6"


class Branch:
    """The server, one meeting, and who is connected; `phone1` … are the device ids."""

    def __init__(self, server: RunningServer, stack: AsyncExitStack) -> None:
        self.server = server
        self._stack = stack
        self._tokens: dict[str, str] = {}

    async def plan(self, **changes: Any) -> Occurrence:
        """Call a meeting on Monday 19:00, which the agenda will open."""
        return await self.server.part(keys.MEETINGS).create_adhoc(adhoc(**changes))

    async def open(self, **changes: Any) -> Occurrence:
        """Call that meeting and open it now."""
        planned = await self.plan(**changes)
        await self.server.floor.conductor.open(planned.id)
        return planned

    async def token(self, who: str) -> str:
        """Return the token of a device or a person, the same again."""
        if who not in self._tokens:
            person = who.startswith("p") and who[1:].isdigit()
            issue = self.server.token_of_person if person else self.server.token_of_device
            self._tokens[who] = await issue(who)
        return self._tokens[who]

    async def wire(self, who: str) -> Wire:
        """Connect without hello."""
        return await self._stack.enter_async_context(
            connected(self.server.url, await self.token(who))
        )

    async def hello(self, who: str, resume: Wire | None = None) -> Wire:
        """Connect and say hello, with `resume` as the device that wire was."""
        wire = await self.wire(who)
        if resume is None:
            await wire.hello()
        else:
            last = max([e["seq"] for e in resume.events], default=resume.welcome["seq"])
            await wire.hello(resume.welcome["resume"], last)
        return wire

    async def join(self, who: str, occurrence: Occurrence) -> tuple[Wire, dict[str, Any]]:
        """Connect, say hello and join; return the wire and the RoomView."""
        wire = await self.hello(who)
        return wire, await wire.ask("join", occurrence=occurrence.id)


async def appoint_organizer(store: Store) -> None:
    """Let ORGANIZER, a person of the small branches, organize for the whole city."""
    async with store.begin() as connection:
        grant = {"id": "organizer", "person": ORGANIZER, "role": "city_org_admin"}
        await connection.execute(insert(tables.role_grant).values(grant))


@asynccontextmanager
async def running_branch(
    folder: Path, clock: MovableClock | None = None, **sections: Any
) -> AsyncIterator[Branch]:
    """Run a server whose clock shows ten minutes before the meeting."""
    clock = clock or MovableClock(SEVEN - timedelta(minutes=10))
    settings = settings_for_tests(folder, **sections)
    async with running_server(settings, clock) as server:
        store = server.part(keys.STORE)
        async with store.read() as connection:
            is_new = (await connection.execute(tables.person.select())).first() is None
        if is_new:
            await found_branch(store)
            await appoint_organizer(store)
        async with AsyncExitStack() as stack:
            yield Branch(server, stack)


@pytest.fixture
async def branch(tmp_path: Path) -> AsyncIterator[Branch]:
    async with running_branch(tmp_path) as running:
        yield running
