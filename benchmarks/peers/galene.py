"""Galène, driven by its protocol over WebSocket, as another Server.

A configuration of its own in a temporary folder: one group that everybody may enter, plain HTTP on
127.0.0.1, no STUN, no TURN. Media goes to an address of an interface, which stays in the machine.
The speaker offers a stream; each receiver is offered a connection with it, as Galène's pages are.
"""

import asyncio
import itertools
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import aiohttp

from benchmarks.peers import descriptions
from benchmarks.peers import galene_signaling as signaling
from benchmarks.peers.galene_signaling import Hearing, Message
from benchmarks.peers.peer import Peer
from benchmarks.peers.program import Program, accepts, free_port
from media.transports.addresses import announced

PROGRAM = "galene"
_AT_ONCE = 16
"""Receivers who come in at the same time."""
_STEP_TIMEOUT = 20.0
_GROUP = {"wildcard-user": {"password": {"type": "wildcard"}, "permissions": "present"}}
_FOLDERS = ("static", "data", "groups", "recordings")


def installed() -> bool:
    """Tell whether galene is on the path."""
    return shutil.which(PROGRAM) is not None


class GaleneServer:
    """A Galène process with one group. Raises RuntimeError for what Galène refuses."""

    def __init__(self) -> None:
        self.host = announced("0.0.0.0", ())[0]
        self._program = Program(PROGRAM)
        self._http: aiohttp.ClientSession | None = None
        self._url = ""
        self._people: list[_Person] = []
        self._numbers = itertools.count()

    async def start(self) -> int:
        port = free_port()
        _configure(self._program.folder)
        await self._program.start(
            PROGRAM,
            f"-http=127.0.0.1:{port}",
            "-insecure",
            "-turn=",
            *(f"-{name}={name}" for name in _FOLDERS),
            listening=lambda: accepts(port),
        )
        self._url = f"http://127.0.0.1:{port}/ws"
        # Everybody's WebSocket stays open: more of them than a session allows by itself.
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self._program.pid

    async def connect(self, offers: Sequence[str]) -> list[str]:
        if not self._people:
            return [await self._publish(offer) for offer in offers]
        places = asyncio.Semaphore(_AT_ONCE)
        return list(await asyncio.gather(*(self._subscribe(offer, places) for offer in offers)))

    async def peak_memory(self) -> float:
        return self._program.peak_memory()

    async def stop(self) -> None:
        for person in self._people:
            await person.leave()
        if self._http is not None:
            await self._http.close()
        await self._program.stop()

    async def _publish(self, offer: str) -> str:
        person = await self._enter()
        # Its transport is a DTLS client, as it is with our server.
        await person.say(signaling.publishing(person.name, descriptions.as_client(offer)))
        heard = await person.until(lambda heard: heard.described)
        return descriptions.accepted(offer, heard.sdp, heard.candidates)

    async def _subscribe(self, offer: str, places: asyncio.Semaphore) -> str:
        async with places:
            person = await self._enter()
            await person.say(signaling.WANTED)
            heard = await person.until(lambda heard: heard.described)
            answer = descriptions.answer(offer, heard.sdp)
            await person.say({"type": "answer", "id": heard.stream, "sdp": answer})
            return descriptions.accepted(offer, heard.sdp, heard.candidates)

    async def _enter(self) -> "_Person":
        assert self._http is not None
        async with asyncio.timeout(_STEP_TIMEOUT):
            socket = await self._http.ws_connect(self._url)
        person = _Person(f"person{next(self._numbers)}", socket, Hearing(self.host))
        self._people.append(person)
        for message in signaling.entering(person.name):
            await person.say(message)
        await person.until(lambda heard: heard.joined)
        return person


class _Person:
    """One client's WebSocket, read for as long as it is in the group: Galène asks now and then
    whether it is there."""

    def __init__(self, name: str, socket: aiohttp.ClientWebSocketResponse, heard: Hearing) -> None:
        self.name = name
        self._socket = socket
        self._heard = heard
        self._news = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def say(self, message: Message) -> None:
        await self._socket.send_json(message)

    async def until(self, reached: Callable[[Hearing], bool]) -> Hearing:
        """Return what was heard, once it is enough; raise RuntimeError where Galène refuses or
        hangs up."""
        async with asyncio.timeout(_STEP_TIMEOUT):
            while not reached(self._heard):
                if self._reading.done():
                    await self._reading
                    raise RuntimeError("galene hung up")
                await self._news.wait()
                self._news.clear()
        return self._heard

    async def leave(self) -> None:
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        await self._socket.close()

    async def _read(self) -> None:
        try:
            async for message in self._socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    reply = self._heard.take(message.data)
                    self._news.set()
                    if reply is not None:
                        await self.say(reply)
        finally:
            self._news.set()


def _configure(folder: Path) -> None:
    for name in _FOLDERS:
        (folder / name).mkdir()
    (folder / "groups" / f"{signaling.GROUP}.json").write_text(json.dumps(_GROUP))
    (folder / "data" / "ice-servers.json").write_text("[]")


PEER = Peer(
    PROGRAM,
    installed,
    "in a checkout of galene-1.1 of github.com/jech/galene `CGO_ENABLED=0 go build`, "
    "and galene on the path",
    GaleneServer,
)
