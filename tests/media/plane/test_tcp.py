"""ICE-TCP: a relay for who shows a password, nothing for anybody else, and no waiting."""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from media.plane import tcp
from media.plane.rooms import Seat
from media.plane.tcp import TcpFront
from media.transports import stun
from media.transports.framing import Deframer, framed
from tests.media.plane.builders import Peer, Room, a_room
from tests.support.waiting import until


class Front:
    """A room whose plane is moved by the loop, with a TCP port in front of it."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.drops: Counter[str] = Counter()
        self.tcp = TcpFront(("127.0.0.1", 0), room.endpoint.socket, room.seats, self.drops)

    async def connect(self) -> "Client":
        reader, writer = await asyncio.open_connection("127.0.0.1", self.tcp.port)
        return Client(reader, writer)


class Client:
    """The other end of a TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._deframer = Deframer()
        self._packets: list[bytes] = []

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.writer.get_extra_info("sockname")[:2]
        return str(host), int(port)

    def send(self, *packets: bytes) -> None:
        self.writer.write(framed(packets))

    async def receive(self) -> bytes:
        async with asyncio.timeout(5):
            while not self._packets:
                data = await self.reader.read(65_536)
                assert data, "closed"
                self._packets += self._deframer.feed(data)
        return self._packets.pop(0)

    async def closed(self) -> bool:
        async with asyncio.timeout(5):
            try:
                return await self.reader.read() == b""
            except ConnectionResetError:
                return True

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    loop = asyncio.get_running_loop()
    with a_room() as room:
        made = Front(room)
        for fd in (room.endpoint.fd, room.endpoint.aside_fd):
            loop.add_reader(fd, room.read)
        try:
            yield made
        finally:
            made.tcp.close()
            for fd in (room.endpoint.fd, room.endpoint.aside_fd):
                loop.remove_reader(fd)


@asynccontextmanager
async def client_of(front: Front) -> AsyncIterator[Client]:
    client = await front.connect()
    try:
        yield client
    finally:
        await client.close()


async def test_a_check_over_tcp_is_answered_with_the_address_it_came_from(front: Front) -> None:
    peer = front.room.peer("a")
    async with client_of(front) as client:
        client.send(peer.check())
        answer = stun.parse(await client.receive())
        assert answer.kind == "response"
        assert answer.mapped == client.address
        assert front.tcp.stats()["strangers"] == 0
        assert peer.transport.destination is not None


async def test_dtls_and_srtp_go_over_tcp_as_over_udp(front: Front) -> None:
    peer = front.room.peer("a")
    async with client_of(front) as client:
        client.send(peer.check())
        await client.receive()
        peer.dtls.start(front.room.now)
        while peer.dtls.keys is None:
            client.send(*peer.dtls.take())
            peer.dtls.receive(await client.receive(), front.room.now)
        client.send(*peer.dtls.take())
        await until(lambda: peer.transport.established)


@pytest.mark.parametrize(
    "first",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00" + bytes(600),
        framed([b"not STUN"]),
        framed([bytes(20)]),
    ],
)
async def test_whoever_begins_otherwise_is_cut_off_and_counted(front: Front, first: bytes) -> None:
    async with client_of(front) as client:
        client.writer.write(first)
        assert await client.closed()
    assert front.tcp.stats()["connections"] == 0
    assert front.drops["tcp_not_authentic"] + front.drops["tcp_malformed"] == 1


async def test_a_wrong_password_opens_no_relay(front: Front) -> None:
    peer = front.room.peer("a")
    async with client_of(front) as client:
        client.send(peer.check(password="x" * 24))
        assert await client.closed()
    assert front.drops["tcp_not_authentic"] == 1
    assert peer.transport.known_as == {}


async def test_the_end_of_a_connection_leaves_nothing(front: Front) -> None:
    peer = front.room.peer("a")
    async with client_of(front) as client:
        client.send(peer.check())
        await client.receive()
        assert len(peer.transport.known_as) == 1
    await until(lambda: front.tcp.stats()["connections"] == 0)
    assert peer.transport.known_as == {}


async def test_strangers_give_way_to_each_other_and_not_participants(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "MAX_STRANGERS", 4)
    peer = front.room.peer("a")
    async with client_of(front) as participant:
        participant.send(peer.check())
        await participant.receive()
        strangers = [await front.connect() for _ in range(6)]
        await until(lambda: front.drops["tcp_stranger"] == 2)
        assert await strangers[0].closed()
        participant.send(peer.check())
        assert stun.parse(await participant.receive()).kind == "response"
        for stranger in strangers:
            await stranger.close()


async def test_a_stranger_that_says_nothing_is_cut_off(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "SWEEP", 0.01)
    monkeypatch.setattr(tcp, "INTRODUCED_WITHIN", 0.0)
    async with client_of(front) as client:
        assert await client.closed()
    assert front.drops["tcp_stranger"] == 1


async def test_a_slow_reader_loses_packets_and_is_not_waited_for(front: Front) -> None:
    peer = front.room.peer("a")
    sender = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sender.setblocking(False)
    loop = asyncio.get_running_loop()
    with sender:
        await loop.sock_connect(sender, ("127.0.0.1", front.tcp.port))
        await loop.sock_sendall(sender, framed([peer.check()]))
        await until(lambda: peer.transport.destination is not None)
        destination = peer.transport.destination
        assert destination is not None
        sent = 0
        while front.drops["tcp_slow"] < 50:
            assert sent < 20_000, "no packet was ever dropped"
            for _ in range(20):
                front.room.endpoint.outbox.put(destination, sent.to_bytes(4, "big") + bytes(1000))
                sent += 1
            front.room.endpoint.outbox.flush()
            await asyncio.sleep(0)
        # Whoever reads again gets whole packets, in order, with a gap where some were dropped.
        deframer = Deframer()
        numbers: list[int] = []
        while len(numbers) < 20:
            packets = deframer.feed(await loop.sock_recv(sender, 65_536))
            numbers += [int.from_bytes(p[:4], "big") for p in packets if len(p) == 1004]
        assert numbers == sorted(numbers)


async def test_closing_says_the_last_words(front: Front) -> None:
    peer: Peer = front.room.peer("a")
    async with client_of(front) as client:
        client.send(peer.check())
        await client.receive()
        seat: Seat | None = front.room.seats.of(peer.transport)
        assert seat is not None
        assert peer.transport.destination is not None
        front.room.endpoint.outbox.put(peer.transport.destination, b"goodbye")
        front.room.endpoint.outbox.flush()
        front.tcp.close()
        assert await client.receive() == b"goodbye"
        assert await client.closed()


async def test_a_taken_port_is_said(front: Front) -> None:
    with pytest.raises(OSError, match=f"TCP port {front.tcp.port}"):
        TcpFront(
            ("127.0.0.1", front.tcp.port), front.room.endpoint.socket, front.room.seats, front.drops
        )
