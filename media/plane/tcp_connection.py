"""One TCP connection and its relay. A slow reader loses packets, as on a thin line of UDP; it is
never waited for, and what is kept for it is bounded.
"""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import Callable
from typing import Final, NamedTuple

from media.transports.framing import Deframer, FramingError, framed

SEND_BUFFER: Final = 64 * 1024
"""Bytes asked of the kernel for what is not yet acknowledged: at 1 Mbit/s half a second, more
would be delay and not throughput."""
AT_ONCE: Final = 32
"""Packets taken from the relay before other things of the loop have their turn."""
READ_BYTES: Final = 64 * 1024
_LONGEST_DATAGRAM: Final = 2048


class Introduction(NamedTuple):
    """What an authenticated connection gets: its relay, and what is to be called at its end."""

    relay: socket.socket
    forget: Callable[[], object]


class TcpConnection:
    """`heard` is when something came, seconds of the loop's clock; `peer` its address.

    `introduce` is asked once, with the first packet; None closes the connection.
    """

    def __init__(
        self,
        accepted: socket.socket,
        peer: tuple[str, int],
        loop: asyncio.AbstractEventLoop,
        drops: Counter[str],
        introduce: Callable[["TcpConnection", bytes], Introduction | None],
    ) -> None:
        self.peer = peer
        self.heard = loop.time()
        self.on_close: Callable[[TcpConnection], None] = lambda connection: None
        self._socket = accepted
        self._loop = loop
        self._drops = drops
        self._introduce = introduce
        self._deframer = Deframer()
        self._introduction: Introduction | None = None
        self._unsent = b""
        """The rest of frames the kernel took only a part of: without it the stream is broken."""
        self._closed = False
        accepted.setblocking(False)
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        loop.add_reader(accepted.fileno(), self._on_stream)

    def flush(self) -> None:
        """Send what the plane has said last, as far as it goes at once."""
        if self._introduction is not None and not self._closed:
            self._on_relay()

    def close(self, reason: str = "") -> None:
        """Close, counted as a drop under `reason` if there is one; harmless when repeated."""
        if self._closed:
            return
        self._closed = True
        if reason:
            self._drops[reason] += 1
        self._loop.remove_reader(self._socket.fileno())
        self._loop.remove_writer(self._socket.fileno())
        self._socket.close()
        if self._introduction is not None:
            self._loop.remove_reader(self._introduction.relay.fileno())
            self._introduction.relay.close()
            self._introduction.forget()
        self.on_close(self)

    def _on_stream(self) -> None:
        """The peer sent something."""
        try:
            data = self._socket.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self.close("tcp_reset")
            return
        if not data:
            self.close()
            return
        try:
            packets = self._deframer.feed(data)
        except FramingError:
            self.close("tcp_malformed")
            return
        for packet in packets:
            self._take(packet)
            if self._closed:
                return

    def _take(self, packet: bytes) -> None:
        if self._introduction is None:
            self._introduction = self._introduce(self, packet)
            if self._introduction is None:
                self.close()
                return
            self._loop.add_reader(self._introduction.relay.fileno(), self._on_relay)
        self.heard = self._loop.time()
        try:
            self._introduction.relay.send(packet)
        except BlockingIOError:
            self._drops["tcp_relay_full"] += 1
        except OSError:
            self.close("tcp_relay")

    def _on_relay(self) -> None:
        """The plane sent something: pass it on, or drop it while the peer does not read."""
        assert self._introduction is not None
        packets: list[bytes] = []
        with contextlib.suppress(BlockingIOError):
            for _ in range(AT_ONCE):
                try:
                    packets.append(self._introduction.relay.recv(_LONGEST_DATAGRAM))
                except ConnectionRefusedError:  # the plane's port is closed
                    break
        if self._unsent:
            self._drops["tcp_slow"] += len(packets)
        elif packets:
            self._send(packets)

    def _send(self, packets: list[bytes]) -> None:
        data = framed(packets)
        try:
            sent = self._socket.send(data)
        except BlockingIOError:
            self._drops["tcp_slow"] += len(packets)
            return
        except OSError:
            self.close("tcp_reset")
            return
        if sent < len(data):
            self._keep(data[sent:])

    def _keep(self, rest: bytes) -> None:
        self._unsent = rest
        self._loop.add_writer(self._socket.fileno(), self._on_writable)

    def _on_writable(self) -> None:
        try:
            sent = self._socket.send(self._unsent)
        except BlockingIOError:
            return
        except OSError:
            self.close("tcp_reset")
            return
        self._unsent = self._unsent[sent:]
        if not self._unsent:
            self._loop.remove_writer(self._socket.fileno())
