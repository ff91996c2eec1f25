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
    LayersWanted,
    OpenRouter,
)

Page = Callable[..., Awaitable[Any]]
"""Calls a method of what runs in a page: its name, then arguments."""
Way = Callable[[str], str]
"""Rewrites the server's SDP so that its media takes the way wanted."""


class Room(Protocol):
    name: str

    async def start(self) -> object: ...
    async def publish(self, sender: Page, without: tuple[str, ...] = ()) -> None:
        """Let the sender in; `without` names lines of its offer that are dropped."""

    async def subscribe(self, receiver: Page, way: Way) -> None:
        """Let the receiver in. Its clock begins when the server's first description is there."""

    async def leave(self) -> None:
        """Take the receiver out."""

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

    async def publish(self, sender: Page, without: tuple[str, ...] = ()) -> None:
        offer = await sender("offer", without, False)
        await sender("accept", await self._connect("sender", offer))

    async def subscribe(self, receiver: Page, way: Way) -> None:
        answer = await self._connect("receiver", await receiver("offer"))
        await receiver("accept", way(answer))

    async def leave(self) -> None:
        await self._worker.request(CloseTransport(router="lines", transport="receiver"))

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

    async def subscribe(self, receiver: Page, way: Way) -> None:
        self._receiver = await self._attach()
        join = {"request": "join", "ptype": "subscriber", "room": ROOM, "streams": [{"feed": FEED}]}
        offer = (await self._event(self._receiver, join))["jsep"]["sdp"]
        answer = await receiver("answer", way(offer))
        await self._event(self._receiver, {"request": "start"}, {"type": "answer", "sdp": answer})

    async def leave(self) -> None:
        await self._ask(self._receiver, janus="detach")


_CANDIDATE = re.compile(r"^a=candidate:\S+ 1 udp \d+ (\d+\.\S+) (\d+) typ host", re.I)


def media_at(sdp: str) -> tuple[str, int]:
    """Return address and UDP port of the first candidate of IPv4."""
    for line in sdp.splitlines():
        if (found := _CANDIDATE.match(line)) is not None:
            return found[1], int(found[2])
    raise RuntimeError("the server says no candidate")


def rerouted(sdp: str, address: str, port: int) -> str:
    """Return the description with one candidate only, at this address, in each section that has
    candidates."""
    lines: list[str] = []
    for line in sdp.splitlines():
        if line.startswith("m="):
            told = False
        if line.startswith("a=candidate:"):
            if told:
                continue
            told, line = True, f"a=candidate:1 1 udp 2130706431 {address} {port} typ host"
        lines.append(line)
    return "\r\n".join(lines) + "\r\n"
