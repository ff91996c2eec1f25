"""The child process with the synthetic village phones."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import structlog

HANG_UP_WITHIN_S: Final = 1.0
RESTART_AFTER_S: Final = 3.0

log = structlog.stdlib.get_logger(__name__)


class SyntheticPhones:
    """Starts `python -m signaling.synthetic`, and again when it dies; ends it without leftovers.

    The child ends by itself when its standard input is closed, so also when this process is
    killed.
    """

    def __init__(self, specs: Sequence[dict[str, Any]], cache: Path, log_file: Path) -> None:
        self._specs = specs
        self._cache = cache
        self._log_file = log_file
        self._process: asyncio.subprocess.Process | None = None
        self._supervisor: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the child and watch it."""
        self._supervisor = asyncio.create_task(self._supervise(), name="synthetic phones")

    async def stop(self) -> None:
        """Let the phones hang up; end the child by force if it does not in time."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            await asyncio.gather(self._supervisor, return_exceptions=True)
            self._supervisor = None
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(HANG_UP_WITHIN_S):
                await process.wait()
        except TimeoutError:  # it is drawing a picture, which nothing interrupts
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _supervise(self) -> None:
        while True:
            self._process = await self._spawn()
            code = await self._process.wait()
            log.error("synthetic phones ended", exit_code=code, see=str(self._log_file))
            await asyncio.sleep(RESTART_AFTER_S)

    async def _spawn(self) -> asyncio.subprocess.Process:
        # Nothing else makes the folder where the store is somewhere else.
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        with self._log_file.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "signaling.synthetic",
                "--cache",
                str(self._cache),
                stdin=asyncio.subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for the server, which then hangs up in order
            )
        assert process.stdin is not None
        process.stdin.write(json.dumps(self._specs, ensure_ascii=False).encode() + b"\n")
        with contextlib.suppress(ConnectionError):
            await process.stdin.drain()
        return process
