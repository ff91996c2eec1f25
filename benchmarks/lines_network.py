"""A network of our own: this process, a sender and a receiver, each behind a line that can be bad.

The process that calls `enter`, before it starts any thread, moves into a network namespace in which
nothing else is; the other two end with it (tests.support.namespaces), however it ends. A line is a
pair of TUN devices and a process that carries packets between them, as late as the line is long
(lines_delay). Rate is a token bucket (tbf) on either end, loss is random and done where packets
come out (nftables). The kernel cuts GSO bursts into packets before they enter a line, so that each
of them is lost or kept by itself.
"""

import asyncio
import os
import sys
from dataclasses import dataclass

from benchmarks import lines_delay
from tests.support.namespaces import Namespace, NotPermitted, enter, run

__all__ = ["CLEAN", "SERVER", "Line", "Network", "NotPermitted", "enter"]

SERVER = "10.77.0.1"
"""The server's address, the same for both lines."""
_QUEUE_MS = 400
"""What waits longer for a line is dropped, as home routers do it."""


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


class Network:
    """The namespaces at the other ends of two lines, `sender` and `receiver`."""

    def __init__(self) -> None:
        self._far: dict[str, Namespace] = {}
        self._carriers: dict[str, asyncio.subprocess.Process] = {}

    async def open(self) -> None:
        """Make both lines, clean. Raises RuntimeError with what the tool said."""
        await run("ip", "link", "set", "lo", "up")
        await run("ip", "address", "add", f"{SERVER}/32", "dev", "lo")
        for number, name in enumerate(("sender", "receiver"), 1):
            far = self._far[name] = Namespace()
            near = f"to-{name}"
            self._carriers[name] = await _carrier(near, "line")
            await run("ip", "link", "set", "line", "netns", far.path)
            await run("ip", "-batch", "-", told=_up(near, f"10.77.{number}.1/24"))
            await far.run("ip", "-batch", "-", told=_up("line", f"10.77.{number}.2/24"))
            await far.run("ip", "link", "set", "lo", "up")
            await far.run("ip", "route", "add", "default", "via", f"10.77.{number}.1")

    def at(self, name: str) -> list[str]:
        """Return the words before a command that is to run at the far end of a line."""
        return self._far[name].words

    async def shape(self, name: str, line: Line) -> None:
        """Make a line as bad as `line` says."""
        _say(self._carriers[name], f"{line.delay}\n")
        for words, device in (([], f"to-{name}"), (self.at(name), "line")):
            await run(*words, "tc", "qdisc", "replace", "dev", device, "root", *_queue(line))
            await run(*words, "nft", "-f", "-", told=_rules(name, device, line))

    async def close(self) -> None:
        for process in self._carriers.values():
            if process.stdin is not None:
                process.stdin.close()
            await process.wait()
        for far in self._far.values():
            far.close()
        self._carriers.clear()
        self._far.clear()


def _up(device: str, address: str) -> str:
    return f"address add {address} dev {device}\nlink set {device} up gso_max_segs 1\n"


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


async def _carrier(first: str, second: str) -> asyncio.subprocess.Process:
    """Make two devices and start what carries packets between them; both last as long as it."""
    devices = [lines_delay.open_device(name) for name in (first, second)]
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.lines_delay", *map(str, devices),
            stdin=asyncio.subprocess.PIPE, pass_fds=devices,
        )  # fmt: skip
    finally:
        for device in devices:
            os.close(device)


def _say(process: asyncio.subprocess.Process, text: str) -> None:
    assert process.stdin is not None
    process.stdin.write(text.encode())
