"""The null forwarder: what comes goes to every receiver as it is.

Receive and `sendmmsg`, no cipher, no rewriting: what the kernel alone costs. It gets everything
that the server gets: what is to be forwarded, and what is not (streams that nobody receives, the
receivers' checks and reports), which it throws away. Started as a process of its own; the first
line of standard input is JSON: `host` (an address of this machine), the receivers' `ports`, and
`forwarded`: SSRCs, to how many ports, and `but` one. The answer is a line with its own port. It
ends when standard input closes.
"""

import json
import select
import socket
import sys
from collections.abc import Sequence
from typing import Any

from media.transports.addresses import SOCKADDR_IN_BYTES, packed
from media.transports.libc import ffi, libc
from media.transports.receive_slab import STRIDE
from media.transports.udp import UdpEndpoint


class _Audience:
    """One mmsghdr for each receiver, all pointing at the same datagram."""

    def __init__(self, fd: int, host: str, ports: Sequence[int]) -> None:
        self._fd = fd
        self._count = len(ports)
        names = ffi.new("char[]", SOCKADDR_IN_BYTES * len(ports))
        self._iovec: Any = ffi.new("struct iovec *")
        self._headers = ffi.new("struct mmsghdr[]", len(ports))
        for i, port in enumerate(ports):
            name = names + i * SOCKADDR_IN_BYTES
            ffi.memmove(name, packed(socket.AF_INET, host, port), SOCKADDR_IN_BYTES)
            header: Any = self._headers[i].msg_hdr
            header.msg_iov, header.msg_iovlen = self._iovec, 1
            header.msg_name, header.msg_namelen = name, SOCKADDR_IN_BYTES
        self._held = names

    def send(self, pointer: Any, length: int) -> None:
        self._iovec.iov_base = pointer
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
    inbox = endpoint.inbox
    audiences: dict[bytes, _Audience] = {}
    for stream in given["forwarded"]:
        ports = [port for port in given["ports"] if port != stream["but"]][: stream["count"]]
        ssrc = stream["ssrc"].to_bytes(4, "big")
        audiences[ssrc] = _Audience(endpoint.fd, given["host"], ports)
    print(json.dumps({"port": endpoint.port}), flush=True)
    with select.epoll() as poll:
        poll.register(endpoint.fd, select.EPOLLIN)
        poll.register(sys.stdin.fileno(), select.EPOLLIN | select.EPOLLHUP)
        while all(fd == endpoint.fd for fd, _ in poll.poll()):
            for index in range(inbox.receive()):
                at = index * STRIDE
                audience = audiences.get(inbox.data[at + 8 : at + 12])
                if audience is not None:
                    audience.send(inbox.pointers[index], inbox.lengths[index][0])
    endpoint.close()


if __name__ == "__main__":
    main()
