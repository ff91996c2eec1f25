"""One WebSocket connection as a device sees it: requests with answers, and events."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, Self

import aiohttp
from pydantic import TypeAdapter

from signaling.protocol.client import ClientMessage

ANSWER_TIMEOUT_S = 15.0
_MESSAGES: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)
_HEARTBEAT_S = 20.0
_LARGEST_MESSAGE = 4 * 1024 * 1024

Json = dict[str, Any]


class LinkLost(Exception):
    """The connection ended; come back later."""


class Declined(Exception):
    """The server answered `error`; `code` is its code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Link:
    """Use as an async context.

    `on_event` is called with each event as it comes, but not before `release`: those right behind
    the answer to `hello` must find its contents taken over.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        url: str,
        token: str,
        on_event: Callable[[Json], None],
    ) -> None:
        self._http, self._url, self._token, self._on_event = http, url, token, on_event
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._id = 0
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._held: list[Json] | None = []

    async def __aenter__(self) -> Self:
        """Connect; raise LinkLost where that fails."""
        try:
            self._socket = await self._http.ws_connect(
                self._url,
                headers={"Authorization": f"Bearer {self._token}"},
                heartbeat=_HEARTBEAT_S,
                max_msg_size=_LARGEST_MESSAGE,
            )
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise LinkLost(type(error).__name__) from error
        self._reader = asyncio.create_task(self._read(self._socket))
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._reader is not None
        assert self._socket is not None
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        await self._socket.close()
        self.release()  # a goodbye may be among them

    @property
    def lost(self) -> bool:
        return self._reader is None or self._reader.done()

    def release(self) -> None:
        """Let events through, those held back first."""
        held, self._held = self._held or [], None
        for event in held:
            self._on_event(event)

    async def request(self, kind: str, **fields: object) -> Json:
        """Send a request and return its result, {} for none; raise Declined or LinkLost."""
        if self.lost or self._socket is None:
            raise LinkLost
        self._id += 1
        number = self._id
        message = _MESSAGES.validate_python({"id": number, "type": kind, **fields})
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            await self._socket.send_str(message.model_dump_json())
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                return await future
        except (ConnectionError, TimeoutError, aiohttp.ClientError) as error:
            raise LinkLost from error
        finally:
            self._waiting.pop(number, None)

    async def _read(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for frame in connection:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    self._dispatch(json.loads(frame.data))
        finally:
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(LinkLost())
            self._on_event({"type": ""})  # wakes who waits for events: there will be none

    def _dispatch(self, message: Json) -> None:
        if message["type"] not in ("ok", "error"):
            if self._held is None:
                self._on_event(message)
            else:
                self._held.append(message)
            return
        future = self._waiting.get(message["id"])
        if future is None or future.done():
            return
        if message["type"] == "ok":
            future.set_result(message.get("result") or {})
        else:
            future.set_exception(Declined(message["code"]))
