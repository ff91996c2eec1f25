"""One bound, non-blocking UDP socket with large buffers and both slabs."""

import contextlib
import socket

from media.transports.addresses import SOCKADDR_IN6_BYTES, SOCKADDR_IN_BYTES
from media.transports.pinned import PinnedReceiveSlab, PinnedSendSlab, ask_for_addresses
from media.transports.receive_slab import ReceiveSlab
from media.transports.send_slab import SendSlab

SOCKET_BUFFER = 8 * 1024 * 1024
"""Bytes asked of the kernel for both directions; it gives at most net.core.[rw]mem_max."""

_SO_SNDBUFFORCE, _SO_RCVBUFFORCE = 32, 33


class UdpEndpoint:
    """A socket, what came in (`inbox`) and what goes out (`outbox`)."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        pinned: bool = False,
        beside: "UdpEndpoint | None" = None,
    ) -> None:
        """Bind; an IPv6 host takes IPv4 too. `pinned`: it has a choice of addresses to send from
        (media.transports.pinned). `beside`: share the address of that one
        (media.transports.split). Raises OSError (the port is taken, say)."""
        self.family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(self.family, socket.SOCK_DGRAM)
        try:
            self.socket.setblocking(False)
            if self.family == socket.AF_INET6:
                self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            enlarge(self.socket)
            if pinned:
                ask_for_addresses(self.socket)
            if beside is not None:
                # Only now: the other one was bound by itself, so that a port that another program
                # has, ours for instance, is not shared with it.
                for each in (beside.socket, self.socket):
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            self.socket.bind((host, port))
        except OSError:
            self.socket.close()
            raise
        self.port: int = self.socket.getsockname()[1]
        self.fd = self.socket.fileno()
        ipv6 = self.family == socket.AF_INET6
        name_bytes = SOCKADDR_IN6_BYTES if ipv6 else SOCKADDR_IN_BYTES
        receive, send = (PinnedReceiveSlab, PinnedSendSlab) if pinned else (ReceiveSlab, SendSlab)
        self.inbox: ReceiveSlab = receive(self.fd, name_bytes)
        self.outbox: SendSlab = send(self.fd, name_bytes)

    def close(self) -> None:
        self.socket.close()


def enlarge(sock: socket.socket) -> None:
    """Ask for SOCKET_BUFFER in both directions."""
    for option, force in (
        (socket.SO_RCVBUF, _SO_RCVBUFFORCE),
        (socket.SO_SNDBUF, _SO_SNDBUFFORCE),
    ):
        sock.setsockopt(socket.SOL_SOCKET, option, SOCKET_BUFFER)
        with contextlib.suppress(PermissionError):  # beyond the system's limit only for root
            sock.setsockopt(socket.SOL_SOCKET, force, SOCKET_BUFFER)
