"""Slabs of a socket that is bound to all addresses of a machine with several interfaces.

The kernel would answer from the address its routing table likes; a browser drops what does not come
from the address it sent to. So every datagram says which of our addresses it came to, and every
message which one it goes from (IP_PKTINFO of ip(7), IPV6_PKTINFO of RFC 3542 §6). The control
messages lie beside the mmsghdrs, laid out once; for a block of receivers the addresses are one
strided copy. A machine with one address has the plain slabs.
"""

import socket
from array import array
from collections.abc import Iterator
from typing import Any, Final

from media.transports.libc import UDP_SEGMENT, ffi
from media.transports.receive_slab import BATCH, ReceiveSlab
from media.transports.send_slab import SLOTS, Destination, Messages, SendSlab

AREA: Final = 64
"""Bytes of the control messages of one message."""
MOST_TABLES: Final = 1_024
"""Arrays of receivers whose addresses are kept looked up."""
MAX_PINNED: Final = 16_384
"""Peers whose way is remembered; the oldest give way."""

_IP_PKTINFO: Final = 8
_IPV6_RECVPKTINFO, _IPV6_PKTINFO = 49, 50
_HEAD: Final = 16
"""Bytes of a cmsghdr."""
_WORDS: Final = AREA // 8
_ANY_MAPPED: Final = bytes(10) + b"\xff\xff" + bytes(4)
"""::ffff:0.0.0.0, which an IPv6 socket needs for an IPv4 peer where the kernel is to choose."""


def ask_for_addresses(sock: socket.socket) -> None:
    """Let the kernel tell with every datagram which address it came to."""
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVPKTINFO, 1)
    else:
        sock.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)


def _is_ipv6(name_bytes: int) -> bool:
    return name_bytes > 16


class PinnedReceiveSlab(ReceiveSlab):
    """A ReceiveSlab that knows the address each packet came to."""

    def __init__(self, fd: int, name_bytes: int) -> None:
        super().__init__(fd, name_bytes)
        # Exactly one control message fits: so the kernel leaves the length as it is.
        space = 40 if _is_ipv6(name_bytes) else 32
        self._controls = ffi.new("char[]", BATCH * AREA)
        for i in range(BATCH):
            header = self._headers[i].msg_hdr
            header.msg_control = self._controls + i * AREA
            header.msg_controllen = space
        self._control_bytes = ffi.buffer(self._controls)
        self._at = (_HEAD, _HEAD + 16) if _is_ipv6(name_bytes) else (_HEAD + 4, _HEAD + 8)

    def local(self, index: int) -> bytes:
        """Return the address packet `index` came to: 4 bytes, or 16 of an IPv6 socket."""
        begin, end = self._at
        return bytes(self._control_bytes[index * AREA + begin : index * AREA + end])


class _Controls:
    """The control messages beside the mmsghdrs for bursts of one size."""

    def __init__(self, kind: Messages, *, ipv6: bool) -> None:
        count = SLOTS // kind.segments
        memory: Any = ffi.new("char[]", count * AREA)
        self._memory = memory
        words = memoryview(ffi.buffer(memory)).cast("B").cast("Q")
        info = 40 if ipv6 else 32
        level, option = (
            (socket.IPPROTO_IPV6, _IPV6_PKTINFO) if ipv6 else (socket.IPPROTO_IP, _IP_PKTINFO)
        )
        for at in range(0, count * _WORDS, _WORDS):
            words[at], words[at + 1] = _HEAD + (20 if ipv6 else 12), level | option << 32
            if kind.segments > 1:
                segment = at + info // 8
                words[segment] = _HEAD + 2
                words[segment + 1] = socket.IPPROTO_UDP | UDP_SEGMENT << 32
        for i in range(count):
            header = kind.headers[i].msg_hdr
            header.msg_control = memory + i * AREA
            header.msg_controllen = info + (24 if kind.segments > 1 else 0)
        self.words = words
        self._size_at = info // 8 + 2

    def write(self, first: int, columns: list[memoryview], size: int | None) -> None:
        """Write our addresses for the messages from `first` on, and the length of a segment."""
        count = len(columns[0])
        for number, column in enumerate(columns, 2):
            at = first * _WORDS + number
            self.words[at : at + count * _WORDS : _WORDS] = column
        if size is not None:
            at = first * _WORDS + self._size_at
            self.words[at : at + count * _WORDS : _WORDS] = memoryview(array("Q", (size,)) * count)


