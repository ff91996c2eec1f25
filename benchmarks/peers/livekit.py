"""LiveKit's server, driven by the signaling of its own clients, as another Server.

Media goes to one UDP port of 127.0.0.1 by ICE-lite; there is neither TCP nor TURN nor redis, and no
address is looked up outside. Everything else is its default, which never pauses a track.
"""

import asyncio
import itertools
import json
import secrets
import shutil
import socket
from collections.abc import Sequence

import aiohttp

from benchmarks.peers import descriptions
from benchmarks.peers.livekit_signaling import JOIN_REQUEST, Caller, token
from benchmarks.peers.peer import Peer
from benchmarks.peers.program import Program, accepts, free_port

PROGRAM = "livekit-server"
ROOM = "bench"
KEY = "bench"
_JOIN_WITHIN = 50.0
"""All of one call of `connect`, seconds."""
_AT_ONCE = 32
"""Joins under way together: each waits for a timer of the server's, which collects what changed."""


def installed() -> bool:
    """Tell whether LiveKit's server is on the path."""
    return shutil.which(PROGRAM) is not None


class LiveKitServer:
    """A LiveKit process with one room. Raises RuntimeError for what LiveKit refuses."""

    def __init__(self) -> None:
        self.host = "127.0.0.1"
        self._program = Program("livekit")
        self._http: aiohttp.ClientSession | None = None
        self._url = ""
        self._secret = secrets.token_hex(32)
        self._numbers = itertools.count()
        self._speaking = False
        self._staying: list[asyncio.Task[None]] = []

    async def start(self) -> int:
        port, file = free_port(), self._program.folder / "livekit.yaml"
        settings = configuration(self.host, port, _free_udp_port(), self._secret)
        file.write_text(json.dumps(settings))  # every JSON text is YAML
        await self._program.start(PROGRAM, f"--config={file}", listening=lambda: accepts(port))
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self._url = f"http://{self.host}:{port}/rtc/v1?join_request={JOIN_REQUEST}"
        return self._program.pid

    async def connect(self, offers: Sequence[str]) -> list[str]:
        sends, self._speaking = not self._speaking, True
        at_once = asyncio.Semaphore(_AT_ONCE)
        async with asyncio.timeout(_JOIN_WITHIN):
            return await asyncio.gather(*[self._join(o, at_once, sends=sends) for o in offers])

    async def peak_memory(self) -> float:
        return self._program.peak_memory()

    async def stop(self) -> None:
        for task in self._staying:
            task.cancel()
        await asyncio.gather(*self._staying, return_exceptions=True)
        if self._http is not None:
            await self._http.close()
        await self._program.stop()

    async def _join(self, offer: str, at_once: asyncio.Semaphore, *, sends: bool) -> str:
        assert self._http is not None
        bearer = token(KEY, self._secret, ROOM, f"p{next(self._numbers)}", sends=sends)
        offer = descriptions.as_client(offer)
        async with at_once:
            caller = Caller(
                await self._http.ws_connect(
                    self._url, headers={"Authorization": f"Bearer {bearer}"}
                )
            )
            answer = await (caller.publish(offer) if sends else caller.subscribe(offer))
        self._staying.append(asyncio.create_task(caller.stay()))
        return answer


def configuration(host: str, port: int, udp_port: int, secret: str) -> dict[str, object]:
    """Return what stands in LiveKit's configuration."""
    return {
        "port": port,
        "bind_addresses": [host],
        "keys": {KEY: secret},
        "logging": {"level": "error"},
        "rtc": {
            "udp_port": udp_port,
            "tcp_port": 0,
            "node_ip": host,
            "use_external_ip": False,
            "use_ice_lite": True,
            "enable_loopback_candidate": True,
            "interfaces": {"includes": ["lo"]},
            "congestion_control": {"enabled": True, "allow_pause": False},
        },
    }


def _free_udp_port() -> int:
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


PEER = Peer(
    "livekit",
    installed,
    f"in a checkout of v1.13.5 of github.com/livekit/livekit "
    f"`CGO_ENABLED=0 go build -o {PROGRAM} ./cmd/server`, and {PROGRAM} on the path",
    LiveKitServer,
)
