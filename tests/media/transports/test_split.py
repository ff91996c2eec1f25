"""One port, two queues: reports and checks lie in one, what cannot wait comes to the other."""

import socket
from collections.abc import Iterator

import pytest

from media.transports.addresses import packed
from media.transports.receive_slab import STRIDE, ReceiveSlab
from media.transports.send_slab import Destination
from media.transports.split import SplitPort

HOSTS = ["127.0.0.1", "::1", "::"]


@pytest.fixture(params=HOSTS)
def port(request: pytest.FixtureRequest) -> Iterator[SplitPort]:
    opened = SplitPort(request.param, 0)
    yield opened
    opened.close()


@pytest.fixture
def peer(port: SplitPort) -> Iterator[socket.socket]:
    with socket.socket(port.socket.family, socket.SOCK_DGRAM) as opened:
        opened.settimeout(5)
        opened.connect((port.socket.getsockname()[0], port.port))
        yield opened


def taken(inbox: ReceiveSlab) -> list[bytes]:
    return [
        bytes(inbox.data[at : at + inbox.lengths[index][0]])
        for index in range(inbox.receive())
        for at in [index * STRIDE]
    ]


ASIDE = {
    "a check": b"\x00\x01" + bytes(18),
    "an answer": b"\x01\x01" + bytes(18),
    "a receiver report": b"\x80\xc9\x00\x01",
    "a sender report with a block": b"\x81\xc8\x00\x0c",
}
AT_ONCE = {
    "sound": b"\x80\x6f" + bytes(10),
    "the end of a picture": b"\x90\xe0" + bytes(10),
    "packets that are missed": b"\x81\xcd\x00\x03",
    "a picture that is missed": b"\x81\xce\x00\x02",
    "a handshake": b"\x16\xfe\xfd",
    "nothing": b"",
    "one byte of a packet": b"\x80",
    "something else": b"\xff\xff",
}


@pytest.mark.parametrize("datagram", ASIDE.values(), ids=list(ASIDE))
def test_checks_and_reports_lie_aside(
    port: SplitPort, peer: socket.socket, datagram: bytes
) -> None:
    peer.send(datagram)
    assert (taken(port.inbox), taken(port.aside)) == ([], [datagram])


@pytest.mark.parametrize("datagram", AT_ONCE.values(), ids=list(AT_ONCE))
def test_everything_else_comes_to_where_somebody_waits(
    port: SplitPort, peer: socket.socket, datagram: bytes
) -> None:
    peer.send(datagram)
    assert (taken(port.inbox), taken(port.aside)) == ([datagram], [])


def test_what_goes_out_comes_from_the_one_port(port: SplitPort, peer: socket.socket) -> None:
    host, number = peer.getsockname()[:2]
    port.outbox.put(Destination(packed(peer.family, host, number)), b"here")
    port.outbox.flush()
    assert peer.recv(100) == b"here"  # a connected socket takes nothing from another port


def test_a_port_that_is_taken_is_not_shared(port: SplitPort) -> None:
    with pytest.raises(OSError, match="in use"):
        SplitPort(port.socket.getsockname()[0], port.port)


@pytest.mark.parametrize("host", HOSTS)
def test_a_closed_port_is_free_again(host: str) -> None:
    first = SplitPort(host, 0)
    first.close()
    SplitPort(host, first.port).close()
