"""Network namespaces, and links between them. Linux, as root.

A namespace here is a file descriptor and has no name on the machine: it is gone with its links and
rules when the descriptor is closed, however the process ends. See network_namespaces(7), veth(4).
"""

import asyncio
import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_NEW_NETWORK: Final = 0x40000000
"""CLONE_NEWNET of unshare(2) and setns(2)."""
_OURS: Final = "/proc/thread-self/ns/net"

_libc = ctypes.CDLL(None, use_errno=True)


class NotPermitted(Exception):
    """Network namespaces need root (CAP_SYS_ADMIN and CAP_NET_ADMIN)."""


def enter() -> None:
    """Move this thread into an empty network for good, and with it all that it starts from now on.
    Raises NotPermitted."""
    if _libc.unshare(_NEW_NETWORK):
        raise NotPermitted(os.strerror(ctypes.get_errno()))


class Namespace:
    """An empty network with its loopback down. `close` always."""

    def __init__(self) -> None:
        """Make it; raises NotPermitted."""
        before = os.open(_OURS, os.O_RDONLY)
        try:
            enter()
            self._fd = os.open(_OURS, os.O_RDONLY)
            _move(before)
        finally:
            os.close(before)

    @property
    def path(self) -> str:
        """Where other processes find it as long as this one lives and it is not closed."""
        return f"/proc/{os.getpid()}/fd/{self._fd}"

    @property
    def words(self) -> list[str]:
        """The words before a command that is to run here."""
        return ["nsenter", f"--net={self.path}"]

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Let this thread be here: sockets it opens and what it starts meanwhile stay here, those
        it has stay where they are. What awaits meanwhile takes the whole event loop along."""
        before = os.open(_OURS, os.O_RDONLY)
        try:
            _move(self._fd)
            try:
                yield
            finally:
                _move(before)
        finally:
            os.close(before)

    async def run(self, *words: str, told: str = "") -> None:
        """Run a command here; raises RuntimeError with what it said when it fails."""
        await run(*self.words, *words, told=told)

    def close(self) -> None:
        """Let it go; sockets and processes that are left in it keep it."""
        os.close(self._fd)


async def run(*words: str, told: str = "") -> None:
    """Run a command where this thread is and tell it something; raises RuntimeError with what it
    said when it fails."""
    process = await asyncio.create_subprocess_exec(
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate(told.encode())
    if process.returncode:
        raise RuntimeError(f"{' '.join(words)}: {said.decode(errors='replace').strip()}")


def _move(fd: int) -> None:
    if _libc.setns(fd, _NEW_NETWORK):
        raise NotPermitted(os.strerror(ctypes.get_errno()))