class PinnedSendSlab(SendSlab):
    """A SendSlab that sends to each peer from the address `pin` named for it."""

    def __init__(self, fd: int, name_bytes: int) -> None:
        self._ipv6 = _is_ipv6(name_bytes)
        self._controls: dict[int, _Controls] = {}
        self._locals: dict[bytes, bytes] = {}
        self._columns: dict[int, tuple[object, list[memoryview]]] = {}
        """By the identity of an array of names: the array, so that it stays, and its columns."""
        self._only: bytes | None = None
        super().__init__(fd, name_bytes)

    def pin(self, sockaddr: bytes, local: bytes) -> None:
        """Send to this peer from this address of ours from now on."""
        if self._locals.get(sockaddr) == local:
            return
        self._locals.pop(sockaddr, None)
        if len(self._locals) >= MAX_PINNED:
            del self._locals[next(iter(self._locals))]
        self._locals[sockaddr] = local
        self.forget()

    def pinned(self, sockaddr: bytes) -> bytes | None:
        """Return the address of ours that was named for a peer."""
        return self._locals.get(sockaddr)

    def forget(self) -> None:
        """Look all addresses up again: a Destination has moved."""
        self._columns.clear()

    def put_from(self, local: bytes, destination: Destination, datagram: bytes) -> None:
        """Queue one ready datagram that goes from this address of ours, whatever is pinned."""
        self._only = local
        try:
            self.put(destination, datagram)
        finally:
            self._only = None

    def claim(self, names: memoryview, segments: int, size: int, room: int) -> int:
        taken = super().claim(names, segments, size, room)
        columns = [column[:taken] for column in self._columns_of(names)]
        kind = self._kind
        length = kind.control.size if kind.control is not None else None
        self._controls[segments].write(self._first, columns, length)
        return taken

    def _columns_of(self, names: memoryview) -> list[memoryview]:
        """Return our addresses for these receivers, in words as the control messages have them."""
        if self._only is not None or len(names) == 1:
            return list(self._in_words([self._local_of(name) for name in names]))
        known = self._columns.get(id(names.obj))
        if known is None:
            if len(self._columns) >= MOST_TABLES:
                self._columns.clear()
            everybody = memoryview(names.obj)
            locals_ = [self._local_of(name) for name in everybody]
            known = self._columns[id(names.obj)] = (names.obj, list(self._in_words(locals_)))
        begin = len(known[1][0]) - len(names)  # a claim is for the rest of a block
        return [column[begin:] for column in known[1]]

    def _local_of(self, name: int) -> bytes:
        if self._only is not None:
            return self._only
        sockaddr = bytes(ffi.buffer(ffi.cast("char *", name), self._name_bytes))
        local = self._locals.get(sockaddr)
        if local is not None:
            return local
        if not self._ipv6:
            return bytes(4)
        return _ANY_MAPPED if sockaddr[8:20] == _ANY_MAPPED[:12] else bytes(16)

    def _in_words(self, found: list[bytes]) -> Iterator[memoryview]:
        if self._ipv6:
            both = memoryview(b"".join(found)).cast("Q")
            yield from (both[0::2], both[1::2])
        else:
            # Behind the number of an interface, which stays 0: any.
            yield memoryview(array("Q", [int.from_bytes(one, "little") << 32 for one in found]))

    def _messages(self, segments: int) -> Messages:
        kind = super()._messages(segments)
        if segments not in self._controls:
            self._controls[segments] = _Controls(kind, ipv6=self._ipv6)
        return kind
