"""The servers of the lines benchmark: each a room with one sender and one receiver at a time."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from benchmarks.lines_network import SERVER
from benchmarks.peers.janus import FEED, ROOM, JanusServer
from config.settings import Media
from media.handle import Worker
from media.messages import (
    CloseTransport,
    Connected,
    ConnectTransport,
    Event,
    GetStats,
    LayersWanted,
    OpenRouter,
    Stats,
)

Page = Callable[..., Awaitable[Any]]
"""Calls a method of what runs in a page: its name, then arguments."""


class Room(Protocol):
    name: str

    async def start(self) -> object: ...
    async def publish(self, sender: Page, without: tuple[str, ...] = ()) -> None:
        """Let the sender in; `without` names lines of its offer that are dropped."""

    async def subscribe(self, receiver: Page) -> None:
        """Let the receiver in. Its clock begins when the server's first description is there."""

    async def leave(self) -> None:
        """Take the receiver out."""

    async def state(self) -> dict[str, Any] | None:
        """Return what the server knows of the receiver, None where it does not say."""

    async def stop(self) -> None: ...


class LiancunRoom:
    """The media worker, whose wishes about layers the sender follows as our pages do."""

    name = "liancun"

    def __init__(self) -> None:
        self._worker = Worker(
            Media(host=SERVER, announce=(SERVER,), udp_port=0), on_event=self._on_event
        )
        self.wanted: dict[str, bool] = {}

    async def start(self) -> None:
        await self._worker.start()
        await self._worker.request(OpenRouter(router="lines"))

    async def publish(
        self, sender: Page, without: tuple[str, ...] = (), *, redundant: bool = False
    ) -> None:
        """Let the sender in; `redundant`: it sends its sound with redundancy from the start."""
        answer = await self._connect("sender", await sender("offer", without, False))
        await sender("accept", _red_first(answer) if redundant else answer)

    async def subscribe(self, receiver: Page) -> None:
        await receiver("accept", await self._connect("receiver", await receiver("offer")))

    async def leave(self) -> None:
        await self._worker.request(CloseTransport(router="lines", transport="receiver"))

    async def state(self) -> dict[str, Any] | None:
        reply = await self._worker.request(GetStats(detail=True))
        assert isinstance(reply, Stats)
        routers: Any = reply.stats["routers"]
        found: dict[str, Any] = routers["lines"]["dump"]["transports"]["receiver"]
        return found

    async def stop(self) -> None:
        await self._worker.stop()

    async def _connect(self, name: str, offer: str) -> str:
        reply = await self._worker.request(
            ConnectTransport(router="lines", transport=name, offer=offer)
        )
        assert isinstance(reply, Connected)
        return reply.answer

    def _on_event(self, event: Event) -> None:
        if isinstance(event, LayersWanted) and event.transport == "sender":
            self.wanted = event.layers


class JanusRoom(JanusServer):
    """Janus videoroom: its subscribers are offered to. It takes the highest layer that arrives."""

    name = "janus"

    def __init__(self) -> None:
        super().__init__()
        self.host = SERVER
        self._receiver = ""

    async def publish(self, sender: Page, without: tuple[str, ...] = ()) -> None:
        event = await self._event(
            await self._attach(),
            {"request": "joinandconfigure", "ptype": "publisher", "room": ROOM, "id": FEED},
            {"type": "offer", "sdp": await sender("offer", without, True)},
        )
        await sender("accept", event["jsep"]["sdp"])

    async def subscribe(self, receiver: Page) -> None:
        self._receiver = await self._attach()
        join = {"request": "join", "ptype": "subscriber", "room": ROOM, "streams": [{"feed": FEED}]}
        offer = (await self._event(self._receiver, join))["jsep"]["sdp"]
        answer = await receiver("answer", offer)
        await self._event(self._receiver, {"request": "start"}, {"type": "answer", "sdp": answer})

    async def leave(self) -> None:
        await self._ask(self._receiver, janus="detach")

    async def state(self) -> dict[str, Any] | None:
        return None


def _red_first(sdp: str) -> str:
    """Return an answer with sound that is redundant (RFC 2198) preferred to plain sound."""
    red = re.search(r"^a=rtpmap:(\d+) red/48000", sdp, re.MULTILINE)
    if red is None:
        raise RuntimeError("the sender offers no redundancy")
    return re.sub(rf"^(m=audio .*?) (\d+) {red[1]}\b", rf"\1 {red[1]} \2", sdp, flags=re.MULTILINE)
