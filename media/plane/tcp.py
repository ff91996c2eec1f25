"""ICE-TCP (RFC 6544): one passive port for those whose line blocks UDP.

Behind an authenticated connection stands a relay on this machine, a UDP socket of its own: what
comes over TCP goes on to the worker's UDP port from there, and what the plane sends there goes out
over TCP. So to the plane everybody is a UDP address, its batches stay as they are, and only those
who need TCP pay for it. A stranger gets no relay: the first packet must be an ICE check that is
signed with the password of a participant.
"""

import asyncio
import errno
import ipaddress
import socket
from collections import Counter
from functools import partial
from typing import Final

import structlog
from structlog.typing import FilteringBoundLogger

from config.settings import Media
from media.plane.rooms import Seat, Seats
from media.plane.tcp_connection import Introduction, TcpConnection
from media.transports import stun
from media.transports.addresses import packed

MAX_CONNECTIONS: Final = 2_000
MAX_STRANGERS: Final = 128
"""Connections that have not shown a password; the oldest gives way, so that a flood of them keeps
nobody out whose first packet comes at once."""
INTRODUCED_WITHIN: Final = 5.0
SILENT_FOR: Final = 30.0
"""Seconds. A browser asks for consent every 2.5 s or so."""
SWEEP: Final = 1.0
PAUSE: Final = 1.0
"""Seconds without accepting when the process has no more file descriptors."""

_BACKLOG: Final = 256
_ACCEPTED_AT_ONCE: Final = 32
_EXHAUSTED: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

_log: FilteringBoundLogger = structlog.get_logger(__name__)


class TcpFront:
    """The listening port and its connections. Create it on a running event loop."""

    def __init__(
        self, address: tuple[str, int], udp: socket.socket, seats: Seats, drops: Counter[str]
    ) -> None:
        """Listen on `address` (host, port); `udp` is the plane's socket. Raises OSError."""
        host, port = address
        self._udp = udp
        self._seats = seats
        self._drops = drops
        self._loop = asyncio.get_running_loop()
        self._connections: dict[TcpConnection, None] = {}
        self._strangers: dict[TcpConnection, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._listener = socket.create_server(
                (host, port),
                family=family,
                backlog=_BACKLOG,
                dualstack_ipv6=family == socket.AF_INET6,
            )
        except OSError as error:
            raise OSError(error.errno, f"TCP port {port}: {error.strerror}") from error
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self._loop.add_reader(self._listener.fileno(), self._accept)

    def stats(self) -> dict[str, object]:
        """Return how many connections there are, and how many have shown no password yet."""
        return {
            "port": self.port,
            "connections": len(self._connections),
            "strangers": len(self._strangers),
        }

    def close(self) -> None:
        """Send what still waits as far as it goes, and free everything; harmless when repeated."""
        if self._closed:
            return
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._loop.remove_reader(self._listener.fileno())
        self._listener.close()
        for connection in list(self._connections):
            connection.flush()
            connection.close()

    def _accept(self) -> None:
        for _ in range(_ACCEPTED_AT_ONCE):
            try:
                accepted, address = self._listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError as error:
                self._drops["tcp_accept"] += 1
                if error.errno in _EXHAUSTED:
                    self._pause()
                return
            if len(self._connections) >= MAX_CONNECTIONS:
                self._drops["tcp_full"] += 1
                accepted.close()
                continue
            self._add(accepted, (_plain(str(address[0])), int(address[1])))

    def _add(self, accepted: socket.socket, peer: tuple[str, int]) -> None:
        if len(self._strangers) >= MAX_STRANGERS:
            next(iter(self._strangers)).close("tcp_stranger")
        connection = TcpConnection(accepted, peer, self._loop, self._drops, self._introduce)
        connection.on_close = self._forget
        self._connections[connection] = None
        self._strangers[connection] = None
        if self._timer is None:
            self._timer = self._loop.call_later(SWEEP, self._sweep)

    def _introduce(self, connection: TcpConnection, packet: bytes) -> Introduction | None:
        """Make the relay of a connection whose first packet is a check we can authenticate."""
        seat = self._authenticated(packet)
        if seat is None:
            self._drops["tcp_not_authentic"] += 1
            return None
        try:
            relay = self._open_relay()
        except OSError:
            self._drops["tcp_no_relay"] += 1
            _log.exception("no relay for a TCP connection")
            return None
        self._strangers.pop(connection, None)
        host, port = relay.getsockname()[:2]
        source = packed(self._udp.family, host, port)
        seat.transport.known_as[source] = connection.peer
        return Introduction(relay, partial(seat.transport.known_as.pop, source, None))

    def _authenticated(self, packet: bytes) -> Seat | None:
        try:
            check = stun.parse(packet)
        except stun.StunError:
            return None
        seat = self._seats.by_ufrag.get(check.receiver_ufrag)
        if seat is None or check.kind != "request":
            return None
        return seat if check.is_from(seat.transport.credentials.password) else None

    def _open_relay(self) -> socket.socket:
        """Return a UDP socket that speaks only with the plane's."""
        host, port = self._udp.getsockname()[:2]
        if host in ("0.0.0.0", "::"):
            host = "127.0.0.1"  # an IPv6 socket bound to all takes IPv4 too
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        relay = socket.socket(family, socket.SOCK_DGRAM)
        try:
            relay.setblocking(False)
            relay.bind((host, 0))
            relay.connect((host, port))
        except OSError:
            relay.close()
            raise
        return relay

    def _forget(self, connection: TcpConnection) -> None:
        self._connections.pop(connection, None)
        self._strangers.pop(connection, None)

    def _sweep(self) -> None:
        """Close who said nothing for too long."""
        self._timer = None
        now = self._loop.time()
        for connection in list(self._connections):
            stranger = connection in self._strangers
            if now - connection.heard >= (INTRODUCED_WITHIN if stranger else SILENT_FOR):
                connection.close("tcp_stranger" if stranger else "tcp_silent")
        if self._connections:
            self._timer = self._loop.call_later(SWEEP, self._sweep)

    def _pause(self) -> None:
        """Stop accepting for a moment: the listener would wake the loop for ever."""
        _log.error("no file descriptors for TCP connections")
        self._loop.remove_reader(self._listener.fileno())
        self._loop.call_later(PAUSE, self._go_on)

    def _go_on(self) -> None:
        if not self._closed:
            self._loop.add_reader(self._listener.fileno(), self._accept)


def open_front(
    settings: Media, udp: socket.socket, seats: Seats, drops: Counter[str]
) -> TcpFront | None:
    """Listen where the settings want it; raise OSError."""
    if settings.tcp_port is None:
        return None
    return TcpFront((settings.host, settings.tcp_port), udp, seats, drops)


def _plain(host: str) -> str:
    """Return an IPv4 address that came to an IPv6 socket as such."""
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
