"""Another server's program: started in the background with a temporary folder of its own."""

import asyncio
import socket
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks import cpu

_START_WITHIN = 10.0
_ASKED_AGAIN_S = 0.05
_END_WITHIN = 3.0


class Program:
    """One process, told to end by SIGTERM, and the folder for its configuration."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._process: asyncio.subprocess.Process | None = None

    @property
    def folder(self) -> Path:
        """The folder, which is gone after `stop`."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix=f"liancun-{self._name}-")
        return Path(self._folder.name)

    @property
    def pid(self) -> int:
        """The process id, from `start` on."""
        assert self._process is not None
        return self._process.pid

    async def start(self, *command: str, listening: Callable[[], Awaitable[bool]]) -> None:
        """Start it in its folder and wait until `listening`; raise RuntimeError if it ended, with
        what it said on standard error, TimeoutError if it does not come up."""
        complaints = self.folder / "standard-error"
        with complaints.open("wb") as errors:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                cwd=self.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=errors,
            )
        async with asyncio.timeout(_START_WITHIN):
            while not await listening():
                if self._process.returncode is not None:
                    words = complaints.read_text(errors="replace").strip()
                    raise RuntimeError(f"{self._name} ended at its start: {words}")
                await asyncio.sleep(_ASKED_AGAIN_S)

    def peak_memory(self) -> float:
        """Return the most resident memory it has had, bytes."""
        return cpu.peak_memory(self.pid)

    async def stop(self) -> None:
        """End it, however far `start` came, and remove its folder."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                async with asyncio.timeout(_END_WITHIN):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        if self._folder is not None:
            self._folder.cleanup()


async def accepts(port: int) -> bool:
    """Tell whether somebody accepts TCP connections on this port of 127.0.0.1."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody used a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
