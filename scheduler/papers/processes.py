"""Runs a process that gets some bytes, may answer with so many, and has so long."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).parents[2]


class TooSlow(Exception):
    """It did not end in time and was killed."""


class Failed(Exception):
    """It ended with an error, was killed by its limits, or said too much."""


async def run(
    program: Sequence[str],
    given: bytes,
    *,
    folder: Path,
    seconds: float,
    most_bytes: int,
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """Return what a program writes to its standard output.

    It runs in `folder`, in a session of its own, and knows nothing of this process's environment,
    where secrets are. Raise TooSlow or Failed; nothing of it is left when this returns.
    """
    process = await asyncio.create_subprocess_exec(
        *program,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=folder,
        env={
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "PYTHONPATH": str(PROJECT),
            **(environment or {}),
        },
        start_new_session=True,
    )
    feeding = asyncio.create_task(_feed(process, given))
    try:
        async with asyncio.timeout(seconds):
            said = await _read(process, most_bytes)
            code = await process.wait()
    except TimeoutError as error:
        raise TooSlow from error
    finally:
        feeding.cancel()
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        await _end(process, feeding)
    if code != 0:
        raise Failed(f"ended with {code}")
    return said


async def _feed(process: asyncio.subprocess.Process, given: bytes) -> None:
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it has heard enough
        process.stdin.write(given)
        await process.stdin.drain()
    process.stdin.close()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        await process.stdin.wait_closed()


async def _read(process: asyncio.subprocess.Process, most_bytes: int) -> bytes:
    assert process.stdout is not None
    said = bytearray()
    while chunk := await process.stdout.read(64 * 1024):
        said += chunk
        if len(said) > most_bytes:
            raise Failed("said too much")
    return bytes(said)


async def _end(process: asyncio.subprocess.Process, feeding: asyncio.Task[None]) -> None:
    """Wait for a process that ends. Its output is read to the end: asyncio waits for that too."""
    await asyncio.gather(feeding, return_exceptions=True)
    assert process.stdout is not None
    while await process.stdout.read(64 * 1024):
        pass
    await process.wait()
