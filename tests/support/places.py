"""A server with two links that have nothing to do with each other, and devices behind them.

As in a township: the server's machine has an address for the party school's wire and another one
for the mobile network, which has IPv6 as well, and a third one that both lead to. Everything is in
namespaces of its own (tests.support.namespaces); the machine's network notices nothing.
"""

import os
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.support.namespaces import Namespace, NotPermitted

SERVER: Final = "10.81.0.1"
"""The server's address at whichever link."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link: the server's device and addresses, and those of whoever is behind it."""

    name: str
    device: str
    """The name of the far end. Browsers take the first by the alphabet where they have a choice."""
    network: str
    """The beginning of its IPv4 addresses, a /24."""
    ipv6: str | None = None
    """The beginning of its IPv6 addresses, a /64."""
    table: int = 1
    """The device's routing table for what is sent from its address there, as phones have it; also
    the order in which links are taken where an address does not say."""

    @property
    def server(self) -> str:
        return f"{self.network}.1"

    @property
    def client(self) -> str:
        return f"{self.network}.2"

    @property
    def server_ipv6(self) -> str:
        assert self.ipv6 is not None
        return f"{self.ipv6}::1"


WIRE: Final = Link("wire", "wlan0", "10.81.1")
MOBILE: Final = Link("mobile", "wwan0", "10.81.2", ipv6="fd81:2", table=2)


class Places:
    """The server's network, `server`, and those of the devices."""

    def __init__(self) -> None:
        """Raises NotPermitted."""
        self._stack = ExitStack()
        self.server = self._make()

    async def open(self) -> None:
        await self.server.run("ip", "link", "set", "lo", "up")
        await self.server.run("ip", "address", "add", f"{SERVER}/32", "dev", "lo")

    async def device(self, *links: Link) -> Namespace:
        """Make the network of a device behind these links, of which each is used once."""
        there = self._make()
        for link in links:
            await self.server.run("ip", "-batch", "-", told=_near(link, there))
            await there.run("ip", "-batch", "-", told=_far(link))
        return there

    def sent(self, link: Link) -> int:
        """Return how many packets the server has sent over a link."""
        with self.server.inside():
            for line in Path("/proc/thread-self/net/dev").read_text().splitlines():
                name, _, figures = line.partition(":")
                if name.strip() == link.name:
                    return int(figures.split()[9])
        raise LookupError(link.name)

    def close(self) -> None:
        self._stack.close()

    def _make(self) -> Namespace:
        made = Namespace()
        self._stack.callback(made.close)
        return made


async def pull(there: Namespace, link: Link) -> None:
    """Let a link go down at the device's end."""
    await there.run("ip", "link", "set", link.device, "down")


async def block(there: Namespace, *packets: str) -> None:
    """Drop what a device sends: words of nft, e.g. `meta l4proto udp`, instead of what was dropped
    before."""
    rules = "\n".join(f"{words} drop" for words in packets)
    chain = f"chain leaving {{ type filter hook output priority 0\n{rules}\n}}"
    text = (
        f"add table inet blocked\ndelete table inet blocked\ntable inet blocked {{\n{chain}\n}}\n"
    )
    await there.run("nft", "-f", "-", told=text)


@asynccontextmanager
async def places() -> AsyncIterator[Places]:
    """Make the places, and be at the server's. Skips the test, and says why, where that is not
    permitted; CI has to be permitted."""
    try:
        made = Places()
    except NotPermitted as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"network namespaces need root, CAP_SYS_ADMIN and CAP_NET_ADMIN: {error}")
    try:
        with made.server.inside():
            await made.open()
            yield made
    finally:
        made.close()


def _near(link: Link, there: Namespace) -> str:
    lines = [
        f"link add {link.name} type veth peer name {link.device} netns {there.path}",
        f"link set {link.name} addrgenmode none",
        f"address add {link.server}/24 dev {link.name}",
    ]
    if link.ipv6:
        lines.append(f"address add {link.server_ipv6}/64 dev {link.name} nodad")
    return "\n".join([*lines, f"link set {link.name} up"]) + "\n"


def _far(link: Link) -> str:
    # An address of the link's own would come into use after a second, and a browser that sees its
    # network change gives up what it is loading.
    lines = [
        "link set lo up",
        f"link set {link.device} addrgenmode none",
        f"address add {link.client}/24 dev {link.device}",
        f"link set {link.device} up",
        f"route add {SERVER} via {link.server} dev {link.device} metric {link.table}",
        f"route add default via {link.server} dev {link.device} table {link.table}",
        f"rule add from {link.client} table {link.table}",
    ]
    if link.ipv6:
        lines.append(f"address add {link.ipv6}::2/64 dev {link.device} nodad")
    return "\n".join(lines) + "\n"
