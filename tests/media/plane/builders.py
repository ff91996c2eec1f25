"""A room on loopback without an event loop: what is sent to it lies in the socket at once."""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from media.core.sections import SlotSpec, Source
from media.core.spanning import SpanningRouter
from media.plane.fanout import Fanout
from media.plane.ingress import Ingress
from media.plane.rooms import Routed, Seat, Seats
from media.transports import stun
from media.transports.dtls import Certificate, DtlsEndpoint
from media.transports.multi_buffer import MultiBuffer
from media.transports.split import SplitPort
from media.transports.srtp import SrtpPair
from media.transports.transport import Transport

CERTIFICATE = Certificate.generate()


class Peer:
    """A participant's socket and its ends of ICE, DTLS and SRTP, moved by hand."""

    def __init__(self, room: "Room", name: str) -> None:
        self.room = room
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        self.socket.bind(("127.0.0.1", 0))
        self.credentials = stun.Credentials.generate()
        self.dtls = DtlsEndpoint(CERTIFICATE, "client", [("sha-256", CERTIFICATE.fingerprint)])
        fingerprints = [("sha-256", CERTIFICATE.fingerprint)]
        make_pair = partial(SrtpPair, multi_buffer=room.multi_buffer)
        self.transport = Transport(name, CERTIFICATE, fingerprints, room.now, make_pair)
        self.seat = Seat(room.routed, self.transport)
        room.seats.add(self.seat)
        room.routed.transports[name] = self.transport
        self.srtp: SrtpPair | None = None

    def check(self, *, password: str | None = None, nominate: bool = True) -> bytes:
        """Build one ICE check for the server; a wrong password makes it a stranger's."""
        remote = self.transport.credentials
        if password is not None:
            remote = stun.Credentials(remote.ufrag, password)
        return stun.check(
            bytes(12),
            local=self.credentials,
            remote=remote,
            tie_breaker=1,
            priority=1,
            use_candidate=nominate,
        )

    def send(self, *datagrams: bytes) -> None:
        for datagram in datagrams:
            self.socket.sendto(datagram, ("127.0.0.1", self.room.endpoint.port))
        self.room.read()

    def receive(self) -> list[bytes]:
        found = []
        while True:
            try:
                found.append(self.socket.recv(2048))
            except BlockingIOError:
                return found

    def connect(self) -> "Peer":
        """Check, shake hands, and be ready to send."""
        self.send(self.check())
        assert len(self.receive()) == 1
        self.dtls.start(self.room.now)
        for _ in range(6):
            self.send(*self.dtls.take())
            for datagram in self.receive():
                self.dtls.receive(datagram, self.room.now)
        assert self.dtls.keys is not None
        self.srtp = SrtpPair(self.dtls.keys)
        assert self.transport.state == "connected"
        return self

    def decrypted(self) -> list[bytes]:
        assert self.srtp is not None
        return [self.srtp.unprotect_rtp(datagram) for datagram in self.receive()]


class Room:
    """One Router behind one socket on 127.0.0.1."""

    multi_buffer: MultiBuffer | None = None

    def __init__(self) -> None:
        self.now = 1000.0
        self.endpoint = SplitPort("127.0.0.1", 0)
        self.drops: Counter[str] = Counter()
        self.seats = Seats()
        self.routed = Routed(SpanningRouter("room"))
        self.fanout = Fanout(self.endpoint.outbox, self.drops)
        self.ingress = Ingress(
            self.endpoint.outbox,
            self.seats,
            self.fanout,
            self.drops,
            self._on_change,
        )
        self.peers: list[Peer] = []

    def peer(self, name: str) -> Peer:
        peer = Peer(self, name)
        self.peers.append(peer)
        return peer

    def read(self) -> None:
        self.ingress.read(self.endpoint.inbox, self.now)
        self.ingress.read(self.endpoint.aside, self.now)
        self.fanout.flush()

    def _on_change(self, seat: Seat) -> None:
        for datagram in seat.transport.take():
            assert seat.transport.destination is not None
            self.endpoint.outbox.put(seat.transport.destination, datagram)

    def close(self) -> None:
        self.endpoint.close()
        for peer in self.peers:
            peer.socket.close()


@contextmanager
def a_room() -> Iterator[Room]:
    room = Room()
    try:
        yield room
    finally:
        room.close()


MICROPHONE = Source(mid="0", kind="audio", codec="opus", payload_type=111, clock_rate=48_000)
CAMERA = Source(mid="1", kind="video", codec="vp8", payload_type=96, clock_rate=90_000, nack=True)
VOICE = SlotSpec(
    slot=0, kind="audio", codec="opus", ssrc=70_000, payload_type=111, clock_rate=48_000
)
PICTURE = SlotSpec(
    slot=0, kind="video", codec="vp8", ssrc=70_001, payload_type=96, clock_rate=90_000
)
