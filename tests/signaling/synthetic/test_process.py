"""The process that carries the phones: begins with its list, ends with its standard input."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from media.synthetic import recording
from media.synthetic.recording import Recording
from tests.media.synthetic.builders import a_loop, a_voice
from tests.signaling.synthetic.scripted import ScriptedServer, invitation, scripted_server

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with scripted_server() as server:
        server.invitations = (invitation(),)
        yield server


async def start(cache: Path, first_line: bytes) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "signaling.synthetic", "--cache", str(cache),
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(first_line + b"\n")
    return process


async def a_phone(server: ScriptedServer, cache: Path) -> asyncio.subprocess.Process:
    """Start the process with one phone whose recording is there, and wait for its offer."""
    file = cache / recording.file_name("大峪村", "汝州市", 0)
    file.write_bytes(recording.save(Recording(a_loop(), a_voice())))
    spec = {"url": server.url, "token": "secret-token", "name": "大峪村", "caption": "汝州市"}
    process = await start(cache, json.dumps([spec]).encode())
    await server.until("media.offer")
    return process


async def ended(process: asyncio.subprocess.Process) -> tuple[int, str]:
    async with asyncio.timeout(5):
        _, errors = await process.communicate()
    assert process.returncode is not None
    return process.returncode, errors.decode()


async def test_closing_standard_input_hangs_up(server: ScriptedServer, tmp_path: Path) -> None:
    process = await a_phone(server, tmp_path)
    assert process.stdin is not None
    process.stdin.close()
    code, log = await ended(process)
    assert code == 0
    assert server.count("leave") == 1
    assert "大峪" not in log
    assert "secret-token" not in log


async def test_sigterm_hangs_up(server: ScriptedServer, tmp_path: Path) -> None:
    process = await a_phone(server, tmp_path)
    process.send_signal(signal.SIGTERM)
    code, _ = await ended(process)
    assert code == 0
    assert server.count("leave") == 1


@pytest.mark.parametrize("line", [b"", b"hello", b'[{"url": "ws://x", "token": "t-secret"}]'])
async def test_a_list_that_is_none_is_refused_without_repeating_it(
    tmp_path: Path, line: bytes
) -> None:
    code, log = await ended(await start(tmp_path, line))
    assert code == 2
    assert log.startswith("standard input: ")
    assert "t-secret" not in log
