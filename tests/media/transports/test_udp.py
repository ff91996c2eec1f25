"""The socket and its slabs: batches in, batches out, and what the kernel does not take."""

import errno
import socket
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from media.transports import send_slab
from media.transports.addresses import packed, readable
from media.transports.libc import ffi, libc
from media.transports.receive_slab import BATCH, STRIDE
from media.transports.send_slab import SLOTS, Destination, SendSlab, stride_of
from media.transports.udp import UdpEndpoint


@pytest.fixture
def endpoint() -> Iterator[UdpEndpoint]:
    opened = UdpEndpoint("127.0.0.1", 0)
    yield opened
    opened.close()


@pytest.fixture
def peer() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        opened.bind(("127.0.0.1", 0))
        opened.setblocking(False)
        yield opened


def destination_of(peer: socket.socket) -> Destination:
    return Destination(packed(socket.AF_INET, *peer.getsockname()))


def received(peer: socket.socket) -> list[bytes]:
    found = []
    while True:
        try:
            found.append(peer.recv(4096))
        except BlockingIOError:
            return found


def test_a_batch_is_received_with_lengths_and_sources(
    endpoint: UdpEndpoint, peer: socket.socket
) -> None:
    for n in range(3):
        peer.sendto(bytes((n,)) * (n + 1), ("127.0.0.1", endpoint.port))
    inbox = endpoint.inbox
    assert inbox.receive() == 3
    for n in range(3):
        length = inbox.lengths[n][0]
        assert inbox.data[n * STRIDE : n * STRIDE + length] == bytes((n,)) * (n + 1)
        assert readable(inbox.source(n)) == peer.getsockname()
    assert inbox.receive() == 0


def test_more_than_a_batch_is_received_in_several(
    endpoint: UdpEndpoint, peer: socket.socket
) -> None:
    for _ in range(BATCH + 5):
        peer.sendto(b"x", ("127.0.0.1", endpoint.port))
    assert [endpoint.inbox.receive(), endpoint.inbox.receive()] == [BATCH, 5]


def test_a_datagram_that_was_cut_fills_its_room(endpoint: UdpEndpoint, peer: socket.socket) -> None:
    peer.sendto(bytes(STRIDE + 500), ("127.0.0.1", endpoint.port))
    assert endpoint.inbox.receive() == 1
    assert endpoint.inbox.lengths[0][0] == STRIDE


def test_what_is_put_goes_out_in_order_with_the_flush(
    endpoint: UdpEndpoint, peer: socket.socket
) -> None:
    for n in range(SLOTS + 3):  # a full slab flushes itself
        endpoint.outbox.put(destination_of(peer), n.to_bytes(2, "big") * (n % 700 + 1))
    endpoint.outbox.flush()
    assert received(peer) == [n.to_bytes(2, "big") * (n % 700 + 1) for n in range(SLOTS + 3)]
    assert endpoint.outbox.counts["sent"] == SLOTS + 3


