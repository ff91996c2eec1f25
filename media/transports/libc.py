"""recvmmsg and sendmmsg of the C library, by cffi's ABI mode: no compiler is needed.

Linux only. The declarations are those of recvmmsg(2), sendmmsg(2) and cmsg(3) on 64-bit machines.
"""

import errno
import socket
import sys
from typing import Any, Final

from cffi import FFI

if sys.platform != "linux" or sys.byteorder != "little" or sys.maxsize < 2**32:
    raise ImportError("the media worker needs 64-bit little-endian Linux")

ffi: Final = FFI()
ffi.cdef(
    """
    struct iovec { void *iov_base; size_t iov_len; };
    struct msghdr {
        void *msg_name; unsigned int msg_namelen;
        struct iovec *msg_iov; size_t msg_iovlen;
        void *msg_control; size_t msg_controllen; int msg_flags;
    };
    struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
    struct segment_control {
        size_t cmsg_len; int cmsg_level; int cmsg_type;
        uint16_t size; uint16_t padding[3];
    };
    int recvmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags, void *timeout);
    int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags);
    int getsockopt(int fd, int level, int option, void *value, unsigned int *length);
    """
)
libc: Final[Any] = ffi.dlopen(None)

MMSGHDR_BYTES: Final = ffi.sizeof("struct mmsghdr")
LENGTH_AT: Final = ffi.offsetof("struct mmsghdr", "msg_len")
"""Where the kernel writes the length of a received datagram, bytes into its mmsghdr."""
NAME_AT: Final = ffi.offsetof("struct mmsghdr", "msg_hdr")
"""Where the pointer to the address stands: the first word."""

assert (MMSGHDR_BYTES, LENGTH_AT, NAME_AT) == (64, 56, 0)


UDP_SEGMENT: Final = 103
"""udp(7): the kernel cuts what it is given into datagrams of this many bytes (UDP GSO)."""
_CMSGHDR_BYTES: Final = 16


def segment_control() -> Any:
    """Return a new `struct segment_control *`: a control message that sets UDP_SEGMENT to `size`
    for one message."""
    control: Any = ffi.new("struct segment_control *")
    control.cmsg_len = _CMSGHDR_BYTES + 2
    control.cmsg_level, control.cmsg_type = socket.IPPROTO_UDP, UDP_SEGMENT
    return control


def takes_segments(fd: int) -> bool:
    """Tell whether the kernel knows UDP_SEGMENT (Linux 4.18) for this UDP socket."""
    value, length = ffi.new("int *"), ffi.new("unsigned int *", 4)
    result: int = libc.getsockopt(fd, socket.IPPROTO_UDP, UDP_SEGMENT, value, length)
    return result == 0


def is_full(number: int) -> bool:
    """Tell whether a send failed for want of room in the socket or below it."""
    return number in (errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM)
