"""A whole synthetic participant without I/O or clock: offer, connection, camera, microphone,
reception and reports."""

import random
from collections.abc import Sequence

from media.core import rtcp, rtcp_build, rtp
from media.core.arrivals import Arrivals
from media.core.malformed import Malformed
from media.synthetic import sdp
from media.synthetic.camera import Camera
from media.synthetic.connection import Connection, Datagram
from media.synthetic.encoded import EncodedLoop, EncodedVoice
from media.synthetic.incoming import Incoming
from media.synthetic.microphone import Microphone
from media.synthetic.outgoing import Outgoing
from media.transports.dtls import Certificate
from media.transports.stun import Address

REPORT_INTERVAL = 1.0
"""Seconds between our sender and receiver reports."""
TELL_INTERVAL = 0.1
"""Seconds between transport-wide feedback at most, while something comes."""
_CLOCK_RATES: dict[sdp.Kind, int] = {"audio": 48_000, "video": 90_000}
_ALWAYS_CHECKED = 8


class SyntheticEndpoint:
    """`offer`, then `accept`; then datagrams in and out.

    `capacity` is what REMB tells the server, bit/s. Of the packets received every `verify_every`-th
    of a stream is decrypted and checked, and the first ones all; the others are counted by their
    clear headers only, which keeps dozens of participants light. One that `tells` sends
    transport-wide feedback about the pictures it gets, instead of REMB.
    """

    def __init__(
        self,
        certificate: Certificate,
        loop: EncodedLoop | None,
        voice: EncodedVoice | None,
        *,
        audio_slots: int,
        video_slots: int,
        capacity: int,
        verify_every: int,
        dice: random.Random,
        tells: bool = False,
    ) -> None:
        self.connection = Connection(certificate, dice)
        self.incoming: dict[int, Incoming] = {}
        """By SSRC, in the order of the slots."""
        self.slots: dict[int, tuple[sdp.Kind, int]] = {}
        """SSRC -> kind and slot number."""
        self.unknown_streams = 0
        """Packets of an SSRC that the answer did not name."""
        self.keyframe_requests = 0
        self.nacked = 0
        self.microphone: Microphone | None = None
        self.camera: Camera | None = None
        self._loop, self._voice = loop, voice
        self._slot_counts = (audio_slots, video_slots)
        self._capacity, self._verify_every, self._dice = capacity, verify_every, dice
        self._speaking = False
        self._ssrc = dice.randrange(2, 2**32)
        self._sendings: list[sdp.Sending] = []
        if voice is not None:
            self._sendings.append(sdp.Sending("audio", (self._new_ssrc(),)))
        if loop is not None:
            rids = tuple(layer.rid for layer in loop.layers) if len(loop.layers) > 1 else ()
            ssrcs = tuple(self._new_ssrc() for _ in loop.layers)
            self._sendings.append(sdp.Sending("video", ssrcs, rids))
        self._arrivals = Arrivals(sdp.TRANSPORT_SEQUENCE) if tells else None
        self._repairs: set[int] = set()
        """SSRCs of retransmissions, which are only told of."""
        self._next_report = self._next_told = float("inf")
        self._out: list[Datagram] = []

    def offer(self) -> str:
        """Return the offer of this connection, always the same."""
        connection = self.connection
        return sdp.offer(
            connection.local,
            connection.fingerprint,
            self._ssrc,
            f"synthetic-{self._ssrc:08x}",
            self._sendings,
            *self._slot_counts,
            tells=self._arrivals is not None,
        )

    def accept(self, text: str, now: float) -> None:
        """Take the answer and begin to connect; raise AnswerError."""
        answer = sdp.parse_answer(text)
        sent = len(self._sendings)
        if len(answer.sections) != sent + sum(self._slot_counts):
            raise sdp.AnswerError("sections do not match the offer")
        self._begin_sending(answer.sections[:sent], now)
        count: dict[sdp.Kind, int] = {"audio": 0, "video": 0}
        for section in answer.sections[sent:]:
            for ssrc in section.ssrcs[:1]:
                self.incoming[ssrc] = Incoming(ssrc, _CLOCK_RATES[section.kind])
                self.slots[ssrc] = (section.kind, count[section.kind])
            self._repairs.update(section.ssrcs[1:])
            count[section.kind] += 1
        self.connection.start(answer, now)
        self._next_report = now + REPORT_INTERVAL * self._dice.random()

    def speak(self, on: bool, now: float) -> None:
        """Begin or end a turn to speak."""
        self._speaking = on
        if self.microphone is not None:
            self.microphone.speak(on, now)

    def receive(self, datagram: bytes, source: Address, now: float) -> None:
        """Take one datagram; whatever it is, nothing is raised."""
        if len(datagram) >= 12 and 128 <= datagram[0] <= 191:
            if 192 <= datagram[1] <= 223:  # RFC 5761 §4
                self._take_rtcp(datagram, now)
            else:
                self._take_rtp(datagram, now)
        else:
            self.connection.receive(datagram, source, now)

    def deadline(self) -> float | None:
        """When `advance` has something to do, None for never."""
        deadline = self.connection.deadline()
        if self.connection.state != "connected":
            return deadline
        times = [self._next_report, self._next_told]
        if deadline is not None:
            times.append(deadline)
        if self.microphone is not None:
            times.append(self.microphone.deadline())
        if self.camera is not None:
            times.append(self.camera.deadline())
        return min(times)

    def advance(self, now: float) -> None:
        """Send what is due."""
        self.connection.advance(now)
        if self.connection.state != "connected":
            return
        if self.microphone is not None:
            self._send(self.microphone.advance(now))
        if self.camera is not None:
            self._send(self.camera.advance(now))
        if now >= self._next_report:
            self._next_report = now + REPORT_INTERVAL
            self._report(now)
        if now >= self._next_told:
            self._tell(now)

    def take(self) -> list[Datagram]:
        """Return the datagrams to send now."""
        out = self.connection.take()
        out += self._out
        self._out = []
        return out

    def close(self) -> None:
        """Say BYE and close_notify; harmless when repeated."""
        if streams := self._streams():
            self._send_rtcp(
                rtcp_build.receiver_report(self._ssrc)
                + rtcp_build.bye([stream.ssrc for stream in streams])
            )
        self.connection.close()

    def abandon(self) -> None:
        """Be closed without a word to the other end."""
        self.connection.abandon()

    def _begin_sending(self, sections: Sequence[sdp.Section], now: float) -> None:
        for section, sending in zip(sections, self._sendings, strict=True):
            if not section.accepted or section.direction not in ("recvonly", "sendrecv"):
                continue
            if sending.kind == "audio" and self._voice is not None:
                self.microphone = Microphone(
                    self._voice, section.mid, sending.ssrcs[0], now=now, dice=self._dice
                )
                self.microphone.speak(self._speaking, now)
            elif sending.kind == "video" and self._loop is not None:
                simulcast = len(section.rids) > 1
                ssrcs = sending.ssrcs if simulcast else sending.ssrcs[-1:]
                self.camera = Camera(
                    self._loop, section.mid, ssrcs, simulcast=simulcast, now=now, dice=self._dice
                )

    def _take_rtp(self, datagram: bytes, now: float) -> None:
        ssrc = int.from_bytes(datagram[8:12], "big")
        if self._arrivals is not None and datagram[0] & 0x10:
            self._note(self._arrivals, datagram, ssrc, now)
        incoming = self.incoming.get(ssrc)
        if incoming is None:
            self.unknown_streams += ssrc not in self._repairs
            return
        count = incoming.packets
        if (
            count < _ALWAYS_CHECKED or count % self._verify_every == 0
        ) and self.connection.unprotect_rtp(datagram) is None:
            return
        incoming.take(datagram, now)

    def _note(self, arrivals: Arrivals, datagram: bytes, ssrc: int, now: float) -> None:
        """Note when a packet came, by its number: headers are clear under SRTP, too."""
        try:
            number = rtp.extension(datagram, rtp.parse(datagram), arrivals.extension)
        except Malformed:
            return
        if number is not None and len(number) == 2:
            self._next_told = min(self._next_told, now + TELL_INTERVAL)
            if arrivals.came(int.from_bytes(number, "big"), ssrc, now):
                self._tell(now)

    def _tell(self, now: float) -> None:
        """Send the transport-wide feedback that is due."""
        self._next_told = float("inf")
        if self._arrivals is not None:
            for packet in self._arrivals.compile(self._ssrc, now):
                self._send_rtcp(packet)

    def _take_rtcp(self, datagram: bytes, now: float) -> None:
        plain = self.connection.unprotect_rtcp(datagram)
        if plain is None:
            return
        try:
            packets = rtcp.parse(plain)
        except Malformed:
            return
        for packet in packets:
            match packet:
                case rtcp.Pli(media_ssrc):
                    self._keyframe(media_ssrc)
                case rtcp.Fir(entries):
                    for ssrc, _ in entries:
                        self._keyframe(ssrc)
                case rtcp.Nack(media_ssrc, sequences):
                    for stream in self._streams():
                        if stream.ssrc == media_ssrc:
                            again = stream.again(sequences)
                            self.nacked += len(again)
                            self._send(again)
                case rtcp.SenderReport(ssrc=ssrc, ntp=ntp) if ssrc in self.incoming:
                    self.incoming[ssrc].sender_report(ntp, now)
                case _:
                    pass

    def _keyframe(self, ssrc: int) -> None:
        self.keyframe_requests += 1
        if self.camera is not None:
            self.camera.keyframe(ssrc)

    def _report(self, now: float) -> None:
        heard = [i for i in self.incoming.values() if i.packets]
        blocks = [incoming.report(now) for incoming in heard[: rtcp_build.MAX_BLOCKS]]
        compound = b"".join(stream.report(now) for stream in self._streams())
        compound += rtcp_build.receiver_report(self._ssrc, blocks)
        compound += rtcp_build.source_description([self._ssrc], f"synthetic-{self._ssrc:08x}")
        video = [ssrc for ssrc, (kind, _) in self.slots.items() if kind == "video"]
        if video and self._arrivals is None:
            compound += rtcp_build.remb(self._ssrc, self._capacity, video)
        self._send_rtcp(compound)

    def _streams(self) -> list[Outgoing]:
        streams = [self.microphone.stream] if self.microphone is not None else []
        return streams + (self.camera.streams if self.camera is not None else [])

    def _send(self, packets: Sequence[bytes]) -> None:
        for packet in packets:
            datagram = self.connection.protect_rtp(packet)
            if datagram is not None:
                self._out.append(datagram)

    def _send_rtcp(self, packet: bytes) -> None:
        datagram = self.connection.protect_rtcp(packet)
        if datagram is not None:
            self._out.append(datagram)

    def _new_ssrc(self) -> int:
        return self._dice.randrange(2, 2**32)
