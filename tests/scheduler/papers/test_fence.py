"""What a process behind the fence cannot do, asked of the kernel."""

import ctypes
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.papers.fence import SYSTEM, Fence, behind
from scheduler.papers.processes import PROJECT

PYTHON = (*SYSTEM, sys.prefix, sys.base_prefix)
LANDLOCK = ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1) >= 1
sees_files = pytest.mark.skipif(not LANDLOCK, reason="the kernel has no Landlock")


def fence(**changes: object) -> Fence:
    values = {"cpu_s": 5, "memory_bytes": 512 * 1024**2, "readable": PYTHON} | changes
    return Fence(**values)  # type: ignore[arg-type]


def run(fenced: Fence, code: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run Python behind a fence; its exit code is that of the code."""
    return subprocess.run(
        behind(fenced, [sys.executable, "-I", "-c", code]),
        cwd=folder,
        env={"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        timeout=30,
    )


def test_it_works_behind_the_fence(tmp_path: Path) -> None:
    assert run(fence(), "print('here')", tmp_path).stdout == b"here\n"


@sees_files
def test_it_cannot_read_what_is_the_server_s(tmp_path: Path) -> None:
    (tmp_path / "liancun.db").write_text("secret")
    code = f"open({str(tmp_path / 'liancun.db')!r}).read()"
    assert b"PermissionError" in run(fence(), code, tmp_path).stderr
    assert b"PermissionError" in run(fence(), "open('/proc/1/environ')", tmp_path).stderr


@sees_files
def test_it_writes_only_where_it_may(tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    own.mkdir()
    other.mkdir()
    fenced = fence(writable=(str(own),), file_bytes=1000)
    assert run(fenced, f"open({str(own / 'a')!r}, 'w').write('x')", tmp_path).returncode == 0
    said = run(fenced, f"open({str(other / 'a')!r}, 'w')", tmp_path)
    assert b"PermissionError" in said.stderr


def test_it_writes_no_file_larger_than_allowed(tmp_path: Path) -> None:
    fenced = fence(writable=(str(tmp_path),), file_bytes=1000)
    code = f"open({str(tmp_path / 'a')!r}, 'wb', 0).write(b'x' * 5000)"
    run(fenced, code, tmp_path)
    assert (tmp_path / "a").stat().st_size == 1000


def may_leave_the_network() -> bool:
    """Ask the kernel in a process of its own whether this user may have another network."""
    code = "from scheduler.papers.fence import leave_the_network as l; raise SystemExit(not l())"
    environment = {"PYTHONPATH": str(PROJECT)}
    return subprocess.run([sys.executable, "-c", code], env=environment).returncode == 0


@pytest.mark.skipif(not may_leave_the_network(), reason="no namespaces for this user")
def test_it_reaches_no_network_and_no_service_of_this_machine(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        code = f"import socket; socket.create_connection({listener.getsockname()!r}, 2)"
        assert b"OSError" in run(fence(), code, tmp_path).stderr
    code = "import os; print(os.listdir('/run'))"
    listed = run(fence(readable=(*PYTHON, "/run")), code, tmp_path)
    assert listed.stdout == b"[]\n"


def test_it_is_ended_when_it_computes_too_long(tmp_path: Path) -> None:
    assert run(fence(cpu_s=1), "while True: pass", tmp_path).returncode < 0


def test_it_gets_no_more_memory_than_allowed(tmp_path: Path) -> None:
    said = run(fence(memory_bytes=200 * 1024**2), "x = bytearray(10**9)", tmp_path)
    assert b"MemoryError" in said.stderr
