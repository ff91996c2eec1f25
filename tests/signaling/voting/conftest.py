"""An open member assembly (E = 5) on a running server, with its organizer on HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from scheduler.meetings.model import Occurrence
from scheduler.store import directory_tables as tables
from signaling import keys
from tests.signaling.live import ORGANIZER, Branch, running_branch
from tests.support.assembly import assembly, memberships


class Assembly:
    """The branch, its open assembly, and what the organizer does."""

    def __init__(self, branch: Branch, meeting: Occurrence) -> None:
        self.branch = branch
        self.meeting = meeting

    async def ask(self, method: str, path: str, **body: Any) -> tuple[int, Any]:
        """Ask the API about the meeting in the organizer's name."""
        return await self.ask_as(ORGANIZER, method, path, **body)

    async def ask_as(self, who: str, method: str, path: str, **body: Any) -> tuple[int, Any]:
        async with self.branch.server.http(await self.branch.token(who)) as http:
            url = f"/api/occurrences/{self.meeting.id}/{path}"
            async with http.request(method, url, json=body or None) as response:
                empty = response.status == 204
                return response.status, None if empty else await response.json()

    async def open_vote(self, **question: Any) -> str:
        """Prepare and open a general vote; return its id."""
        status, vote = await self.ask("POST", "votes", **{"title": "修缮村道"} | question)
        assert status == 201
        status, opened = await self.ask("POST", f"votes/{vote['id']}/open")
        assert (status, opened["state"]) == (200, "open")
        return str(vote["id"])


@asynccontextmanager
async def running_assembly(
    folder: Path, sections: dict[str, Any] | None = None, **changes: Any
) -> AsyncIterator[Assembly]:
    async with running_branch(folder, **(sections or {})) as branch:
        store, meetings = branch.server.part(keys.STORE), branch.server.part(keys.MEETINGS)
        async with store.begin() as connection:
            await connection.execute(insert(tables.membership), memberships())
        meeting = await meetings.create_adhoc(assembly(**changes))
        await branch.server.floor.conductor.open(meeting.id)
        yield Assembly(branch, meeting)


@pytest.fixture
async def held(tmp_path: Path) -> AsyncIterator[Assembly]:
    async with running_assembly(tmp_path) as running:
        yield running
