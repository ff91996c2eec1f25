"""Janus videoroom of Debian's packages, driven by its HTTP interface, as another Server.

It is configured in a temporary folder: this one plugin, this one transport, ICE-lite. It never uses
127.0.0.1 for media: everything goes to an address of an interface, which stays in the machine.
The speaker offers; the receivers are offered to, and accept what our own server would have
answered: the same text read from the other side.
"""

import asyncio
import itertools
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.peers import descriptions
from benchmarks.peers.peer import Peer
from benchmarks.peers.program import Program, free_port
from media.transports.addresses import announced

LIBRARIES = "usr/lib/*/janus"
ROOM = 1
FEED = 1
_STEP_TIMEOUT = 20.0

_CORE = """
general: {{
  configs_folder = "{folder}"
  plugins_folder = "{folder}/plugins"
  transports_folder = "{folder}/transports"
  events_folder = "{folder}/none"
  loggers_folder = "{folder}/none"
  debug_level = 2
  session_timeout = 0
  hide_dependencies = true
}}
nat: {{
  ice_lite = true
  ice_enforce_list = "{host}"
}}
"""
_HTTP = """
general: {{
  json = "compact"
  base_path = "/janus"
  http = true
  port = {port}
  ip = "127.0.0.1"
  https = false
}}
admin: {{ admin_http = false }}
"""


def installed() -> bool:
    """Tell whether Debian's janus is there."""
    return shutil.which("janus") is not None and _libraries() is not None


class JanusServer:
    """A Janus process with one room. Raises RuntimeError for what Janus refuses."""

    def __init__(self) -> None:
        self.host = announced("0.0.0.0", ())[0]
        self._program = Program("janus")
        self._http: aiohttp.ClientSession | None = None
        self._url = ""
        self._numbers = itertools.count(1)
        self._speaking = False

    async def start(self) -> int:
        port, folder = free_port(), self._program.folder
        _configure(folder, self.host, port)
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_STEP_TIMEOUT))
        self._url = f"http://127.0.0.1:{port}/janus"
        await self._program.start(
            "janus", f"--configs-folder={folder}", "--disable-colors", listening=self._listening
        )
        self._url += f"/{(await self._ask('', janus='create'))['data']['id']}"
        handle = await self._attach()
        await self._ask(
            handle,
            janus="message",
            body={
                "request": "create",
                "room": ROOM,
                "publishers": 2,
                "audiocodec": "opus",
                "videocodec": "vp8",
                "bitrate": 0,
            },
        )
        return self._program.pid

    async def connect(self, offers: Sequence[str]) -> list[str]:
        if not self._speaking:
            self._speaking = True
            return [await self._publish(offer) for offer in offers]
        return [await self._subscribe(offer) for offer in offers]

    async def peak_memory(self) -> float:
        return self._program.peak_memory()

    async def stop(self) -> None:
        if self._http is not None:
            await self._http.close()
        await self._program.stop()

    async def _listening(self) -> bool:
        assert self._http is not None
        try:
            async with self._http.get(f"{self._url}/info") as reply:
                await reply.read()
        except aiohttp.ClientConnectionError:
            return False
        return True

    async def _publish(self, offer: str) -> str:
        event = await self._event(
            await self._attach(),
            {"request": "joinandconfigure", "ptype": "publisher", "room": ROOM, "id": FEED},
            # Its transport is a DTLS client, as it is with our server.
            {"type": "offer", "sdp": descriptions.as_client(offer)},
        )
        answer: str = event["jsep"]["sdp"]
        return answer

    async def _subscribe(self, offer: str) -> str:
        handle = await self._attach()
        join = {"request": "join", "ptype": "subscriber", "room": ROOM, "streams": [{"feed": FEED}]}
        theirs: str = (await self._event(handle, join))["jsep"]["sdp"]
        await self._event(
            handle,
            {"request": "start", "room": ROOM},
            {"type": "answer", "sdp": descriptions.answer(offer, theirs)},
        )
        return theirs

    async def _attach(self) -> str:
        reply = await self._ask("", janus="attach", plugin="janus.plugin.videoroom")
        return f"/{reply['data']['id']}"

    async def _ask(self, path: str, **request: Any) -> dict[str, Any]:
        assert self._http is not None
        request["transaction"] = f"t{next(self._numbers)}"
        async with self._http.post(self._url + path, json=request) as reply:
            found: dict[str, Any] = await reply.json(content_type=None)
        return _checked(found)

    async def _event(
        self, handle: str, body: dict[str, Any], jsep: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Ask something that is answered by an event; wait for it, past others' and media's."""
        assert self._http is not None
        jsep_part = {"jsep": jsep} if jsep is not None else {}
        await self._ask(handle, janus="message", body=body, **jsep_part)
        async with asyncio.timeout(_STEP_TIMEOUT):
            while True:
                async with self._http.get(self._url) as reply:
                    found: dict[str, Any] = await reply.json(content_type=None)
                if found.get("janus") == "event" and f"/{found['sender']}" == handle:
                    return _checked(found)


def _checked(found: dict[str, Any]) -> dict[str, Any]:
    data = found.get("plugindata", {}).get("data", {})
    if found.get("janus") == "error" or "error" in data:
        raise RuntimeError(f"janus: {found.get('error') or data['error']}")
    return found


def _configure(folder: Path, host: str, port: int) -> None:
    libraries = _libraries()
    assert libraries is not None
    for kind, name in (("plugins", "libjanus_videoroom.so"), ("transports", "libjanus_http.so")):
        (folder / kind).mkdir()
        (folder / kind / name).symlink_to(libraries / kind / name)
    (folder / "none").mkdir()
    (folder / "janus.jcfg").write_text(_CORE.format(folder=folder, host=host))
    (folder / "janus.transport.http.jcfg").write_text(_HTTP.format(port=port))
    (folder / "janus.plugin.videoroom.jcfg").write_text("general: { }\n")


def _libraries() -> Path | None:
    return next(Path("/").glob(LIBRARIES), None)


PEER = Peer(
    "janus",
    installed,
    "`apt-get install --no-install-recommends janus` brings it",
    JanusServer,
)
