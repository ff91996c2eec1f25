"""A server that speaks the protocol to phones as a test tells it, with a real media worker."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web

from config.settings import Media
from media.handle import Worker
from media.messages import CloseTransport, Connected, ConnectTransport, OpenRouter
from signaling.protocol.client import ClientMessage, Hello, Join, MediaOffer
from signaling.protocol.codec import decode
from signaling.protocol.server import Error, Event, Ok
from signaling.protocol.views import Counts, Invitation, MediaAnswer, RoomView, View, Welcome

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def invitation(occurrence: str = "meeting") -> Invitation:
    return Invitation(
        occurrence=occurrence, title="例会", unit="第一网络党支部", starts_at=NOW, ends_at=NOW,
        ringing=True,
    )  # fmt: skip


def room(occurrence: str) -> RoomView:
    return RoomView(
        occurrence=occurrence, title="例会", unit="第一网络党支部", starts_at=NOW, ends_at=NOW,
        peer="p1", peers=(), speaker=None, floor=None,
        counts=Counts(expected=1, present=0, on_leave=0, uncounted_rooms=0),
        signed_in=True, may_sign_in=(), may_call_roll=False, may_give_floor=False,
    )  # fmt: skip


@dataclass
class ScriptedServer:
    """`requests` has every message in order; `said` is set whenever one comes."""

    worker: Worker
    invitations: tuple[Invitation, ...] = ()
    requests: list[ClientMessage] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    """Codes to refuse the next offers with."""
    resumable: bool = False
    url: str = ""
    joined: str | None = None

    def __post_init__(self) -> None:
        self._said = asyncio.Event()
        self._socket: web.WebSocketResponse | None = None
        self._seq = itertools.count(1)
        self._transports = itertools.count(1)

    def count(self, kind: str) -> int:
        return sum(message.type == kind for message in self.requests)

    async def until(self, kind: str, count: int = 1) -> None:
        """Wait until so many messages of a type came."""
        async with asyncio.timeout(10):
            while self.count(kind) < count:
                self._said.clear()
                await self._said.wait()

    async def say(self, event: Event) -> None:
        assert self._socket is not None
        numbered = event.model_copy(update={"seq": next(self._seq)})
        await self._socket.send_str(numbered.model_dump_json())

    async def hang_up(self) -> None:
        assert self._socket is not None
        await self._socket.close()

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        self.tokens.append(request.headers["Authorization"].removeprefix("Bearer "))
        connection = self._socket = web.WebSocketResponse()
        await connection.prepare(request)
        async for frame in connection:
            message = decode(frame.data)
            answer = await self._answer(message)
            await connection.send_str(answer.model_dump_json())
            self.requests.append(message)
            self._said.set()
        return connection

    async def _answer(self, message: ClientMessage) -> Ok | Error:
        result: View | None = None
        match message:
            case Hello():
                resumed = self.resumable and message.resume is not None
                if not resumed:
                    self.joined = None
                result = Welcome(
                    version=1, seq=message.seq, resume="secret", resumed=resumed, grace_s=30,
                    now=NOW, device="d", device_name="村", device_kind="video_phone", person=None,
                    person_name=None, invitations=self.invitations,
                    room=room(self.joined) if self.joined else None,
                )  # fmt: skip
            case Join(occurrence=occurrence):
                if occurrence == "closed":
                    return Error(id=message.id, code="occurrence_not_open", message="")
                self.joined = occurrence
                result = room(occurrence)
            case MediaOffer(sdp=sdp):
                if self.refusals:
                    return Error(id=message.id, code=self.refusals.pop(0), message="")
                reply = await self.worker.request(
                    ConnectTransport(
                        router="meeting", transport=f"t{next(self._transports)}", offer=sdp
                    )
                )
                assert isinstance(reply, Connected)
                result = MediaAnswer(sdp=reply.answer, slots=())
            case _:
                pass
        return Ok(id=message.id, result=result.model_dump(mode="json") if result else None)

    async def drop_media(self, number: int) -> None:
        await self.worker.request(CloseTransport(router="meeting", transport=f"t{number}"))


@asynccontextmanager
async def scripted_server() -> AsyncIterator[ScriptedServer]:
    worker = Worker(
        Media(host="127.0.0.1", announce=("127.0.0.1",), udp_port=0, in_process=True)
    )  # fmt: skip
    await worker.start()
    await worker.request(OpenRouter(router="meeting"))
    server = ScriptedServer(worker)
    app = web.Application()
    app.router.add_get("/ws", server.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"ws://127.0.0.1:{runner.addresses[0][1]}/ws"
    try:
        yield server
    finally:
        await runner.cleanup()
        await worker.stop()