def test_a_moved_destination_takes_its_packets_along(
    endpoint: UdpEndpoint, peer: socket.socket
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        destination = destination_of(other)
        destination.move(destination_of(peer).sockaddr)
        endpoint.outbox.put(destination, b"here")
        endpoint.outbox.flush()
    assert received(peer) == [b"here"]


def test_one_address_the_kernel_refuses_does_not_stop_the_others(
    endpoint: UdpEndpoint, peer: socket.socket
) -> None:
    nowhere = Destination(packed(socket.AF_INET, "127.0.0.1", 0))
    for destination in (destination_of(peer), nowhere, destination_of(peer)):
        endpoint.outbox.put(destination, b"x")
    endpoint.outbox.flush()
    assert received(peer) == [b"x", b"x"]
    assert endpoint.outbox.counts == {"sent": 2, "refused_by_kernel": 1}


def test_a_port_nobody_listens_on_does_no_harm(endpoint: UdpEndpoint, peer: socket.socket) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        destination = destination_of(gone)
    for _ in range(3):
        endpoint.outbox.put(destination, b"x")
        endpoint.outbox.flush()
    peer.sendto(b"still here", ("127.0.0.1", endpoint.port))
    assert [endpoint.inbox.receive() for _ in range(3)].count(1) == 1


class FullKernel:
    """Takes two datagrams of the first call and then has no room."""

    def __init__(self) -> None:
        self.calls = 0

    def sendmmsg(self, fd: int, messages: object, count: int, flags: int) -> int:
        self.calls += 1
        if self.calls == 1:
            return 2
        ffi.errno = errno.EAGAIN
        return -1


def test_a_full_socket_drops_and_counts_and_does_not_wait(
    endpoint: UdpEndpoint, peer: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = FullKernel()
    monkeypatch.setattr(send_slab, "libc", kernel)
    for _ in range(5):
        endpoint.outbox.put(destination_of(peer), b"x")
    endpoint.outbox.flush()
    assert endpoint.outbox.counts == {"sent": 2, "socket_full": 3}
    assert kernel.calls == 2
    endpoint.outbox.flush()
    assert kernel.calls == 2


def a_burst(outbox: SendSlab, peers: Sequence[socket.socket], lengths: Sequence[int]) -> None:
    """Send one burst to each peer; a packet's first bytes are its number and the peer's."""
    destinations = [destination_of(peer) for peer in peers]
    names = memoryview(array("Q", [destination.name for destination in destinations]))
    room = sum(map(stride_of, lengths))
    assert outbox.claim(names, len(lengths), lengths[0], room) == len(peers)
    for segment, length in enumerate(lengths):
        strip = outbox.strip(segment, length)
        outbox.view[strip.offset : strip.offset + length] = bytes((segment,)) * length
        outbox.copy(strip)
        for n in range(len(peers)):
            outbox.view[strip.offset + n * stride_of(length) + 1] = n
    outbox.flush()


def test_a_burst_arrives_as_its_packets_in_order(
    endpoint: UdpEndpoint, peer: socket.socket
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        other.setblocking(False)
        a_burst(endpoint.outbox, (peer, other), (1000, 1000, 400))
        for n, one in enumerate((peer, other)):
            found = received(one)
            assert [(p[0], p[1], len(p)) for p in found] == [
                (0, n, 1000),
                (1, n, 1000),
                (2, n, 400),
            ]
    assert endpoint.outbox.counts == {"sent": 6}


def test_a_cancelled_message_leaves_the_others_in_place(
    endpoint: UdpEndpoint, peer: socket.socket
) -> None:
    outbox, to = endpoint.outbox, destination_of(peer)
    for n in range(4):
        outbox.put(to, bytes((n,)))
        if n in (0, 2):
            assert outbox.cancel(0) == 1
    outbox.flush()
    assert received(peer) == [b"\1", b"\3"]
    assert outbox.counts["sent"] == 2


class NoSegments:
    """A kernel that sends packets but refuses bursts."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.bursts = 0

    def sendmmsg(self, fd: int, messages: Any, count: int, flags: int) -> int:
        if messages[0].msg_hdr.msg_iovlen > 1:
            self.bursts += 1
            ffi.errno = self.number
            return -1
        return int(libc.sendmmsg(fd, messages, count, flags))


@pytest.mark.parametrize(("number", "goes_on"), [(errno.EINVAL, True), (errno.EIO, False)])
def test_a_refused_burst_goes_packet_by_packet(
    endpoint: UdpEndpoint,
    peer: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    goes_on: bool,
) -> None:
    kernel = NoSegments(number)
    monkeypatch.setattr(send_slab, "libc", kernel)
    a_burst(endpoint.outbox, (peer, peer), (600, 600, 20))
    assert [(p[0], p[1], len(p)) for p in received(peer)] == [
        (segment, n, length) for n in range(2) for segment, length in enumerate((600, 600, 20))
    ]
    assert endpoint.outbox.counts == {"sent": 6, "gso_refused": 2}
    assert endpoint.outbox.gso is goes_on


def test_a_burst_to_nowhere_is_not_held_against_bursts(
    endpoint: UdpEndpoint, peer: socket.socket
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unbound:
        a_burst(endpoint.outbox, (unbound, peer), (50, 50))
    assert len(received(peer)) == 2
    assert endpoint.outbox.counts == {"sent": 2, "refused_by_kernel": 2}
    assert endpoint.outbox.gso


def test_a_datagram_longer_than_a_slot_is_counted(
    endpoint: UdpEndpoint, peer: socket.socket
) -> None:
    endpoint.outbox.put(destination_of(peer), bytes(send_slab.LONGEST + send_slab.TRAILER + 1))
    endpoint.outbox.flush()
    assert endpoint.outbox.counts == {"too_long": 1}


def test_an_ipv6_socket_talks_to_both_kinds() -> None:
    endpoint = UdpEndpoint("::", 0)
    try:
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            with socket.socket(family, socket.SOCK_DGRAM) as peer:
                peer.setblocking(False)
                peer.sendto(b"ping", (host, endpoint.port))
                assert endpoint.inbox.receive() == 1
                source = endpoint.inbox.source(0)
                assert readable(source)[0] == host
                endpoint.outbox.put(Destination(source), b"pong")
                endpoint.outbox.flush()
                assert received(peer) == [b"pong"]
    finally:
        endpoint.close()
