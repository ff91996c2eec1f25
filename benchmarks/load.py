"""The load: one speaker and many light receivers, in a process of its own.

Receivers are real as far as the server sees: they shake hands by DTLS, keep their consent alive
and report. Only what media comes is counted and thrown away, undeciphered. Talks JSON lines with
its parent: offers and ports out; the speaker's answer in, `speaking` out; the receivers' answers
and the null forwarder's port in; then `begin` and `end` of every phase out.
"""

import argparse
import json
import random
import select
import socket
import sys
import time
from dataclasses import dataclass

from media.synthetic.camera import Camera
from media.synthetic.encoded import EncodedLoop, EncodedVoice, Frame, Layer, Sound
from media.synthetic.endpoint import SyntheticEndpoint
from media.synthetic.microphone import Microphone
from media.transports import stun
from media.transports.dtls import Certificate

PACKET_BYTES = 1080
"""Of picture in one packet: with its headers and tag a datagram of about 1,120 bytes."""
VOICE_BYTES = 80
_TAG = bytes(16)
_SETTLE_S = 1.0
_SETTLE_TIMES = 10
"""A server may begin with sound and small pictures and find out what a line carries: a window
begins once everything arrives, or after so many times _SETTLE_S."""
_FLOWING = 0.97
"""Of the packets expected."""
_CONNECT_WITHIN_S = 30.0
_SWEEP_S = 0.1
"""How often the receivers' timers are looked at, seconds."""
_CHECK = b"\x00\x01"
"""How a Binding request begins (RFC 8489 §5)."""
_NEVER = 1 << 62


def speaker_loop(fps: int, packets: int) -> EncodedLoop:
    """Build a picture whose frames fill so many packets each, with a key frame each second."""
    size = packets * PACKET_BYTES
    frames = tuple(
        Frame(bytes((0x10 | (n % fps != 0),)) + bytes(size - 1), n % fps == 0)
        for n in range(2 * fps)
    )
    return EncodedLoop(fps, (Layer("h", 640, 360, frames),))


def speaker_voice() -> EncodedVoice:
    """Build a voice that never pauses."""
    return EncodedVoice((Sound(bytes(VOICE_BYTES), 20),) * 50, Sound(b"\0", 127))


@dataclass(slots=True)
class Party:
    """One participant and its socket."""

    endpoint: SyntheticEndpoint
    socket: socket.socket
    packets: int = 0

    def send(self) -> None:
        for datagram, address in self.endpoint.take():
            self.socket.sendto(datagram, address)


