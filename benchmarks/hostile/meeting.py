"""A small meeting on a worker process of its own, which has to go on whatever else comes."""

import itertools
import time
from collections.abc import Mapping

from benchmarks import cpu
from benchmarks.hostile.line import Line
from benchmarks.load import speaker_loop, speaker_voice
from config.settings import Media
from media.handle import Worker
from media.messages import (
    CloseTransport,
    Connected,
    ConnectTransport,
    GetStats,
    OpenRouter,
    Stats,
)
from media.transports.dtls import Certificate

_ROUTER = "hostile"
FPS = 15


class Meeting:
    """`start`, then `come` for everybody; `stop` always."""

    def __init__(self) -> None:
        self.certificate = Certificate.generate()
        self._worker = Worker(
            Media(host="127.0.0.1", announce=("127.0.0.1",), udp_port=0, in_process=False)
        )
        self._names = itertools.count()
        self._lines: dict[Line, str] = {}

    async def start(self) -> None:
        await self._worker.start()
        await self._worker.request(OpenRouter(router=_ROUTER))

    @property
    def port(self) -> int:
        assert self._worker.udp_port is not None
        return self._worker.udp_port

    @property
    def pid(self) -> int:
        """Process id of the worker."""
        assert self._worker.pid is not None
        return self._worker.pid

    @property
    def deaths(self) -> int:
        """How often the worker died and was started again."""
        return self._worker.restarts

    async def come(self, line: Line) -> str:
        """Let somebody in; return the ICE name that the server gave the connection."""
        name = self._lines[line] = f"p{next(self._names)}"
        reply = await self._worker.request(
            ConnectTransport(router=_ROUTER, transport=name, offer=line.endpoint.offer())
        )
        assert isinstance(reply, Connected)
        await line.connect(reply.answer)
        return reply.answer.partition("a=ice-ufrag:")[2].split()[0]

    async def go(self, line: Line) -> None:
        """Let somebody out."""
        name = self._lines.pop(line)
        line.close()
        await self._worker.request(CloseTransport(router=_ROUTER, transport=name))

    async def speaker(self) -> Line:
        """Let somebody in who speaks and shows a picture."""
        line = Line(self.certificate, loop=speaker_loop(FPS, 1), voice=speaker_voice())
        await self.come(line)
        line.endpoint.speak(True, time.monotonic())
        return line

    async def drops(self) -> Mapping[str, int]:
        """What the worker did not take, by reason."""
        counts = (await self._stats())["drops"]
        assert isinstance(counts, dict)
        return counts

    async def datagrams(self) -> int:
        """How many datagrams the worker has taken."""
        count = (await self._stats())["datagrams_in"]
        assert isinstance(count, int)
        return count

    def memory_mb(self) -> float:
        """Resident memory of the worker."""
        return cpu.memory(self.pid) / 1e6

    async def stop(self) -> None:
        for line in self._lines:
            line.close()
        await self._worker.stop()

    async def _stats(self) -> Mapping[str, object]:
        reply = await self._worker.request(GetStats())
        assert isinstance(reply, Stats)
        return reply.stats
