"""A worker process, a page that knows only WebRTC, and Chromium between them."""

import asyncio
import os
import random
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from config.settings import Media
from media.handle import Worker
from media.messages import (
    Connected,
    ConnectTransport,
    Event,
    GetStats,
    GiveFloor,
    LayersWanted,
    OpenRouter,
    Slot,
    SlotsChanged,
    Stats,
)
from tests.support.chromium import chromium, write_voice

PAGE = Path(__file__).parent / "page"
ROUTER = "room"
PATIENCE = 20.0
"""Seconds after which what was waited for will not come any more."""


class Tab(Protocol):
    """A page of Chromium or Firefox."""

    async def goto(self, url: str) -> Any: ...

    async def evaluate(self, expression: str, arg: Any = None) -> Any: ...


class Browser(Protocol):
    """Chromium or Firefox."""

    async def new_page(self) -> Tab: ...


class Participant:
    """One page in the meeting; `call` runs a method of its `participant` object."""

    def __init__(self, page: Tab) -> None:
        self.page = page

    async def call(self, method: str, *arguments: object) -> Any:
        async with asyncio.timeout(PATIENCE):
            return await self.page.evaluate(
                "([method, given]) => participant[method](...given)", [method, list(arguments)]
            )

    async def value(self, name: str) -> Any:
        return await self.page.evaluate(f"participant.{name}")


class Meeting:
    """A router in a real worker, and pages that join it."""

    def __init__(self, settings: Media, browser: Browser, address: str) -> None:
        self.restarted = asyncio.Event()
        self.worker = Worker(settings, on_event=self._on_event, on_restarted=self.restarted.set)
        self._main: dict[str, str | None] = {}
        self.layers: dict[str, dict[str, bool]] = {}
        """Which layers a participant was last told to send; its page obeys."""
        self._pages: dict[str, Participant] = {}
        self._sending: set[asyncio.Task[Any]] = set()
        self._moved = asyncio.Event()
        self._browser = browser
        self._address = address

    async def open(self) -> None:
        await self.worker.request(OpenRouter(router=ROUTER))

    async def join(
        self,
        name: str,
        *,
        publish: bool = True,
        width: int = 960,
        height: int = 540,
        pictures: int = 3,
        browser: Browser | None = None,
    ) -> Participant:
        """Let a page in that asks for so many pictures, in another browser if one is given."""
        page = await (browser or self._browser).new_page()
        await page.goto(self._address)
        participant = Participant(page)
        if publish:
            self._pages[name] = participant
        await self.connect(
            name, participant, publish=publish, width=width, height=height, videoSlots=pictures
        )
        return participant

    async def connect(self, name: str, participant: Participant, **wanted: object) -> None:
        """Offer, answer, and wait until the browser says that it is connected."""
        options = {"publish": True, "audioSlots": 3, "videoSlots": 3, **wanted}
        offer = await participant.call("offer", options)
        reply = await self.worker.request(
            ConnectTransport(router=ROUTER, transport=name, offer=offer)
        )
        assert isinstance(reply, Connected)
        self._note(name, reply.slots)
        await participant.call("accept", reply.answer)
        await participant.call("connected")

    async def give_floor(self, name: str | None) -> None:
        await self.worker.request(GiveFloor(router=ROUTER, transport=name))

    async def streams(self, name: str) -> list[dict[str, Any]]:
        """What has arrived at the worker from the camera of `name`, by layer."""
        reply = await self.worker.request(GetStats(detail=True))
        assert isinstance(reply, Stats)
        routers: Any = reply.stats["routers"]
        producers = routers[ROUTER]["dump"]["transports"][name]["producers"]
        return [s for p in producers if p["kind"] == "video" for s in p["streams"]]

    async def drops(self) -> dict[str, int]:
        reply = await self.worker.request(GetStats())
        assert isinstance(reply, Stats)
        drops: Any = reply.stats["drops"]
        return dict(drops)

    def send_nonsense(self, count: int) -> int:
        """Send random datagrams of all protocols to the media port; return how many."""
        dice = random.Random(410482)
        first = (0, 1, 20, 22, 63, 64, 128, 144, 191, 255)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for _ in range(count):
                datagram = bytes((dice.choice(first),)) + dice.randbytes(dice.randrange(1_200))
                stranger.sendto(datagram, ("127.0.0.1", self.worker.udp_port or 0))
        return count

    def kill_worker(self) -> None:
        assert self.worker.pid is not None
        os.kill(self.worker.pid, signal.SIGKILL)

    async def main_slot(self, name: str, shown: str) -> None:
        """Wait until the worker says that `name` sees `shown` in its main slot."""
        async with asyncio.timeout(PATIENCE):
            while self._main.get(name) != shown:
                self._moved.clear()
                await self._moved.wait()

    async def resting(self, name: str, rid: str) -> None:
        """Wait until `name` was told to rest a layer."""
        async with asyncio.timeout(PATIENCE):
            while self.layers.get(name, {}).get(rid, True):
                self._moved.clear()
                await self._moved.wait()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, SlotsChanged):
            self._note(event.transport, event.slots)
        elif isinstance(event, LayersWanted):
            self.layers[event.transport] = event.layers
            self._moved.set()
            page = self._pages.get(event.transport)
            if page is not None:
                task = asyncio.create_task(page.call("send", event.layers))
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)

    def _note(self, name: str, slots: tuple[Slot, ...]) -> None:
        self._main[name] = next(
            (s.transport for s in slots if (s.kind, s.slot) == ("video", 0)), None
        )
        self._moved.set()


@asynccontextmanager
async def _page_server() -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_static("/", PAGE)
    server = TestServer(application, host="127.0.0.1")
    await server.start_server()
    try:
        yield str(server.make_url("/index.html"))
    finally:
        await server.close()


@pytest.fixture(scope="session")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_voice(tmp_path_factory.mktemp("voice") / "voice.wav")


@pytest.fixture
async def meeting(voice: Path) -> AsyncIterator[Meeting]:
    # Bound to all addresses: a browser makes no candidate for 127.0.0.1.
    async with _page_server() as address, chromium(voice) as browser:
        meeting = Meeting(Media(host="0.0.0.0", udp_port=0), browser, address)
        await meeting.worker.start()
        try:
            await meeting.open()
            yield meeting
        finally:
            await meeting.worker.stop()
