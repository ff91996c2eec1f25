"""Who is measured: something that takes offers and forwards. Our worker; others are in peers/."""

import itertools
from collections.abc import Sequence
from typing import Protocol

from config.settings import Media
from media.handle import Worker
from media.messages import Connected, ConnectTransport, GetStats, OpenRouter, Stats


class Server(Protocol):
    """A server with one room."""

    host: str
    """The address of this machine that it serves on."""

    async def start(self) -> int:
        """Start it and open the room; return the process id."""

    async def connect(self, offers: Sequence[str]) -> list[str]:
        """Bring people in, first the speaker alone; return what each of them has to accept."""

    async def peak_memory(self) -> float:
        """Return the most memory used, bytes."""

    async def stop(self) -> None:
        """End it, however far `start` came."""


class WorkerServer:
    """The media worker as `liancun serve` starts it."""

    def __init__(self) -> None:
        self.host = "127.0.0.1"
        self._worker = Worker(
            Media(host=self.host, announce=(self.host,), udp_port=0, in_process=False)
        )
        self._numbers = itertools.count()

    async def start(self) -> int:
        await self._worker.start()
        assert self._worker.pid is not None
        await self._worker.request(OpenRouter(router="bench"))
        return self._worker.pid

    async def connect(self, offers: Sequence[str]) -> list[str]:
        answers = []
        for offer in offers:
            reply = await self._worker.request(
                ConnectTransport(router="bench", transport=f"p{next(self._numbers)}", offer=offer)
            )
            assert isinstance(reply, Connected)
            answers.append(reply.answer)
        return answers

    async def peak_memory(self) -> float:
        reply = await self._worker.request(GetStats())
        assert isinstance(reply, Stats)
        peak = reply.stats.get("peak_memory", 0)
        return float(peak) if isinstance(peak, int | float) else 0.0

    async def stop(self) -> None:
        await self._worker.stop()
