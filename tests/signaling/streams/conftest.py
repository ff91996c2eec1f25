"""A whole server with a meeting, and clients with stream tokens."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from scheduler.accounts import StreamScope, StreamTokens
from scheduler.meetings.model import Occurrence
from signaling import keys
from signaling.rooms.room import Room
from tests.signaling.live import Branch, running_branch

SDP = {"Content-Type": "application/sdp"}
FRAGMENT = {"Content-Type": "application/trickle-ice-sdpfrag"}


class Stage:
    """An open meeting of the small branch, and what encoders and players need for it."""

    def __init__(self, branch: Branch, meeting: Occurrence, http: aiohttp.ClientSession) -> None:
        self.branch = branch
        self.meeting = meeting
        self.http = http
        self._tokens: dict[StreamScope, str] = {}

    async def token(self, scope: StreamScope, label: str = "会议室") -> str:
        """Return a token for the meeting, the same again."""
        if scope not in self._tokens:
            server = self.branch.server
            tokens = StreamTokens(server.part(keys.STORE), server.clock)
            self._tokens[scope] = (await tokens.issue(self.meeting, scope, label))[0]
        return self._tokens[scope]

    async def headers(self, scope: StreamScope, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {await self.token(scope)}", **more}

    async def post(self, scope: StreamScope, offer: str | bytes) -> aiohttp.ClientResponse:
        headers = await self.headers(scope, **SDP)
        path = f"/{scope}/{self.meeting.id}"
        response = await self.http.post(path, data=offer, headers=headers)
        await response.read()
        return response

    async def ask(
        self, method: str, path: str, scope: StreamScope, data: str | None = None, **more: str
    ) -> aiohttp.ClientResponse:
        headers = await self.headers(scope, **more)
        response = await self.http.request(method, path, data=data, headers=headers)
        await response.read()
        return response

    @property
    def room(self) -> Room:
        room = self.branch.server.floor.hub.live(self.meeting.id)
        assert room is not None
        return room


async def code_of(response: aiohttp.ClientResponse) -> str:
    """Return the code of problem details."""
    assert response.content_type == "application/problem+json"
    problem: dict[str, Any] = await response.json()
    assert problem["status"] == response.status
    return str(problem["code"])


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    turn = {"urls": ["turn:turn.example:3478?transport=tcp"], "secret": "of both servers"}
    async with running_branch(tmp_path, turn=turn) as branch:
        meeting = await branch.open()
        async with branch.server.http() as http:
            yield Stage(branch, meeting, http)
