"""Packets that wait for sendmmsg, in memory laid out once.

A message is a packet, or a burst of packets to one receiver that the kernel cuts apart again (UDP
GSO, udp(7) `UDP_SEGMENT`): all of a burst are equally long, the last may be shorter. All messages
that wait have the same number of packets; a block of another kind flushes what is there.

Whoever fills a block calls `claim` for the messages and `strip` for each of their packets, and
writes packet k of a strip at `offset + k * stride` of `view`. Whatever can be written for all
receivers at once is a strided copy: nothing here runs once a receiver. Nothing waits either: what
the kernel does not take is dropped and counted.
"""

import errno
from array import array
from collections import Counter
from typing import Any, Final, NamedTuple

from media.transports.addresses import SOCKADDR_IN6_BYTES
from media.transports.libc import (
    MMSGHDR_BYTES,
    ffi,
    is_full,
    libc,
    segment_control,
    takes_segments,
)

SLOTS: Final = 512
"""Packets that wait at most."""
GRID: Final = 64
"""Bytes; every packet begins at a multiple of it."""
MEMORY: Final = 288 * 1024
"""Bytes: one long packet to all 235 receivers of a county. Everything for a packet is done once a
block, so blocks are large; much larger ones would be out of the cache when the kernel copies."""
LONGEST: Final = 1500
"""Longest packet before protection, bytes."""
TRAILER: Final = 16
"""Room behind it for the authentication tag, bytes; no SRTP profile we offer has a longer one."""
MOST_SEGMENTS: Final = 16
"""Packets of one burst."""
_WORDS: Final = MMSGHDR_BYTES // 8


class Destination:
    """An address in memory that mmsghdrs point at; it moves in place when the peer moves."""

    __slots__ = ("_memory", "name", "sockaddr")

    def __init__(self, sockaddr: bytes) -> None:
        self._memory = ffi.new("char[]", SOCKADDR_IN6_BYTES)
        self.name: Final[int] = int(ffi.cast("uintptr_t", self._memory))
        """The pointer, as a number. Valid for as long as this object lives."""
        self.sockaddr = b""
        self.move(sockaddr)

    def move(self, sockaddr: bytes) -> None:
        self.sockaddr = sockaddr
        ffi.memmove(self._memory, sockaddr, len(sockaddr))


class Strip(NamedTuple):
    """One packet's copies to the receivers of a block."""

    offset: int
    """Where the first copy begins in `view`, bytes."""
    stride: int
    """How far copies are apart, bytes."""
    copies: int
    length: int
    """Of each copy, without trailer, bytes."""
    slots: slice
    """Of the slab, one for each copy."""


def stride_of(length: int) -> int:
    """Return the distance of copies of a packet, trailer included, in bytes."""
    return (length + TRAILER + GRID - 1) // GRID * GRID


class Messages:
    """The mmsghdrs for bursts of `segments` packets: they point at the iovecs in turn."""

    def __init__(self, segments: int, iovecs: Any, name_bytes: int) -> None:
        count = SLOTS // segments
        self.segments = segments
        self.headers: Any = ffi.new("struct mmsghdr[]", count)
        self.control: Any = segment_control() if segments > 1 else None
        """Holds the length of a packet of the burst."""
        for i in range(count):
            header = self.headers[i].msg_hdr
            header.msg_iov, header.msg_iovlen = iovecs + i * segments, segments
            header.msg_namelen = name_bytes
            if self.control is not None:
                header.msg_control = self.control
                header.msg_controllen = ffi.sizeof("struct segment_control")
        self.names = memoryview(ffi.buffer(self.headers)).cast("B").cast("Q")
        """Word `message * _WORDS` is the message's address pointer."""


