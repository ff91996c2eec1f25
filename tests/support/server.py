"""A whole server for tests: in this process with a clock that moves, or as a process to kill.

Both listen on a free port of 127.0.0.1 and take a free media port.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest
from aiohttp import web

from config.settings import Settings
from signaling import keys
from signaling.app import create_app
from signaling.floor import FLOOR, Floor
from signaling.http.cookies import COOKIE
from tests.support.clock import MovableClock
from tests.support.templates import lay_migrated

ROOT = Path(__file__).parents[2]
READY_WITHIN_S = 60.0

T = TypeVar("T")


@dataclass(frozen=True)
class RunningServer:
    """A server in this process. `url` has no trailing slash."""

    app: web.Application
    clock: MovableClock
    settings: Settings
    url: str

    def part(self, key: web.AppKey[T]) -> T:
        """Return a part of the application, e.g. `server.part(keys.MEETINGS)`."""
        return self.app[key]

    @property
    def floor(self) -> Floor:
        return self.app[FLOOR]

    async def token_of_device(self, device: str) -> str:
        """Enrol a device of the directory; return its token."""
        accounts = self.part(keys.ACCOUNTS)
        return (await accounts.enrol((await accounts.issue_pairing_code(device, None)).code)).token

    async def token_of_person(self, person: str) -> str:
        """Sign a person of the directory in by a link; return the token."""
        accounts = self.part(keys.ACCOUNTS)
        link = await accounts.issue_link(person=person, lifetime=timedelta(hours=1))
        return (await accounts.redeem_link(link)).token

    def cookie(self, token: str) -> dict[str, str]:
        """Return the cookie of a token in the form Playwright takes."""
        return {"name": COOKIE, "value": token, "url": self.url}

    @asynccontextmanager
    async def http(self, token: str | None = None) -> AsyncIterator[aiohttp.ClientSession]:
        """Open an HTTP client whose paths are relative to this server, in a token's name."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with aiohttp.ClientSession(self.url, headers=headers) as session:
            yield session


def settings_for_tests(folder: Path, **sections: Any) -> Settings:
    """Return settings of a server that keeps everything under `folder`."""
    chosen: dict[str, Any] = {
        "http": {"host": "127.0.0.1", "port": 0},
        "store": {"url": f"sqlite+aiosqlite:///{folder}/test.db"},
        "media": {"udp_port": 0, "in_process": True},
        "directory": folder,
    }
    for name, section in sections.items():
        both_tables = isinstance(section, Mapping) and name in chosen
        chosen[name] = {**chosen[name], **section} if both_tables else section
    return Settings(**chosen)


@asynccontextmanager
async def running_server(
    settings: Settings,
    clock: MovableClock | None = None,
    complete: Callable[[web.Application], None] = lambda app: None,
) -> AsyncIterator[RunningServer]:
    """Run a server in this process; on leaving, stop it in order.

    `complete` may add to the application before it starts.
    """
    clock = clock or MovableClock()
    file = Path(settings.store.url.removeprefix("sqlite+aiosqlite:///"))
    if not file.exists() and settings.store.url.startswith("sqlite"):
        await lay_migrated(file)
    app = create_app(settings, clock=clock)
    complete(app)
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
    listener = socket.create_server(
        (settings.http.host, settings.http.port),
        family=socket.AF_INET6 if ":" in settings.http.host else socket.AF_INET,
    )
    try:
        await runner.setup()
        await web.SockSite(runner, listener).start()
        port = listener.getsockname()[1]
        yield RunningServer(app, clock, settings, f"http://{_in_url(settings.http.host)}:{port}")
    finally:
        await runner.cleanup()
        listener.close()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RunningServer]:
    """A running server with an empty store, a movable clock and the worker in this process."""
    async with running_server(settings_for_tests(tmp_path)) as running:
        yield running


class ServerProcess:
    """`liancun serve` as a process of its own, for tests that kill it."""

    def __init__(self, folder: Path, port: int | None = None, **environment: str) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = os.environ | {
            "LIANCUN_HTTP__HOST": "127.0.0.1",
            "LIANCUN_HTTP__PORT": str(self.port),
            "LIANCUN_STORE__URL": f"sqlite+aiosqlite:///{folder}/test.db",
            "LIANCUN_MEDIA__UDP_PORT": "0",
            "LIANCUN_DIRECTORY": str(folder),
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self, *command: str) -> None:
        """Start it (`serve` unless told otherwise) and return when it is ready."""
        with (self.folder / "server.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "signaling",
                *(command or ("serve",)),
                cwd=self.folder,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        async with asyncio.timeout(READY_WITHIN_S):
            await self._ready(self._process)

    async def line(self) -> str:
        """Return the next line of its standard output."""
        assert self._process is not None
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode()

    async def kill(self) -> None:
        """End it with SIGKILL, as a failure of power would."""
        await self.end(signal.SIGKILL)

    async def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, wait, and return the exit code."""
        assert self._process is not None
        process, self._process = self._process, None
        if process.returncode is None:
            process.send_signal(number)
        await process.communicate()
        return process.returncode or 0

    async def __aenter__(self) -> "ServerProcess":
        return self

    async def __aexit__(self, *failure: object) -> None:
        if self._process is not None:
            await self.kill()

    async def _ready(self, process: asyncio.subprocess.Process) -> None:
        async with aiohttp.ClientSession(self.url) as client:
            while process.returncode is None:
                with contextlib.suppress(aiohttp.ClientError):
                    async with client.get("/readyz") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.05)
        log = (self.folder / "server.log").read_text(encoding="utf-8")
        raise AssertionError(f"the server ended with {process.returncode}:\n{log[-4000:]}")


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def free_port() -> int:
    """Return a TCP port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
