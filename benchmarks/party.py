"""One participant of the load: as light as it can be and still real to the server.

Media that comes is counted and thrown away, undeciphered. A sampled participant deciphers the
pictures and reads from each packet when it was sent; when it came is the kernel's word, so that
the load's own queue is not counted as delay.
"""

import random
import socket
import struct
import time
from dataclasses import dataclass

from benchmarks.scenes import Role
from media.synthetic.camera import Camera
from media.synthetic.endpoint import SyntheticEndpoint
from media.synthetic.microphone import Microphone
from media.transports import stun
from media.transports.dtls import Certificate
from media.transports.receive_slab import STRIDE, ReceiveSlab
from media.transports.udp import enlarge

CAPACITY = 4_000_000
"""Bit/s that receivers say they can take."""
TAG = bytes(16)
_NEVER = 1 << 62
_CHECK = b"\x00\x01"
"""How a Binding request begins (RFC 8489 §5)."""
_SO_TIMESTAMPNS = 35
_RTP_FIRST = bytes(range(128, 192))
_RTP_SECOND = bytes(n for n in range(256) if not 192 <= n <= 223)  # RFC 5761 §4
_LONGEST_DELAY_NS = 10_000_000_000

Address = tuple[str, int]


class Held(Camera):
    """A camera that gives its packets only when asked by `due`, so that each can be stamped with
    the time it leaves."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self.streams = camera.streams

    def deadline(self) -> float:
        return float("inf")

    def advance(self, now: float) -> list[bytes]:
        return []

    def beat(self, at: float) -> None:
        self._camera.beat(at)

    def keyframe(self, ssrc: int) -> None:
        self._camera.keyframe(ssrc)

    def due(self, now: float) -> list[bytes]:
        return self._camera.advance(now)

    def due_at(self) -> float:
        return self._camera.deadline()


@dataclass(slots=True)
class Plain:
    """What a party sends to the null forwarder instead: the same, unciphered."""

    address: Address
    camera: Held | None
    microphone: Microphone | None


class Party:
    """A participant, its socket and its counters."""

    def __init__(
        self, role: Role, host: str, certificate: Certificate, dice: random.Random
    ) -> None:
        self.role = role
        self.endpoint = SyntheticEndpoint(
            certificate,
            role.picture,
            role.voice,
            audio_slots=role.audio_slots,
            video_slots=role.video_slots,
            capacity=CAPACITY,
            verify_every=_NEVER,
            dice=dice,
        )
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        enlarge(self.socket)
        self.socket.bind((host, 0))
        self.fd = self.socket.fileno()
        self.packets = 0
        """Of media that came."""
        self.delays: list[int] | None = None
        """Microseconds from sender to kernel, for a sampled party."""
        self.plain: Plain | None = None
        self._camera: Held | None = None
        self._microphone: Microphone | None = None
        self._dice = dice
        self._scratch = bytearray(STRIDE)

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def accept(self, answer: str, now: float) -> None:
        self.endpoint.accept(answer, now)
        if self.endpoint.camera is not None:
            self._camera = self.endpoint.camera = Held(self.endpoint.camera)
        self._microphone = self.endpoint.microphone
        if self.role.speaks:
            self.endpoint.speak(True, now)

    def sample(self) -> None:
        """Measure the delay of pictures from now on."""
        self.socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self.delays = []

    # -- sending ------------------------------------------------------------------------------

    def divert(self, address: Address | None, number: int) -> None:
        """Send media to the null forwarder, its streams with SSRCs from `number` on; None: to the
        server again."""
        self.endpoint.microphone = self._microphone if address is None else None
        if address is None:
            self.plain = None
            return
        now, dice = time.monotonic(), self._dice
        picture, voice = self.role.picture, self.role.voice
        camera = microphone = None
        layers = len(picture.layers) if picture is not None else 0
        if picture is not None:
            ssrcs = range(number, number + layers)
            camera = Held(Camera(picture, "1", ssrcs, simulcast=layers > 1, now=now, dice=dice))
            if self._camera is not None:
                camera.beat(self._camera.due_at())  # who collides with whom stays the same
        if voice is not None:
            microphone = Microphone(voice, "0", number + layers, now=now, dice=dice)
            microphone.speak(self.role.speaks, now)
        self.plain = Plain(address, camera, microphone)

    def deadline(self) -> float:
        """When `advance` has something to do; as far as this party knows."""
        times = [self.endpoint.deadline() or float("inf")]
        camera = self._camera
        if self.plain is not None:
            camera = self.plain.camera
            if self.plain.microphone is not None:
                times.append(self.plain.microphone.deadline())
        if camera is not None and self.endpoint.connection.state == "connected":
            times.append(camera.due_at())
        return min(times)

    def advance(self, now: float) -> None:
        """Send what is due: media to the server or to the null forwarder, the rest to both."""
        plain = self.plain
        self.endpoint.advance(now)
        if plain is not None:
            if plain.camera is not None:
                for packet in plain.camera.due(now):
                    self.socket.sendto(_stamped(packet) + TAG, plain.address)
            if plain.microphone is not None:
                for packet in plain.microphone.advance(now):
                    self.socket.sendto(packet + TAG, plain.address)
        elif self._camera is not None and self.endpoint.connection.state == "connected":
            for packet in self._camera.due(now):
                datagram = self.endpoint.connection.protect_rtp(_stamped(packet))
                if datagram is not None:
                    self.socket.sendto(*datagram)
        self.flush()

    def flush(self) -> None:
        for datagram, address in self.endpoint.take():
            self.socket.sendto(datagram, address)
            if self.plain is not None:
                self.socket.sendto(datagram, self.plain.address)

    def sent(self) -> dict[str, int]:
        """Return how many packets of each stream went to where media goes now."""
        if self.plain is not None:
            camera: Camera | None = self.plain.camera
            microphone = self.plain.microphone
        else:
            camera, microphone = self._camera, self.endpoint.microphone
        streams = [
            *(camera.streams if camera else []),
            *([microphone.stream] if microphone else []),
        ]
        names = self.role.streams()
        return {name: s.packets for name, s in zip(names, streams, strict=True)} if streams else {}

    # -- receiving ----------------------------------------------------------------------------

    def read(self, inbox: "Inbox") -> None:
        """Take what has come."""
        if self.delays is not None:
            self._read_sampled()
            return
        count = inbox.receive_from(self.fd)
        if inbox.all_media(count):
            self.packets += count
            return
        for index in range(count):
            at = index * STRIDE
            length: int = inbox.lengths[index][0]
            datagram = inbox.data[at : at + length]
            if _is_media(datagram):
                self.packets += 1
            else:
                self._take(datagram, _readable(inbox.source(index)))

    def _read_sampled(self) -> None:
        while True:
            try:
                length, control, _, source = self.socket.recvmsg_into([self._scratch], 64)
            except OSError:
                return
            datagram = bytes(self._scratch[:length])
            if not _is_media(datagram):
                self._take(datagram, source)
                continue
            self.packets += 1
            came = next((_nanoseconds(data) for _, _, data in control), 0)
            plain = (
                datagram[: -len(TAG)]
                if self.plain is not None
                else self.endpoint.connection.unprotect_rtp(datagram)
            )
            if plain is not None and self.delays is not None:
                passed = came - int.from_bytes(plain[-8:], "big")
                if 0 <= passed < _LONGEST_DELAY_NS:  # sound has no stamp
                    self.delays.append(passed // 1000)

    def _take(self, datagram: bytes, source: Address) -> None:
        if datagram.startswith(_CHECK):
            self._answer(datagram, source, time.monotonic())
            return
        self.endpoint.receive(datagram, source, time.monotonic())
        self.flush()

    def _answer(self, datagram: bytes, source: Address, now: float) -> None:
        """Answer a server that checks its clients in turn, as browsers do; ours does not."""
        answer = self.endpoint.connection.answer_check(stun.parse(datagram), source, now)
        if answer is not None:
            self.socket.sendto(answer, source)
            self.flush()

    def close(self) -> None:
        self.endpoint.close()
        self.plain = None
        self.flush()
        self.socket.close()


class Inbox(ReceiveSlab):
    """One receive slab for all sockets of the load."""

    def __init__(self) -> None:
        super().__init__(-1, 16)
        self._view = memoryview(self.data).cast("B")

    def receive_from(self, fd: int) -> int:
        self._fd = fd
        return self.receive()

    def all_media(self, count: int) -> bool:
        """Tell whether the first `count` datagrams are RTP, by two bytes of each."""
        end = count * STRIDE
        firsts = bytes(self._view[0:end:STRIDE])
        seconds = bytes(self._view[1:end:STRIDE])
        return not firsts.translate(None, _RTP_FIRST) and not seconds.translate(None, _RTP_SECOND)


def _is_media(datagram: bytes) -> bool:
    return len(datagram) > 1 and 128 <= datagram[0] <= 191 and not 192 <= datagram[1] <= 223


def _stamped(packet: bytes) -> bytes:
    return packet[:-8] + time.time_ns().to_bytes(8, "big")


def _nanoseconds(timespec: bytes) -> int:
    seconds, rest = struct.unpack_from("=qq", timespec)
    return int(seconds) * 1_000_000_000 + int(rest)


def _readable(sockaddr: bytes) -> Address:
    return socket.inet_ntoa(sockaddr[4:8]), int.from_bytes(sockaddr[2:4], "big")