class SendSlab:
    """`counts` has what went (`sent`, in packets) and the losses: `socket_full`,
    `refused_by_kernel`, `too_long`; and `gso_refused`, bursts that went packet by packet."""

    def __init__(self, fd: int, name_bytes: int) -> None:
        """`name_bytes` is the length of the socket's addresses."""
        self._fd = fd
        self._name_bytes = name_bytes
        self._memory = ffi.new("char[]", MEMORY + GRID)
        start = int(ffi.cast("uintptr_t", self._memory))
        shift = -start % GRID
        self.address: Final = start + shift
        """Where `view` begins."""
        self.view: Final = memoryview(ffi.buffer(self._memory)).cast("B")[shift : shift + MEMORY]
        self.halves: Final = self.view.cast("I")
        self.quads: Final = self.view.cast("Q")
        """The same memory in words of four and of eight bytes."""
        self._grid = memoryview(array("Q", range(self.address, self.address + MEMORY, GRID)))
        self._pointers = [ffi.cast("void *", address) for address in self._grid]
        self._iovecs = ffi.new("struct iovec[]", SLOTS)
        self._parts = memoryview(ffi.buffer(self._iovecs)).cast("B").cast("Q")
        # The low half of iov_len (little endian): libsrtp lengthens the packet there itself.
        self._lengths = [
            ffi.cast("int *", ffi.addressof(self._iovecs[i], "iov_len")) for i in range(SLOTS)
        ]
        self._kinds: dict[int, Messages] = {}
        self._kind = self._messages(1)
        self._first = self._count = 0
        self._used = 0
        self._cancelled: set[int] = set()
        self._held: list[Destination] = []
        self.gso = takes_segments(fd)
        """Bursts may be given to the kernel in one piece."""
        self.counts: Counter[str] = Counter()

    def claim(self, names: memoryview, segments: int, size: int, room: int) -> int:
        """Begin messages to the first receivers of `names` (their Destinations' `name`s); return
        to how many, at least 1.

        Each is of `segments` packets, `size` bytes long with trailer (the last may be shorter),
        and needs `room` bytes: the sum of their `stride_of`.
        """
        kind = self._kind
        if kind.segments != segments or (segments > 1 and kind.control.size != size):
            self.flush()
            kind = self._kind = self._messages(segments)
            if kind.control is not None:
                kind.control.size = size
        fit = min(SLOTS // segments - self._count, (MEMORY - self._used) // room)
        if fit <= 0:
            self.flush()
            fit = min(SLOTS // segments, MEMORY // room)
        taken = min(fit, len(names))
        self._first, self._count = self._count, self._count + taken
        kind.names[self._first * _WORDS : self._count * _WORDS : _WORDS] = names[:taken]
        return taken

    def strip(self, segment: int, length: int, trailer: int = 0) -> Strip:
        """Lay out packet `segment` of the claimed messages, `length` bytes without trailer.

        The messages have `trailer` bytes more; 0 where whoever protects a packet lengthens it.
        """
        count, stride = self._count - self._first, stride_of(length)
        segments, step = self._kind.segments, stride // GRID
        offset, self._used = self._used, self._used + count * stride
        cell = offset // GRID
        slot, end = self._first * segments + segment, self._count * segments
        self._parts[2 * slot : 2 * end : 2 * segments] = self._grid[
            cell : cell + count * step : step
        ]
        self._parts[2 * slot + 1 : 2 * end : 2 * segments] = memoryview(
            array("Q", (length + trailer,)) * count
        )
        return Strip(offset, stride, count, length, slice(slot, end, segments))

    def pointers(self, strip: Strip) -> list[Any]:
        """Return `void *` to each copy."""
        cell, step = strip.offset // GRID, strip.stride // GRID
        return self._pointers[cell : cell + strip.copies * step : step]

    def lengths(self, strip: Strip) -> list[Any]:
        """Return `int *` to each copy's length, for calls that lengthen a packet in place."""
        return self._lengths[strip.slots]

    def copy(self, strip: Strip) -> None:
        """Copy a strip's first packet to all others, by doubling."""
        view, offset, stride = self.view, strip.offset, strip.stride
        done, count = 1, strip.copies
        while done < count:
            more = min(done, count - done)
            at = offset + done * stride
            view[at : at + more * stride] = view[offset : offset + more * stride]
            done += more

    def single(self, destination: Destination, length: int, trailer: int = 0) -> Strip:
        """Claim and lay out one packet; `destination` is held until the next flush."""
        name = memoryview(array("Q", (destination.name,)))
        self.claim(name, 1, length, stride_of(length))
        self._held.append(destination)
        return self.strip(0, length, trailer)

    def cancel(self, receiver: int) -> int:
        """Do not send the message to a receiver of the last claim; return its packets."""
        self._cancelled.add(self._first + receiver)
        return self._kind.segments

    def put(self, destination: Destination, datagram: bytes) -> None:
        """Queue one ready datagram for the next flush; `destination` is held until then."""
        length = len(datagram)
        if length > LONGEST + TRAILER:
            self.counts["too_long"] += 1
            return
        offset = self.single(destination, length).offset
        self.view[offset : offset + length] = datagram

    def flush(self) -> None:
        """Send all that waits, in order."""
        first, count = 0, self._count
        for gap in sorted(self._cancelled):
            self._send(self._kind.headers, first, gap, self._kind.segments)
            first = gap + 1
        self._send(self._kind.headers, first, count, self._kind.segments)
        self._first = self._count = self._used = 0
        self._cancelled.clear()
        self._held.clear()

    def _send(self, headers: Any, first: int, end: int, segments: int) -> int:
        """Send messages `first` to `end`; return how many the kernel took."""
        taken = 0
        while first < end:
            sent: int = libc.sendmmsg(self._fd, headers + first, end - first, 0)
            if sent > 0:
                first += sent
                taken += sent
                self.counts["sent"] += sent * segments
                continue
            number = ffi.errno
            if is_full(number):
                self.counts["socket_full"] += (end - first) * segments
                break
            # This one cannot go (no route, say); the others can.
            if segments == 1:
                self.counts["refused_by_kernel"] += 1
            elif number in (errno.EIO, errno.EINVAL):
                self._send_apart(headers[first].msg_hdr, segments, number)
            else:
                self.counts["refused_by_kernel"] += segments
            first += 1
        return taken

    def _send_apart(self, burst: Any, segments: int, number: int) -> None:
        """Send the packets of a refused burst one by one.

        EINVAL is about this receiver (its path takes only shorter packets, or nothing at all),
        EIO about the interface (it cannot compute checksums): no bursts after that.
        """
        headers = ffi.new("struct mmsghdr[]", segments)
        for i in range(segments):
            header = headers[i].msg_hdr
            header.msg_name, header.msg_namelen = burst.msg_name, burst.msg_namelen
            header.msg_iov, header.msg_iovlen = burst.msg_iov + i, 1
        if self._send(headers, 0, segments, 1):
            self.counts["gso_refused"] += 1
            if number == errno.EIO:
                self.gso = False

    def _messages(self, segments: int) -> Messages:
        kind = self._kinds.get(segments)
        if kind is None:
            kind = self._kinds[segments] = Messages(segments, self._iovecs, self._name_bytes)
        return kind
