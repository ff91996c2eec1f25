"""The null forwarder: every datagram that comes goes to every receiver as it is.

Receive and `sendmmsg`, no cipher, no rewriting: what the kernel alone costs. Started as a process
of its own; the first line of standard input is JSON, `host` (an address of this machine) and the
receivers' `ports`, the answer is a line with its own port. It ends when standard input closes.
"""

import json
import select
import socket
import sys
from typing import Any

from media.transports.addresses import SOCKADDR_IN_BYTES, packed
from media.transports.libc import ffi, libc
from media.transports.udp import UdpEndpoint

_LONGEST = 2048


class _Slab:
    """One mmsghdr for each receiver, all pointing at the same datagram."""

    def __init__(self, fd: int, host: str, ports: list[int]) -> None:
        self._fd = fd
        self._count = len(ports)
        names = ffi.new("char[]", SOCKADDR_IN_BYTES * len(ports))
        iovec: Any = ffi.new("struct iovec *")
        self.memory = ffi.new("char[]", _LONGEST)
        iovec.iov_base = self.memory
        self._iovec = iovec
        self._headers = ffi.new("struct mmsghdr[]", len(ports))
        for i, port in enumerate(ports):
            name = names + i * SOCKADDR_IN_BYTES
            ffi.memmove(name, packed(socket.AF_INET, host, port), SOCKADDR_IN_BYTES)
            header: Any = self._headers[i].msg_hdr
            header.msg_iov, header.msg_iovlen = iovec, 1
            header.msg_name, header.msg_namelen = name, SOCKADDR_IN_BYTES
        self._held = names

    def send(self, length: int) -> None:
        self._iovec.iov_len = length
        done = 0
        while done < self._count:
            sent = libc.sendmmsg(self._fd, self._headers + done, self._count - done, 0)
            if sent <= 0:
                return  # a full buffer: dropped, and seen in what the receivers count
            done += sent


def main() -> None:
    """Forward until standard input closes."""
    given = json.loads(sys.stdin.readline())
    endpoint = UdpEndpoint(given["host"], 0)
    slab = _Slab(endpoint.fd, given["host"], given["ports"])
    view = ffi.buffer(slab.memory)
    print(json.dumps({"port": endpoint.port}), flush=True)
    with select.epoll() as poll:
        poll.register(endpoint.fd, select.EPOLLIN)
        poll.register(sys.stdin.fileno(), select.EPOLLIN | select.EPOLLHUP)
        while all(fd == endpoint.fd for fd, _ in poll.poll()):
            try:
                while True:
                    slab.send(endpoint.socket.recv_into(view))
            except BlockingIOError:
                continue
    endpoint.close()


if __name__ == "__main__":
    main()
