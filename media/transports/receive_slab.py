"""Memory that recvmmsg writes into, laid out once."""

from typing import Any, Final

from media.transports.libc import LENGTH_AT, MMSGHDR_BYTES, ffi, libc

BATCH: Final = 64
STRIDE: Final = 2048
"""Room for one datagram, bytes; one that fills it was cut by the kernel."""


class ReceiveSlab:
    """`receive()` fills up to BATCH packets; packet i begins at i * STRIDE of `data`."""

    def __init__(self, fd: int, name_bytes: int) -> None:
        """`name_bytes` is the length of the socket's addresses."""
        self._fd = fd
        self._name_bytes = name_bytes
        memory = ffi.new("char[]", BATCH * STRIDE)
        names = ffi.new("char[]", BATCH * name_bytes)
        iovecs = ffi.new("struct iovec[]", BATCH)
        headers = ffi.new("struct mmsghdr[]", BATCH)
        for i in range(BATCH):
            iovecs[i].iov_base = memory + i * STRIDE
            iovecs[i].iov_len = STRIDE
            headers[i].msg_hdr.msg_iov = iovecs + i
            headers[i].msg_hdr.msg_iovlen = 1
            headers[i].msg_hdr.msg_name = names + i * name_bytes
            headers[i].msg_hdr.msg_namelen = name_bytes
        self._headers = headers
        self._parts = (memory, names, iovecs)  # cffi frees what nobody holds
        self._names = ffi.buffer(names)
        self.data: Final[Any] = ffi.buffer(memory)
        """Slices are copies."""
        self.pointers: Final[list[Any]] = [
            ffi.cast("void *", memory + i * STRIDE) for i in range(BATCH)
        ]
        words = ffi.cast("uint32_t *", headers)
        self.lengths: Final[list[Any]] = [
            ffi.cast("int *", words + (i * MMSGHDR_BYTES + LENGTH_AT) // 4) for i in range(BATCH)
        ]
        """Pointers to the packets' lengths, for calls that shorten a packet in place."""

    def receive(self) -> int:
        """Take what has come, up to BATCH datagrams; return how many."""
        count: int = libc.recvmmsg(self._fd, self._headers, BATCH, 0, ffi.NULL)
        # An ICMP error of an earlier send is reported here once; it says nothing about this read.
        return max(count, 0)

    def source(self, index: int) -> bytes:
        """Return the `sockaddr` packet `index` came from."""
        at = index * self._name_bytes
        return bytes(self._names[at : at + self._name_bytes])
