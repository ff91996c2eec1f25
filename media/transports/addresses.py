"""Socket addresses as the kernel writes them, and the addresses this machine tells browsers."""

import ipaddress
import socket
import struct
from collections.abc import Sequence

import ifaddr

SOCKADDR_IN_BYTES = 16
SOCKADDR_IN6_BYTES = 28

_IN = struct.Struct("!4s8x")
_IN6 = struct.Struct("!4x16s4x")
MAX_ANNOUNCED = 8

_IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def readable(sockaddr: bytes) -> tuple[str, int]:
    """Return (IP address, port) of a `sockaddr_in` or `sockaddr_in6`; mapped IPv4 as IPv4."""
    port = int.from_bytes(sockaddr[2:4], "big")
    if len(sockaddr) == SOCKADDR_IN_BYTES:
        return socket.inet_ntop(socket.AF_INET, sockaddr[4:8]), port
    address = ipaddress.IPv6Address(sockaddr[8:24])
    return str(address.ipv4_mapped or address), port


def packed(family: socket.AddressFamily, host: str, port: int) -> bytes:
    """Build the `sockaddr` of an IP address for a socket of this family."""
    head = struct.pack("=H", family) + struct.pack("!H", port)
    if family == socket.AF_INET:
        return head + _IN.pack(socket.inet_pton(socket.AF_INET, host))
    address = ipaddress.ip_address(host)
    if address.version == 4:
        address = ipaddress.ip_address(f"::ffff:{address}")
    return head + _IN6.pack(address.packed)


def announced(
    host: str, configured: Sequence[str], *, machine: Sequence[str] | None = None
) -> tuple[str, ...]:
    """Choose the addresses told to browsers for a socket bound to `host`.

    The configured ones, else the bound one, else (bound to all) those of the interfaces: global
    before private before unique local IPv6; loopback only where there is nothing else, because
    browsers make no candidate for it. `machine` stands in for the interfaces. Raises ValueError
    for a configured address that is none.
    """
    if configured:
        return tuple(str(ipaddress.ip_address(text)) for text in configured)
    bound = ipaddress.ip_address(host)
    if not bound.is_unspecified:
        return (str(bound),)
    found = [ipaddress.ip_address(text) for text in (interfaces() if machine is None else machine)]
    usable = [ip for ip in found if not ip.is_link_local and ip.version in _versions(bound)]
    outside = [ip for ip in usable if not ip.is_loopback]
    chosen = dict.fromkeys(sorted(outside or usable, key=_rank))
    return tuple(str(ip) for ip in chosen)[:MAX_ANNOUNCED] or ("127.0.0.1",)


def several(host: str, *, machine: Sequence[str] | None = None) -> bool:
    """Tell whether a socket bound to `host` has more than one address of a family to send from."""
    bound = ipaddress.ip_address(host)
    if not bound.is_unspecified:
        return False
    texts = interfaces() if machine is None else machine
    found = {ip for ip in map(ipaddress.ip_address, texts) if not ip.is_loopback}
    versions: list[int] = [ip.version for ip in found if not ip.is_link_local]
    return any(versions.count(version) > 1 for version in _versions(bound))


def interfaces() -> list[str]:
    """List the IP addresses of this machine's interfaces, IPv6 without its scope."""
    return [
        ip.ip if isinstance(ip.ip, str) else ip.ip[0]
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    ]


def _versions(bound: _IPAddress) -> tuple[int, ...]:
    return (4, 6) if bound.version == 6 else (4,)


def _rank(ip: _IPAddress) -> tuple[int, bool]:
    return ip.version, ip.is_private
