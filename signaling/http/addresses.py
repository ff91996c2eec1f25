"""Where this server is reached: on this machine, from the network, under its public name."""

import ipaddress
import socket
from dataclasses import dataclass
from typing import Self

from config.settings import Http


@dataclass(frozen=True, slots=True)
class Addresses:
    """Base addresses without a trailing slash. `network` is None where only this machine gets in.

    Browsers give camera and microphone to `local` (a secure context) and to `network` only when
    it is HTTPS.
    """

    local: str
    network: str | None

    @classmethod
    def of(cls, settings: Http, port: int) -> Self:
        """Make the addresses for a server that listens on `port`."""
        any_address = settings.host in ("", "0.0.0.0", "::")
        loopback = not any_address and _is_loopback(settings.host)
        local = "127.0.0.1" if any_address else settings.host
        network = settings.public_url.rstrip("/") or None
        if network is None and any_address:
            outside = outside_address()
            network = f"http://{outside}:{port}" if outside else None
        elif network is None and not loopback:
            network = f"http://{_host(settings.host)}:{port}"
        return cls(f"http://{_host(local)}:{port}", network)


def outside_address() -> str | None:
    """Return the IPv4 address this machine has towards the network; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1 (RFC 5737): only asks for the route
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if _is_loopback(address) or address == "0.0.0.0" else address


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
