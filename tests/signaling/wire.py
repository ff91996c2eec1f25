"""A device on the WebSocket, for tests: asks, is answered, and waits for events."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

Message = dict[str, Any]
PATIENCE_S = 10.0


class Refusal(Exception):
    """The server answered `error`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Wire:
    """One connection. A task reads; what it read is kept in `events` and `answers`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.events: list[Message] = []
        self.errors: list[Message] = []
        self.welcome: Message = {}
        self._answers: dict[int, asyncio.Future[Message]] = {}
        self._ids = itertools.count(1)
        self._news = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())
        self.closed = False

    async def hello(self, resume: str | None = None, seq: int = 0) -> Message:
        """Say hello; return the Welcome."""
        self.welcome = await self.ask("hello", version=1, resume=resume, seq=seq)
        return self.welcome

    async def ask(self, type: str, **fields: Any) -> Any:
        """Send a request; return its result; raise Refusal."""
        number = next(self._ids)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self.socket.send_json({"type": type, "id": number, **fields})
        async with asyncio.timeout(PATIENCE_S):
            answer = await self._answers[number]
        del self._answers[number]
        if answer["type"] == "error":
            raise Refusal(answer["code"])
        return answer["result"]

    async def until(
        self, type: str, matching: Callable[[Message], bool] = lambda event: True
    ) -> Message:
        """Return the first event of a type that matches, also one that has come already."""

        def found() -> Message | None:
            return next((e for e in self.events if e["type"] == type and matching(e)), None)

        async with asyncio.timeout(PATIENCE_S), self._news:
            while (event := found()) is None:
                assert not self.closed, f"closed before {type}: {self.events}"
                await self._news.wait()
        return event

    async def until_error(self, code: str) -> Message:
        """Return the first error with a code, whoever asked."""
        async with asyncio.timeout(PATIENCE_S), self._news:
            while True:
                for error in self.errors:
                    if error["code"] == code:
                        return error
                assert not self.closed, f"closed before {code}: {self.errors}"
                await self._news.wait()

    async def until_closed(self) -> int | None:
        """Return the close code."""
        async with asyncio.timeout(PATIENCE_S), self._news:
            await self._news.wait_for(lambda: self.closed)
        return self.socket.close_code

    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    async def cut(self) -> None:
        """Lose the line without a word."""
        connection = self.socket._response.connection
        assert connection is not None
        assert connection.transport is not None
        connection.transport.abort()
        await self.until_closed()

    async def close(self) -> None:
        await self.socket.close()
        await self._reader

    async def _read(self) -> None:
        async for message in self.socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            content: Message = json.loads(message.data)
            async with self._news:
                if content["type"] not in {"ok", "error"}:
                    self.events.append(content)
                elif content["id"] in self._answers:
                    self._answers[content["id"]].set_result(content)
                if content["type"] == "error":
                    self.errors.append(content)
                self._news.notify_all()
        async with self._news:
            self.closed = True
            self._news.notify_all()
        for waiting in self._answers.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError("closed before the answer"))
                waiting.exception()


@asynccontextmanager
async def connected(
    url: str, token: str | None, headers: dict[str, str] | None = None
) -> AsyncIterator[Wire]:
    """Open a WebSocket in a token's name, without hello."""
    bearer = {"Authorization": f"Bearer {token}"} if token is not None else {}
    async with (
        aiohttp.ClientSession(headers=bearer | (headers or {})) as client,
        client.ws_connect(f"{url}/ws", max_msg_size=0) as socket,
    ):
        wire = Wire(socket)
        try:
            yield wire
        finally:
            await wire.close()
