"""What the two ends of a pipe say to each other, over a unix socket between two workers.

A socket of type SOCK_SEQPACKET keeps messages apart and in order, tells when the other end is gone,
and is found by a name that lives as long as it does (unix(7), abstract). Whoever knows the name
must show a token: the names are no secret on the machine.
"""

import asyncio
import hmac
import secrets
import socket
from collections import deque
from collections.abc import Callable
from typing import Final

import structlog
from structlog.typing import FilteringBoundLogger

LONGEST: Final = 160 * 1024
"""Bytes of one message; the kernel's default buffer takes it. A Here is about 1 KB."""
MOST_WAITING: Final = 4096
"""Messages that wait for a worker that is busy; one that lets more pile up is given up."""
_AT_ONCE: Final = 64

_log: FilteringBoundLogger = structlog.get_logger(__name__)


class Link:
    """One end. `on_message` and `on_closed` are called on the event loop, on_closed at most once
    and not for a `close` of our own."""

    def __init__(
        self,
        connected: socket.socket,
        on_message: Callable[[bytes], None],
        on_closed: Callable[[], None],
    ) -> None:
        self._socket = connected
        self._on_message = on_message
        self._on_closed = on_closed
        self._waiting: deque[bytes] = deque()
        self._loop = asyncio.get_running_loop()
        self._closed = False
        connected.setblocking(False)
        self._loop.add_reader(connected.fileno(), self._read)

    def send(self, message: bytes) -> None:
        """Send in order, now or when there is room; nothing once the other end is gone."""
        if self._closed:
            return
        self._waiting.append(message)
        if len(self._waiting) > MOST_WAITING or len(message) > LONGEST:
            _log.error("a pipe is given up", waiting=len(self._waiting), octets=len(message))
            self._lose()
        elif len(self._waiting) == 1:
            self._write()

    def close(self) -> None:
        """Close this end; harmless when repeated."""
        if not self._closed:
            self._closed = True
            self._loop.remove_reader(self._socket.fileno())
            self._loop.remove_writer(self._socket.fileno())
            self._socket.close()

    def _write(self) -> None:
        while self._waiting:
            try:
                self._socket.send(self._waiting[0])
            except BlockingIOError:
                self._loop.add_writer(self._socket.fileno(), self._write)
                return
            except OSError:
                self._lose()
                return
            self._waiting.popleft()
        self._loop.remove_writer(self._socket.fileno())

    def _read(self) -> None:
        for _ in range(_AT_ONCE):
            if self._closed:
                return
            try:
                message = self._socket.recv(LONGEST)
            except BlockingIOError:
                return
            except OSError:
                message = b""
            if not message:
                self._lose()
                return
            self._on_message(message)

    def _lose(self) -> None:
        if not self._closed:
            self.close()
            self._on_closed()


class Door:
    """Where the other end comes in, once: `on_link` gets its socket."""

    def __init__(self, on_link: Callable[[socket.socket], None]) -> None:
        self._on_link = on_link
        self._loop = asyncio.get_running_loop()
        self.name: Final = f"liancun-pipe-{secrets.token_hex(16)}"
        self.token: Final = secrets.token_hex(16)
        self._guests: set[socket.socket] = set()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.setblocking(False)
        self._listener.bind(f"\0{self.name}")
        self._listener.listen(4)
        self._loop.add_reader(self._listener.fileno(), self._accept)

    def close(self) -> None:
        """Let nobody in any more; harmless when repeated."""
        if self._listener.fileno() >= 0:
            self._loop.remove_reader(self._listener.fileno())
            self._listener.close()
        for guest in list(self._guests):
            self._dismiss(guest)

    def _accept(self) -> None:
        try:
            guest, _ = self._listener.accept()
        except OSError:
            return
        guest.setblocking(False)
        self._guests.add(guest)
        self._loop.add_reader(guest.fileno(), self._greet, guest)

    def _greet(self, guest: socket.socket) -> None:
        try:
            token = guest.recv(len(self.token))
        except OSError:
            token = b""
        if not hmac.compare_digest(token, self.token.encode()):
            self._dismiss(guest)
            return
        self._loop.remove_reader(guest.fileno())
        self._guests.discard(guest)
        self.close()
        self._on_link(guest)

    def _dismiss(self, guest: socket.socket) -> None:
        self._loop.remove_reader(guest.fileno())
        self._guests.discard(guest)
        guest.close()


def knock(name: str, token: str) -> socket.socket:
    """Connect to the door of that name. Raises OSError; does not wait."""
    ours = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setblocking(False)
    try:
        ours.connect(f"\0{name}")
        ours.send(token.encode())
    except OSError:
        ours.close()
        raise
    return ours
