"""The asyncio shell of a synthetic participant: one UDP socket and one timer."""

import asyncio
import random
import socket
from collections.abc import Callable
from typing import TypedDict

from media.synthetic.connection import State
from media.synthetic.encoded import EncodedLoop, EncodedVoice
from media.synthetic.endpoint import SyntheticEndpoint
from media.transports.dtls import Certificate

_LONGEST = 2048
_BATCH = 64
"""Datagrams read before the loop gets its turn again."""


class SlotStats(TypedDict):
    kind: str
    slot: int
    packets: int
    octets: int
    frames: int
    lost: int


class ParticipantStats(TypedDict):
    """`round_trip` in seconds, everything else counted from the start of the connection."""

    state: State
    failure: str
    round_trip: float
    sent_packets: int
    sent_octets: int
    dropped_sends: int
    keyframe_requests: int
    resent: int
    unknown_streams: int
    undecipherable: int
    slots: list[SlotStats]


class SyntheticParticipant:
    """A participant that sends what was encoded beforehand and counts what it gets.

    Either of `loop` and `voice` may be None: it does not send that then. Make it where an asyncio
    loop runs; a participant lives for one connection, so make another one after it failed. Many
    in one process may share a certificate. Of the packets received, the first and then every
    `verify_every`-th of a stream are decrypted; `capacity` is told to the server, bit/s,
    unless it `tells` instead when packets came (transport-wide feedback).
    """

    def __init__(
        self,
        loop: EncodedLoop | None,
        voice: EncodedVoice | None,
        *,
        audio_slots: int = 3,
        video_slots: int = 5,
        capacity: int = 4_000_000,
        verify_every: int = 16,
        certificate: Certificate | None = None,
        tells: bool = False,
        on_state: Callable[[State], None] | None = None,
    ) -> None:
        self._endpoint = SyntheticEndpoint(
            certificate or Certificate.generate(),
            loop,
            voice,
            audio_slots=audio_slots,
            video_slots=video_slots,
            capacity=capacity,
            verify_every=verify_every,
            dice=random.Random(),
            tells=tells,
        )
        self._on_state = on_state
        self._state: State = "new"
        self._connected = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._socket: socket.socket | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0  # uvloop's handles do not tell
        self._dropped_sends = 0

    @property
    def state(self) -> State:
        return self._endpoint.connection.state

    def offer(self) -> str:
        """Return the SDP offer."""
        return self._endpoint.offer()

    def accept(self, answer: str) -> None:
        """Take the server's SDP answer and connect in the background; raise AnswerError."""
        self._endpoint.accept(answer, self._loop.time())
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(("", 0))
        self._loop.add_reader(self._socket.fileno(), self._readable)
        self._settle()

    async def connected(self) -> None:
        """Wait until the connection is up; raise ConnectionError where it failed or was closed."""
        await self._connected.wait()
        if self.state != "connected":
            raise ConnectionError(self._endpoint.connection.failure or self.state)

    def speak(self, on: bool) -> None:
        """Begin or end a turn to speak; before the connection is up it is remembered."""
        self._endpoint.speak(on, self._loop.time())
        if self._socket is not None:
            self._settle()

    def abandon(self) -> None:
        """Give the connection up without a word, as the other end is gone; then `close`."""
        self._endpoint.abandon()
        self._let_go()
        self._tell()

    async def close(self) -> None:
        """Say goodbye and let the socket go; harmless when repeated."""
        self._endpoint.close()
        if self._socket is not None:
            self._send()
        self._let_go()
        self._tell()

    def stats(self) -> ParticipantStats:
        """Return the counters of this connection."""
        endpoint = self._endpoint
        streams = [endpoint.microphone.stream] if endpoint.microphone else []
        streams += endpoint.camera.streams if endpoint.camera else []
        return ParticipantStats(
            state=self.state,
            failure=endpoint.connection.failure,
            round_trip=endpoint.connection.round_trip,
            sent_packets=sum(s.packets for s in streams),
            sent_octets=sum(s.octets for s in streams),
            dropped_sends=self._dropped_sends,
            keyframe_requests=endpoint.keyframe_requests,
            resent=endpoint.nacked,
            unknown_streams=endpoint.unknown_streams,
            undecipherable=endpoint.connection.undecipherable,
            slots=[
                SlotStats(
                    kind=kind,
                    slot=slot,
                    packets=endpoint.incoming[ssrc].packets,
                    octets=endpoint.incoming[ssrc].octets,
                    frames=endpoint.incoming[ssrc].frames,
                    lost=endpoint.incoming[ssrc].lost,
                )
                for ssrc, (kind, slot) in endpoint.slots.items()
            ],
        )

    def _readable(self) -> None:
        now = self._loop.time()
        for _ in range(_BATCH):
            if self._socket is None:
                return
            try:
                datagram, source = self._socket.recvfrom(_LONGEST)
            except BlockingIOError:
                break
            except OSError:
                continue  # a refused port shows here; the checks will find out
            self._endpoint.receive(datagram, source, now)
        self._settle()

    def _due(self) -> None:
        self._timer = None
        self._endpoint.advance(self._loop.time())
        self._settle()

    def _settle(self) -> None:
        """Send what there is, tell of a new state, and set the timer."""
        self._send()
        self._tell()
        if self.state in ("failed", "closed"):
            self._let_go()
            return
        deadline = self._endpoint.deadline()
        if self._timer is not None:
            if deadline is not None and self._timer_at <= deadline:
                return  # it will come early and be set again: cheaper than a new one each time
            self._timer.cancel()
            self._timer = None
        if deadline is not None:
            self._timer, self._timer_at = self._loop.call_at(deadline, self._due), deadline

    def _send(self) -> None:
        assert self._socket is not None
        for datagram, address in self._endpoint.take():
            try:
                self._socket.sendto(datagram, address)
            except OSError:
                self._dropped_sends += 1  # a full buffer or no way there: as if lost on the line

    def _tell(self) -> None:
        if self.state == self._state:
            return
        self._state = self.state
        if self._state in ("connected", "failed", "closed"):
            self._connected.set()
        if self._on_state is not None:
            self._on_state(self._state)

    def _let_go(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._socket is not None:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None