class Load:
    """The speaker stands first among the parties."""

    def __init__(
        self, host: str, receivers: int, picture: EncodedLoop, dice: random.Random
    ) -> None:
        self._host, self._picture = host, picture
        certificate = Certificate.generate()

        def party(*, speaks: bool) -> Party:
            endpoint = SyntheticEndpoint(
                certificate,
                picture if speaks else None,
                speaker_voice() if speaks else None,
                audio_slots=0 if speaks else 1,
                video_slots=0 if speaks else 1,
                capacity=4_000_000,
                verify_every=_NEVER,
                dice=dice,
            )
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            udp.setblocking(False)
            udp.bind((host, 0))
            return Party(endpoint, udp)

        self._dice = dice
        self.parties = [party(speaks=n == 0) for n in range(receivers + 1)]
        self._poll = select.epoll()
        self._by_fd = {p.socket.fileno(): p for p in self.parties}
        for fd in self._by_fd:
            self._poll.register(fd, select.EPOLLIN)
        self._scratch = bytearray(2048)
        self._next_sweep = 0.0
        self._null: tuple[Camera, Microphone, tuple[str, int]] | None = None

    @property
    def speaker(self) -> Party:
        return self.parties[0]

    def accept(self, first: int, answers: list[str]) -> None:
        """Connect the parties from number `first` on; raise TimeoutError if that takes too long."""
        now = time.monotonic()
        parties = self.parties[first : first + len(answers)]
        for party, answer in zip(parties, answers, strict=True):
            party.endpoint.accept(answer, now)
        if self.speaker in parties:
            self.speaker.endpoint.speak(True, now)
        end = now + _CONNECT_WITHIN_S
        while any(p.endpoint.connection.state != "connected" for p in parties):
            if time.monotonic() > end:
                states = {p.endpoint.connection.state for p in parties}
                raise TimeoutError(f"not all connected: {states}")
            self._step(end)

    def phase(self, name: str, length: float, null_port: int | None) -> None:
        """Send to the server, or to the null forwarder, and say when the window was."""
        endpoint = self.speaker.endpoint
        media = endpoint.camera, endpoint.microphone
        if null_port is not None:
            endpoint.camera = endpoint.microphone = None
            self._null = self._plain_sender((self._host, null_port))
        for _ in range(_SETTLE_TIMES):
            before, sent = self._received(), self._sent(null_port)
            self.run(_SETTLE_S)
            expected = (self._sent(null_port) - sent) * (len(self.parties) - 1)
            if self._received() - before >= _FLOWING * expected:
                break
        before, sent = self._received(), self._sent(null_port)
        say(event="begin", phase=name)
        started = time.monotonic()
        self.run(length)
        say(
            event="end",
            phase=name,
            seconds=time.monotonic() - started,
            received=self._received() - before,
            expected=(self._sent(null_port) - sent) * (len(self.parties) - 1),
        )
        self._null = None
        endpoint.camera, endpoint.microphone = media

    def close(self) -> None:
        for party in self.parties:
            party.endpoint.close()
            party.send()
            party.socket.close()
        self._poll.close()

    def _plain_sender(self, address: tuple[str, int]) -> tuple[Camera, Microphone, tuple[str, int]]:
        now = time.monotonic()
        camera = Camera(
            self._picture, "1", (7,), simulcast=False, now=now, dice=self._dice
        )  # fmt: skip
        microphone = Microphone(speaker_voice(), "0", 8, now=now, dice=self._dice)
        microphone.speak(True, now)
        return camera, microphone, address

    def _received(self) -> int:
        return sum(p.packets for p in self.parties[1:])

    def _sent(self, null_port: int | None) -> int:
        if null_port is None:
            camera, microphone = self.speaker.endpoint.camera, self.speaker.endpoint.microphone
        else:
            assert self._null is not None
            camera, microphone = self._null[:2]
        assert camera is not None
        assert microphone is not None
        return camera.streams[0].packets + microphone.stream.packets

    def run(self, length: float) -> None:
        """Serve everybody for some seconds."""
        end = time.monotonic() + length
        while time.monotonic() < end:
            self._step(end)

    def _step(self, end: float) -> None:
        """Wait for the next datagram or timer and serve it."""
        now = time.monotonic()
        due = self.speaker.endpoint.deadline() or end
        if self._null is not None:
            due = min(due, self._null[0].deadline(), self._null[1].deadline())
        for fd, _ in self._poll.poll(max(0.0, min(due, end, self._next_sweep) - now)):
            self._read(self._by_fd[fd])
        now = time.monotonic()
        self.speaker.endpoint.advance(now)
        self.speaker.send()
        if self._null is not None:
            camera, microphone, address = self._null
            for packet in [*camera.advance(now), *microphone.advance(now)]:
                self.speaker.socket.sendto(packet + _TAG, address)
        if now >= self._next_sweep:
            self._next_sweep = now + _SWEEP_S
            for party in self.parties[1:]:
                deadline = party.endpoint.deadline()
                if deadline is not None and deadline <= now:
                    party.endpoint.advance(now)
                    party.send()

    def _read(self, party: Party) -> None:
        try:
            length, source = party.socket.recvfrom_into(self._scratch)
        except OSError:
            return
        first, second = self._scratch[0], self._scratch[1]
        if first < 128 or party is self.speaker:
            datagram = bytes(self._scratch[:length])
            if datagram.startswith(_CHECK):
                _answer(party, datagram, source)
                return
            party.endpoint.receive(datagram, source, time.monotonic())
            party.send()
        elif not 192 <= second <= 223:
            party.packets += 1


def _answer(party: Party, datagram: bytes, source: tuple[str, int]) -> None:
    """Answer a server that checks its clients in turn, as browsers do; ours does not."""
    check = stun.parse(datagram)
    password = party.endpoint.connection.local.password
    if check.is_from(password):
        party.socket.sendto(stun.answer(check, source, password), source)


def say(**fields: object) -> None:
    print(json.dumps(fields), flush=True)


def main() -> None:
    """Connect and run the phases: `--rounds` times the server, then the null forwarder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True, help="an address of this machine")
    parser.add_argument("--receivers", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--fps", type=int, required=True, help="pictures a second")
    parser.add_argument("--packets", type=int, required=True, help="of one picture")
    options = parser.parse_args()
    picture = speaker_loop(options.fps, options.packets)
    load = Load(options.host, options.receivers, picture, random.Random(1))
    try:
        say(
            offers=[p.endpoint.offer() for p in load.parties],
            ports=[p.socket.getsockname()[1] for p in load.parties[1:]],
        )
        load.accept(0, json.loads(sys.stdin.readline())["answers"])
        load.run(_SETTLE_S)
        say(event="speaking")
        reply = json.loads(sys.stdin.readline())
        load.accept(1, reply["answers"])
        say(event="connected")
        for _ in range(options.rounds):
            load.phase("server", options.seconds, None)
            load.phase("null", options.seconds, reply["null_port"])
    finally:
        load.close()


if __name__ == "__main__":
    main()
