"""Another server's program is waited for, says why it ended, and leaves nothing behind."""

import asyncio
import sys
from pathlib import Path

import pytest

from benchmarks.peers.program import Program, accepts, free_port

_LISTENS = """
import socket, sys
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
    while True:
        server.accept()[0].close()
"""


async def test_a_program_runs_in_its_folder_until_it_is_stopped() -> None:
    program, port = Program("listener"), free_port()
    folder = program.folder
    (folder / "listens.py").write_text(_LISTENS)
    await program.start(sys.executable, "listens.py", str(port), listening=lambda: accepts(port))
    assert program.peak_memory() > 1e6
    running = Path(f"/proc/{program.pid}")
    assert running.exists()
    await program.stop()
    assert not running.exists()
    assert not folder.exists()


async def test_a_program_that_ends_at_its_start_says_why() -> None:
    async def never() -> bool:
        await asyncio.sleep(0)
        return False

    program = Program("listener")
    with pytest.raises(RuntimeError, match="listener ended at its start: no such port"):
        await program.start(sys.executable, "-c", "exit('no such port')", listening=never)
    folder = program.folder
    await program.stop()
    assert not folder.exists()
