"""The whole product: `liancun serve` with a county, a meeting and its devices."""

import asyncio
import os
import re
import socket
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp

from benchmarks.processes import ROOT
from config.ruzhou import FOLDER
from config.settings import Settings
from scheduler.accounts import Accounts
from scheduler.clock import SystemClock
from scheduler.directory.imports.importing import apply
from scheduler.directory.service import Directory
from scheduler.meetings.model import AdhocDraft
from scheduler.meetings.service import Meetings
from scheduler.store.engine import Store

_HOST = "127.0.0.1"
_READY_WITHIN_S = 60.0
_STOP_WITHIN_S = 10.0
_DURATION = timedelta(hours=12)
_FIGURE = re.compile(r"^(liancun_\w+)(?:\{[^}]*\})? (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class County:
    """What is in the store: one meeting that calls everybody, and the keys of some devices."""

    occurrence: str
    tokens: tuple[str, ...]


class Product:
    """One server of its own in a folder, on loopback and free ports. `stop` always."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self._folder = folder
        with socket.create_server((_HOST, 0)) as listener:
            port = listener.getsockname()[1]
        self.url = f"http://{_HOST}:{port}"
        self._environment = environment | {
            "LIANCUN_HTTP__HOST": _HOST,
            "LIANCUN_HTTP__PORT": str(port),
            "LIANCUN_STORE__URL": f"sqlite+aiosqlite:///{folder}/product.db",
            "LIANCUN_MEDIA__HOST": _HOST,
            "LIANCUN_MEDIA__UDP_PORT": "0",
            "LIANCUN_DIRECTORY": str(folder),
            "LIANCUN_LOG__LEVEL": "warning",
            "PYTHONPATH": str(ROOT),
        }
        self._process: asyncio.subprocess.Process | None = None
        self.workers: tuple[int, ...] = ()
        """Process ids of the media workers."""

    @property
    def signaling(self) -> int:
        """Process id of the signaling process."""
        assert self._process is not None
        return self._process.pid

    @property
    def worker(self) -> int:
        """Process id of the first media worker."""
        return self.workers[0]

    async def start(self, devices: int) -> County:
        """Fill the store, start the server, and return when its meeting is open."""
        county = await self._prepare(devices)
        with (self._folder / "server.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "signaling", "serve",
                cwd=self._folder, env=os.environ | self._environment,
                stdin=asyncio.subprocess.DEVNULL, stderr=log,
            )  # fmt: skip
        async with asyncio.timeout(_READY_WITHIN_S):
            while not await self._is_open():
                if self._process.returncode is not None:
                    raise RuntimeError(self.log())
                await asyncio.sleep(0.2)
        self.workers = tuple(_children(self.signaling))
        return county

    async def figures(self) -> dict[str, float]:
        """Return what /metrics says, labels summed up."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}/metrics") as answer:
            found: dict[str, float] = {}
            for name, value in _FIGURE.findall(await answer.text()):
                found[name] = found.get(name, 0.0) + float(value)
            return found

    def log(self) -> str:
        """Return the end of what the server wrote."""
        return (self._folder / "server.log").read_text(errors="replace")[-4000:]

    async def stop(self) -> None:
        """End the server in order, and with force where that takes too long."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(_STOP_WITHIN_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _is_open(self) -> bool:
        try:
            return (await self.figures()).get("liancun_media_routers", 0.0) > 0
        except (aiohttp.ClientError, OSError):
            return False

    async def _prepare(self, devices: int) -> County:
        settings = Settings()
        clock, zone = SystemClock(), ZoneInfo(settings.time_zone)
        store = await Store.open(self._environment["LIANCUN_STORE__URL"])
        try:
            await apply(store, [FOLDER])
            directory = Directory(store, clock, zone)
            found = [d for d in (await directory.devices()).values() if d.site and not d.revoked]
            chosen = found[:devices]
            if len(chosen) < devices:
                raise ValueError(f"there are only {len(chosen)} devices with a site")
            branch = next(u for u in await directory.units("party") if u.kind == "network_branch")
            meeting = await Meetings(store, clock, settings.meeting, zone).create_adhoc(
                AdhocDraft(
                    unit=branch.id,
                    title="Benchmark",
                    start=clock.now(),
                    duration_s=int(_DURATION.total_seconds()),
                    persons=tuple(sorted({d.holder for d in chosen if d.holder})),
                    sites=tuple(sorted({d.site for d in chosen if d.site})),
                )
            )
            accounts = Accounts(store, clock, settings.http.session_days, zone=zone)
            tokens = []
            for device in chosen:
                code = await accounts.issue_pairing_code(device.id, None)
                tokens.append((await accounts.enrol(code.code, source=device.id)).token)
            return County(meeting.id, tuple(tokens))
        finally:
            await store.close()


def _children(pid: int) -> list[int]:
    """Return the processes that the threads of a process have started."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(word) for word in (task / "children").read_text().split()]
    return found
