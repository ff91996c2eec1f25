"""recvmmsg and sendmmsg of the C library, by cffi's ABI mode: no compiler is needed.

Linux only. The declarations are those of recvmmsg(2) and sendmmsg(2) on 64-bit machines.
"""

import errno
import os
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
    int recvmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags, void *timeout);
    int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags);
    """
)
libc: Final[Any] = ffi.dlopen(None)

MMSGHDR_BYTES: Final = ffi.sizeof("struct mmsghdr")
LENGTH_AT: Final = ffi.offsetof("struct mmsghdr", "msg_len")
"""Where the kernel writes the length of a received datagram, bytes into its mmsghdr."""
NAME_AT: Final = ffi.offsetof("struct mmsghdr", "msg_hdr")
"""Where the pointer to the address stands: the first word."""

assert (MMSGHDR_BYTES, LENGTH_AT, NAME_AT) == (64, 56, 0)


def last_error() -> OSError:
    """Return the error of the last call as the exception Python would raise."""
    number = ffi.errno
    return OSError(number, os.strerror(number))


def is_full(number: int) -> bool:
    """Tell whether a send failed for want of room in the socket or below it."""
    return number in (errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM)
