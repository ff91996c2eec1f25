"""A phone that has a socket on each of its links and uses one of them at a time."""

import asyncio
import random
import socket
from collections import Counter
from contextlib import suppress

from media.synthetic.endpoint import SyntheticEndpoint
from media.synthetic.sdp import parse_answer
from media.transports import stun
from media.transports.dtls import Certificate
from media.transports.stun import Credentials
from tests.support.namespaces import Namespace
from tests.support.waiting import until

_LONGEST = 2048
_TICK_S = 0.01
_SERVER = "192.0.2.1"
"""Where the connection believes the server to be (TEST-NET-1, RFC 5737), whichever the way."""


class Phone:
    """Receives one picture and one voice. A way is the address of the server that it speaks to; a
    socket is connected, so it hears nothing that comes from another one."""

    def __init__(self, there: Namespace) -> None:
        self.heard: Counter[str] = Counter()
        """Packets of media, by the way on which they came."""
        self.answers: list[stun.Binding] = []
        """To checks, whoever made them."""
        self._there = there
        self._endpoint = SyntheticEndpoint(
            Certificate.generate(), None, None, audio_slots=1, video_slots=1,
            capacity=4_000_000, verify_every=1, dice=random.Random(1),
        )  # fmt: skip
        self._sockets: dict[str, socket.socket] = {}
        self._way = ""
        self._port = 0
        self._remote = Credentials("", "")
        self._ticking: asyncio.Task[None] | None = None

    def offer(self) -> str:
        return self._endpoint.offer()

    async def connect(self, answer: str, way: str) -> None:
        """Take the server's answer; return when DTLS is up by this way."""
        self._remote = parse_answer(answer).remote
        self._port = int(answer.partition("a=candidate:")[2].split()[5])
        self.use(way)
        lines = [line for line in answer.splitlines(True) if not line.startswith("a=candidate:")]
        only = f"a=candidate:1 1 udp 1 {_SERVER} {self._port} typ host\r\n"
        lines.insert(lines.index("a=end-of-candidates\r\n"), only)
        self._endpoint.accept("".join(lines), self._now())
        self._ticking = asyncio.create_task(self._tick())
        await until(lambda: self._endpoint.connection.state == "connected")

    def use(self, way: str) -> None:
        """Send this way from now on, with a new socket: an old one keeps the address of the link
        over which it was made."""
        self._forget(way)
        self._socket(way)
        self._way = way

    def check(self, way: str, remote: Credentials | None = None) -> None:
        """Send a check that nominates a way, with the server's credentials or with others."""
        self._socket(way).send(
            stun.check(
                random.randbytes(12),
                local=self._endpoint.connection.local,
                remote=remote or self._remote,
                tie_breaker=1,
                priority=1,
                use_candidate=True,
            )
        )

    @property
    def remote(self) -> Credentials:
        """The server's name and password, of the beginning."""
        return self._remote

    @property
    def frames(self) -> int:
        """Pictures that came whole."""
        return sum(
            incoming.frames
            for ssrc, incoming in self._endpoint.incoming.items()
            if self._endpoint.slots[ssrc][0] == "video"
        )

    @property
    def undecipherable(self) -> int:
        return self._endpoint.connection.undecipherable

    def close(self) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
        for way in list(self._sockets):
            self._forget(way)

    def _socket(self, way: str) -> socket.socket:
        if way not in self._sockets:
            family = socket.AF_INET6 if ":" in way else socket.AF_INET
            with self._there.inside():
                made = self._sockets[way] = socket.socket(family, socket.SOCK_DGRAM)
            made.setblocking(False)
            made.connect((way, self._port))
            asyncio.get_running_loop().add_reader(made.fileno(), self._readable, way)
        return self._sockets[way]

    def _forget(self, way: str) -> None:
        if way in self._sockets:
            old = self._sockets.pop(way)
            asyncio.get_running_loop().remove_reader(old.fileno())
            old.close()

    def _readable(self, way: str) -> None:
        known = (_SERVER, self._port)
        with suppress(BlockingIOError):
            while True:
                try:
                    datagram = self._sockets[way].recv(_LONGEST)
                except ConnectionError:
                    return
                if 128 <= datagram[0] <= 191 and not 192 <= datagram[1] <= 223:
                    self.heard[way] += 1
                elif stun.is_stun(datagram):
                    self.answers.append(stun.parse(datagram))
                self._endpoint.receive(datagram, known, self._now())
        self._send()

    async def _tick(self) -> None:
        while True:
            self._endpoint.advance(self._now())
            self._send()
            await asyncio.sleep(_TICK_S)

    def _send(self) -> None:
        for datagram, _ in self._endpoint.take():
            with suppress(OSError):  # a link that is down loses it
                self._sockets[self._way].send(datagram)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
