"""A network of our own: this process, a sender and a receiver, each behind a line that can be bad.

The process that calls `enter` moves into a network namespace in which nothing else is; the other
two namespaces belong to processes that end with it, so nothing is left behind however it ends.
Rate is a token bucket (tbf) on either end of a line, loss is random and done where packets come
out of it (nftables); what delays is a relay, see lines_relay. The kernel cuts GSO bursts into
packets before they enter a line, so that each of them is lost or kept by itself.
"""

import asyncio
import ctypes
import os
from dataclasses import dataclass

SERVER = "10.77.0.1"
"""The server's address, the same for both lines."""
_NEW_NETWORK = 0x40000000
"""CLONE_NEWNET of unshare(2)."""
_APPEARS_WITHIN_S = 5.0
_QUEUE_MS = 400
"""What waits longer for a line is dropped, as home routers do it."""


class NotPermitted(Exception):
    """Network namespaces need root (CAP_SYS_ADMIN and CAP_NET_ADMIN)."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a line does in both directions."""

    name: str
    kbit: int | None = None
    """Rate in kbit/s of IP packets, None = as fast as the machine."""
    loss: float = 0.0
    """Share of the packets lost, each by itself."""
    delay: float = 0.0
    """Seconds added each way."""


CLEAN = Line("clean")


def enter() -> None:
    """Move this process into an empty network. Raises NotPermitted. Call it before any thread is
    started: a thread stays where it was born."""
    if ctypes.CDLL(None, use_errno=True).unshare(_NEW_NETWORK):
        raise NotPermitted(os.strerror(ctypes.get_errno()))


class Network:
    """The namespaces at the other ends of two lines, `sender` and `receiver`."""

    def __init__(self) -> None:
        self._far: dict[str, asyncio.subprocess.Process] = {}

    async def open(self) -> None:
        """Make both lines, clean. Raises RuntimeError with what the tool said."""
        await _run("ip", "link", "set", "lo", "up")
        await _run("ip", "address", "add", f"{SERVER}/32", "dev", "lo")
        for number, name in enumerate(("sender", "receiver"), 1):
            process = await asyncio.create_subprocess_exec(
                "unshare", "--net", "cat",
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            self._far[name] = process
            await _apart(process.pid)
            near = f"to-{name}"
            await _run("ip", "link", "add", near, "type", "veth", "peer", "name", "line",
                       "netns", str(process.pid))  # fmt: skip
            await self._up(near, f"10.77.{number}.1/24")
            await self._up("line", f"10.77.{number}.2/24", at=name)
            await _run("ip", "link", "set", "lo", "up", at=process.pid)
            await _run("ip", "route", "add", "default", "via", f"10.77.{number}.1", at=process.pid)

    def at(self, name: str) -> list[str]:
        """Return the words before a command that is to run at the far end of a line."""
        return ["nsenter", f"--net=/proc/{self._far[name].pid}/ns/net"]

    async def shape(self, name: str, line: Line) -> None:
        """Make a line as bad as `line` says; its delay is not done here."""
        for place, device in ((None, f"to-{name}"), (self._far[name].pid, "line")):
            await _run("tc", "qdisc", "replace", "dev", device, "root", *_queue(line), at=place)
            await _run("nft", "-f", "-", at=place, told=_rules(name, device, line))

    async def close(self) -> None:
        for process in self._far.values():
            if process.stdin is not None:
                process.stdin.close()
            await process.wait()
        self._far.clear()

    async def _up(self, device: str, address: str, at: str | None = None) -> None:
        place = None if at is None else self._far[at].pid
        await _run("ip", "address", "add", address, "dev", device, at=place)
        await _run("ip", "link", "set", device, "up", "gso_max_segs", "1", at=place)


def _queue(line: Line) -> list[str]:
    if line.kbit is None:
        return ["pfifo", "limit", "10000"]
    burst = max(3_200, line.kbit * 1000 // 8 // 100)
    return ["tbf", "rate", f"{line.kbit}kbit", "burst", f"{burst}", "latency", f"{_QUEUE_MS}ms"]


def _rules(name: str, device: str, line: Line) -> str:
    table = f"inet {name}"
    text = f"add table {table}\ndelete table {table}\n"
    if line.loss:
        drop = f'iifname "{device}" numgen random mod 10000 < {round(line.loss * 10_000)} drop'
        chain = f"chain arriving {{ type filter hook prerouting priority 0\n{drop}\n}}"
        text += f"table {table} {{\n{chain}\n}}\n"
    return text


async def _apart(pid: int) -> None:
    """Wait until a process is in a network of its own."""
    ours = os.readlink("/proc/self/ns/net")
    async with asyncio.timeout(_APPEARS_WITHIN_S):
        # A process tells nobody that it moved.
        while os.readlink(f"/proc/{pid}/ns/net") == ours:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def _run(*words: str, at: int | None = None, told: str = "") -> None:
    place = () if at is None else ("nsenter", f"--net=/proc/{at}/ns/net")
    process = await asyncio.create_subprocess_exec(
        *place, *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate(told.encode())
    if process.returncode:
        raise RuntimeError(f"{' '.join(words)}: {said.decode(errors='replace').strip()}")
