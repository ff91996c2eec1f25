"""Where a request came from, also behind proxies that the operator trusts."""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web

FORWARDED_FOR = "X-Forwarded-For"
_MOST_HOPS = 32

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def source_of(request: web.Request, trusted: Collection[Network]) -> str:
    """Return the address a request came from, "" where there is none.

    That is who connected to us, unless it is in a trusted network: then the last address in
    X-Forwarded-For that is not. What stands before it anybody can have written.
    """
    connected = _read(request.remote or "")
    if connected is None:
        return request.remote or ""
    hops = ",".join(request.headers.getall(FORWARDED_FOR, ())).split(",")[-_MOST_HOPS:]
    source = connected
    while hops and any(source in network for network in trusted):
        before = _read(hops.pop())
        if before is None:
            break  # a trusted proxy wrote nothing we can read: it is the best that is known
        source = before
    return str(source)


def _read(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
