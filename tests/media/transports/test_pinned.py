"""A machine with several addresses answers from the one it was spoken to."""

import socket
from array import array
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from media.transports import pinned
from media.transports.addresses import packed, several
from media.transports.pinned import PinnedReceiveSlab, PinnedSendSlab
from media.transports.receive_slab import STRIDE
from media.transports.send_slab import Destination, SendSlab, stride_of
from media.transports.udp import UdpEndpoint


class Host:
    """An endpoint bound to all addresses, and peers on loopback."""

    def __init__(self, host: str) -> None:
        self.endpoint = UdpEndpoint(host, 0, pinned=True)
        self.peers: list[socket.socket] = []
        assert isinstance(self.endpoint.inbox, PinnedReceiveSlab)
        assert isinstance(self.endpoint.outbox, PinnedSendSlab)
        self.inbox, self.outbox = self.endpoint.inbox, self.endpoint.outbox

    def peer(self, host: str = "127.0.0.1") -> socket.socket:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        peer = socket.socket(family, socket.SOCK_DGRAM)
        peer.bind((host, 0))
        peer.settimeout(5)
        self.peers.append(peer)
        return peer

    def hear(self, peer: socket.socket, at: str, data: bytes = b"hello") -> tuple[bytes, bytes]:
        """Let a peer speak to one address; return whom and where the endpoint heard it."""
        peer.sendto(data, (at, self.endpoint.port))
        assert self.inbox.receive() == 1
        assert self.inbox.data[: len(data)] == data
        return self.inbox.source(0), self.inbox.local(0)

    def close(self) -> None:
        self.endpoint.close()
        for peer in self.peers:
            peer.close()


@contextmanager
def a_host(host: str = "0.0.0.0") -> Iterator[Host]:
    it = Host(host)
    try:
        yield it
    finally:
        it.close()


@pytest.mark.parametrize(
    ("bound", "at", "seen"),
    [
        ("0.0.0.0", "127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.2", "127.0.0.2"),
        ("::", "::1", "::1"),
        ("::", "127.0.0.3", "127.0.0.3"),
    ],
)
def test_an_answer_comes_from_the_address_that_was_asked(bound: str, at: str, seen: str) -> None:
    with a_host(bound) as host:
        peer = host.peer("::1" if ":" in at else "127.0.0.1")
        for _ in range(3):
            source, local = host.hear(peer, at)
            host.outbox.put_from(local, Destination(source), b"answer")
            host.outbox.flush()
            data, address = peer.recvfrom(100)
            assert (data, address[:2]) == (b"answer", (seen, host.endpoint.port))


@pytest.mark.parametrize("bound", ["0.0.0.0", "::"])
def test_every_receiver_of_a_block_is_sent_to_from_its_own_address(bound: str) -> None:
    with a_host(bound) as host:
        peers = [host.peer() for _ in range(5)]
        destinations = []
        for number, peer in enumerate(peers):
            source, local = host.hear(peer, f"127.0.0.{number + 1}")
            if number < 4:
                host.outbox.pin(source, local)
            destinations.append(Destination(source))
        names = memoryview(array("Q", [to.name for to in destinations]))
        for segments in (1, 3, 1):
            send(host.outbox, names, [100] * segments)
            for number, peer in enumerate(peers):
                answered = {peer.recvfrom(STRIDE)[1][0] for _ in range(segments)}
                # The last one is pinned nowhere: the kernel chooses.
                assert answered == {f"127.0.0.{number + 1 if number < 4 else 1}"}
        assert host.outbox.counts == {"sent": 25}


def send(outbox: SendSlab, names: memoryview, lengths: list[int]) -> None:
    begin = 0
    while begin < len(names):
        room = sum(map(stride_of, lengths))
        begin += outbox.claim(names[begin:], len(lengths), lengths[0], room)
        for segment, length in enumerate(lengths):
            outbox.strip(segment, length)
    outbox.flush()


def test_a_long_block_in_several_claims_keeps_its_addresses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with a_host() as host:
        peers = [host.peer() for _ in range(8)]
        heard = [host.hear(peer, f"127.0.0.{n + 1}") for n, peer in enumerate(peers)]
        for source, local in heard:
            host.outbox.pin(source, local)
        destinations = [Destination(heard[n % 8][0]) for n in range(200)]
        send(host.outbox, memoryview(array("Q", [to.name for to in destinations])), [500])
        for number, peer in enumerate(peers):
            assert {peer.recvfrom(STRIDE)[1][0] for _ in range(25)} == {f"127.0.0.{number + 1}"}


def test_a_destination_that_moved_is_looked_up_again() -> None:
    with a_host() as host:
        first, second = host.peer(), host.peer()
        ways = [host.hear(first, "127.0.0.2"), host.hear(second, "127.0.0.3")]
        for source, local in ways:
            host.outbox.pin(source, local)
        destination, other = Destination(ways[0][0]), Destination(ways[0][0])
        names = memoryview(array("Q", (destination.name, other.name)))
        send(host.outbox, names, [100])
        assert [first.recvfrom(STRIDE)[1][0] for _ in range(2)] == ["127.0.0.2"] * 2
        destination.move(ways[1][0])
        host.outbox.forget()
        send(host.outbox, names, [100])
        assert second.recvfrom(STRIDE)[1][0] == "127.0.0.3"


def test_only_so_many_ways_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pinned, "MAX_PINNED", 3)
    with a_host() as host:
        names = [packed(socket.AF_INET, "127.0.0.1", port) for port in range(1, 6)]
        for name in names:
            host.outbox.pin(name, bytes(4))
        assert [host.outbox.pinned(name) for name in names] == [None, None, *[bytes(4)] * 3]


@pytest.mark.parametrize(
    ("host", "machine", "choice"),
    [
        ("0.0.0.0", ["127.0.0.1", "192.0.2.1"], False),
        ("0.0.0.0", ["192.0.2.1", "198.51.100.1"], True),
        ("0.0.0.0", ["192.0.2.1", "2001:db8::1", "2001:db8::2"], False),
        ("::", ["192.0.2.1", "2001:db8::1", "2001:db8::2"], True),
        ("::", ["192.0.2.1", "2001:db8::1", "fe80::1", "::1"], False),
        ("192.0.2.1", ["192.0.2.1", "198.51.100.1"], False),
    ],
)
def test_a_machine_has_a_choice_with_two_addresses_of_a_family(
    host: str, machine: list[str], choice: bool
) -> None:
    assert several(host, machine=machine) is choice
