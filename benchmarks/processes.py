"""Processes of the benchmark: started as modules, spoken to in lines of JSON."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LINE_LIMIT = 16 * 1024 * 1024
"""Longest line between the processes, bytes: 236 offers or answers."""
STEP_TIMEOUT = 60.0
_END_WITHIN = 3.0


async def start(module: str, *arguments: str) -> asyncio.subprocess.Process:
    """Start `python -m module`."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments,
        cwd=ROOT, limit=LINE_LIMIT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def line(process: asyncio.subprocess.Process) -> dict[str, Any]:
    """Read one line; raise RuntimeError where the process ended, TimeoutError where it is mute."""
    assert process.stdout is not None
    async with asyncio.timeout(STEP_TIMEOUT):
        text = await process.stdout.readline()
    if not text:
        raise RuntimeError("a process of the benchmark ended early; see above")
    found: dict[str, Any] = json.loads(text)
    return found


def tell(process: asyncio.subprocess.Process, message: object) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(message).encode() + b"\n")


async def end(process: asyncio.subprocess.Process) -> None:
    """Close its standard input, and kill it where that is not enough."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(_END_WITHIN):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
