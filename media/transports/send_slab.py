"""Packets that wait for sendmmsg, in memory laid out once.

The iovecs and mmsghdrs never change but for length and address. Whoever fills a slot writes the
packet at the slot's offset of `view`, its length through the slot's length pointer, and a
Destination's `name` into `names`; `flush()` hands all filled slots to the kernel in one call.
Nothing here waits: what the kernel does not take is dropped and counted.
"""

from collections import Counter
from typing import Any, Final

from media.transports.addresses import SOCKADDR_IN6_BYTES
from media.transports.libc import MMSGHDR_BYTES, ffi, is_full, last_error, libc

SLOTS: Final = 128
"""220 KB: what was written is still in the cache when the kernel copies it."""
STRIDE: Final = 1728
"""Bytes from slot to slot: an Ethernet frame's worth and libsrtp's largest trailer."""
LONGEST: Final = 1500
"""Longest packet before protection, bytes."""
WORDS: Final = MMSGHDR_BYTES // 8
"""64-bit words of `names` from one slot's address pointer to the next."""


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


class SendSlab:
    """`counts` has `sent` and the losses: `socket_full`, `refused_by_kernel`, `too_long`."""

    def __init__(self, fd: int, name_bytes: int) -> None:
        """`name_bytes` is the length of the socket's addresses."""
        self._fd = fd
        memory = ffi.new("char[]", SLOTS * STRIDE)
        iovecs = ffi.new("struct iovec[]", SLOTS)
        headers = ffi.new("struct mmsghdr[]", SLOTS)
        self.slots: Final[list[tuple[Any, Any, int]]] = []
        """Of each slot: pointer, pointer to its length as `int *`, offset in `view`."""
        for i in range(SLOTS):
            iovecs[i].iov_base = memory + i * STRIDE
            headers[i].msg_hdr.msg_iov = iovecs + i
            headers[i].msg_hdr.msg_iovlen = 1
            headers[i].msg_hdr.msg_namelen = name_bytes
            # The low half of iov_len (little endian): libsrtp lengthens the packet there itself.
            length = ffi.cast("int *", ffi.addressof(iovecs[i], "iov_len"))
            self.slots.append((ffi.cast("void *", memory + i * STRIDE), length, i * STRIDE))
        self._headers = headers
        self._parts = (memory, iovecs)  # cffi frees what nobody holds
        self._held: list[Destination] = []
        self.view: Final = memoryview(ffi.buffer(memory)).cast("B")
        self.names: Final = memoryview(ffi.buffer(headers)).cast("B").cast("Q")
        """Word `slot * WORDS` is the slot's address pointer."""
        self.filled = 0
        """Slots that wait for `flush`."""
        self.counts: Counter[str] = Counter()

    def put(self, destination: Destination, datagram: bytes) -> None:
        """Queue one ready datagram for the next flush; `destination` is held until then."""
        length = len(datagram)
        if length > STRIDE:
            self.counts["too_long"] += 1
            return
        if self.filled == SLOTS:
            self.flush()
        _, length_pointer, at = self.slots[self.filled]
        self.view[at : at + length] = datagram
        length_pointer[0] = length
        self.names[self.filled * WORDS] = destination.name
        self.filled += 1
        self._held.append(destination)

    def flush(self) -> None:
        """Send all filled slots, in order."""
        count, self.filled = self.filled, 0
        done = 0
        while done < count:
            sent: int = libc.sendmmsg(self._fd, self._headers + done, count - done, 0)
            if sent > 0:
                done += sent
                self.counts["sent"] += sent
                continue
            if is_full(last_error().errno or 0):
                self.counts["socket_full"] += count - done
                break
            # This one cannot go (no route, say); the others can.
            self.counts["refused_by_kernel"] += 1
            done += 1
        self._held.clear()
