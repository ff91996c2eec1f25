"""A participant that can be made to send anything, sealed or not, and that shows what comes."""

import asyncio
import contextlib
import random
import socket
import time
from collections.abc import Callable

from media.synthetic.encoded import EncodedLoop, EncodedVoice
from media.synthetic.endpoint import SyntheticEndpoint
from media.transports.dtls import Certificate
from media.transports.stun import Address

_TICK_S = 0.005
_CONNECT_WITHIN_S = 10.0
_NEVER = 1 << 62


class Line:
    """One connection of one participant on the running event loop; `close` it."""

    def __init__(
        self,
        certificate: Certificate,
        *,
        loop: EncodedLoop | None = None,
        voice: EncodedVoice | None = None,
        on_rtp: Callable[[bytes], None] | None = None,
    ) -> None:
        """`on_rtp` is called with every deciphered packet of media that comes."""
        self.endpoint = SyntheticEndpoint(
            certificate, loop, voice, audio_slots=1, video_slots=1, capacity=4_000_000,
            verify_every=_NEVER, dice=random.Random(),
        )  # fmt: skip
        self.server: Address | None = None
        """Where the server is, once connected."""
        self._on_rtp = on_rtp
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        self._socket.setblocking(False)
        self._socket.bind(("127.0.0.1", 0))
        self._ticking: asyncio.Task[None] | None = None

    async def connect(self, answer: str) -> None:
        """Take the server's answer; return when DTLS is up, or raise ConnectionError."""
        self.endpoint.accept(answer, time.monotonic())
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._readable)
        self._ticking = asyncio.create_task(self._tick())
        end = time.monotonic() + _CONNECT_WITHIN_S
        while self.state != "connected":
            if time.monotonic() > end or self.state in ("failed", "closed"):
                raise ConnectionError(self.endpoint.connection.failure or self.state)
            await asyncio.sleep(_TICK_S)
        self.server = self.endpoint.connection.address

    @property
    def state(self) -> str:
        return self.endpoint.connection.state

    @property
    def frames(self) -> int:
        """Pictures that came whole, and beginnings of talk."""
        return sum(incoming.frames for incoming in self.endpoint.incoming.values())

    @property
    def lost(self) -> int:
        """Packets that never came."""
        return sum(max(0, incoming.lost) for incoming in self.endpoint.incoming.values())

    def send(self, datagram: bytes) -> None:
        """Send a datagram as it is, from the address that the server knows."""
        if self.server is not None:
            with contextlib.suppress(OSError):  # a full buffer: as if lost on the line
                self._socket.sendto(datagram, self.server)

    def send_rtp(self, packet: bytes) -> None:
        """Seal a packet of media and send it; one that the cipher refuses is sent as it is."""
        self._send_sealed(packet, rtcp=False)

    def send_rtcp(self, packet: bytes) -> None:
        self._send_sealed(packet, rtcp=True)

    def close(self) -> None:
        """Let the socket go without a word."""
        if self._ticking is not None:
            self._ticking.cancel()
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._socket.close()

    def _send_sealed(self, packet: bytes, *, rtcp: bool) -> None:
        connection = self.endpoint.connection
        try:
            sealed = connection.protect_rtcp(packet) if rtcp else connection.protect_rtp(packet)
        except ValueError:
            self.send(packet)
            return
        if sealed is not None:
            self.send(sealed[0])

    def _readable(self) -> None:
        now = time.monotonic()
        for _ in range(64):
            try:
                datagram, source = self._socket.recvfrom(2048)
            except OSError:
                break
            if self._on_rtp is not None and _is_rtp(datagram):
                plain = self.endpoint.connection.unprotect_rtp(datagram)
                if plain is not None:
                    self._on_rtp(plain)
            self.endpoint.receive(datagram, source, now)
        self._flush()

    async def _tick(self) -> None:
        while True:
            self.endpoint.advance(time.monotonic())
            self._flush()
            await asyncio.sleep(_TICK_S)

    def _flush(self) -> None:
        for datagram, address in self.endpoint.take():
            with contextlib.suppress(OSError):
                self._socket.sendto(datagram, address)


def _is_rtp(datagram: bytes) -> bool:
    return len(datagram) >= 12 and 128 <= datagram[0] <= 191 and not 192 <= datagram[1] <= 223
