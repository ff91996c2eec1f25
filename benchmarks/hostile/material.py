"""Good datagrams of every kind the media port takes, and ways to bend them."""

import random
import struct
from collections.abc import Callable, Mapping, Sequence

from media.core import rtcp_build
from media.core.arrivals import Arrivals
from media.core.rtcp import ReportBlock
from media.synthetic.encoded import EncodedLoop, EncodedVoice, Frame, Layer, Sound
from media.synthetic.endpoint import SyntheticEndpoint
from media.synthetic.outgoing import extension_block
from media.transports import stun
from media.transports.dtls import Certificate, DtlsEndpoint

OPUS, RED, VP8, H264, RTX = 111, 63, 96, 102, 97
LEVEL_ID, MID_ID, RID_ID, REPAIRED_ID, TRANSPORT_ID = 1, 4, 10, 11, 5
AUDIO_SSRC, VIDEO_SSRC, RTX_SSRC, H264_SSRC = 2000, 2001, 2002, 2003

_TELLING = (0x00, 0x01, 0x0F, 0x10, 0x1F, 0x3F, 0x40, 0x7F, 0x80, 0x90, 0xBE, 0xF0, 0xFE, 0xFF)
"""Bytes at which fields begin to mean something else."""
_LONGEST_NOISE = 1_500

CREDENTIALS = stun.Credentials("serverufrag", "a-password-of-24-characters")


def rtp(
    payload_type: int, sequence: int, ssrc: int, payload: bytes, block: bytes = b"", head: int = 0
) -> bytes:
    """Write an RTP packet; `head` are bits to set in its first byte."""
    first = 0x80 | (0x10 if block else 0) | head
    return struct.pack("!BBHII", first, payload_type, sequence, 960, ssrc) + block + payload


def two_byte_block(elements: Sequence[tuple[int, bytes]]) -> bytes:
    """Write a two-byte header extension block (RFC 8285 §4.3)."""
    body = b"".join(bytes((number, len(data))) + data for number, data in elements)
    body += b"\0" * (-len(body) % 4)
    return struct.pack("!HH", 0x1000, len(body) // 4) + body


def rtp_packets() -> list[bytes]:
    """Sound, VP8 with every field of its descriptor, H.264 in all forms, RTX, RED, padding."""
    names = [(MID_ID, b"1"), (RID_ID, b"f"), (TRANSPORT_ID, b"\x12\x34")]
    level = extension_block([(MID_ID, b"0"), (LEVEL_ID, b"\x9e")])
    key, delta = b"\x10\x02\x00\x9d\x01\x2a\x80\x02\xe0\x01", b"\x11" + bytes(40)
    descriptors = (
        b"\x10", b"\x90\x80\x81\x23", b"\x90\x80\x23", b"\x90\xe0\x81\x24\x07\x20",
        b"\x90\xf0\x81\x25\x08\x60", b"\x80\x10\x40", b"\x00",
    )  # fmt: skip
    sps, idr = b"\x67\x42\xe0\x1f\x8c", b"\x65" + bytes(30)
    aggregate = b"\x18" + b"".join(len(n).to_bytes(2, "big") + n for n in (sps, b"\x68\xce", idr))
    h264 = (sps, aggregate, b"\x7c\x87" + bytes(30), b"\x7c\x05" + bytes(30), b"\x41" + bytes(9))
    packets = [rtp(OPUS, 1, AUDIO_SSRC, b"\x78" + bytes(40), level)]
    packets += [
        rtp(VP8, 2, VIDEO_SSRC, d + key + delta, extension_block(names)) for d in descriptors
    ]
    packets += [rtp(H264, 3, H264_SSRC, payload, two_byte_block(names)) for payload in h264]
    repaired = extension_block([(MID_ID, b"1"), (REPAIRED_ID, b"f")])
    packets += [
        rtp(RTX, 4, RTX_SSRC, b"\x00\x02" + descriptors[3] + key, repaired),
        rtp(RED, 5, AUDIO_SSRC, b"\xef\x0f\x00\x04\x6f" + b"\x78abc" + b"\x78def", level),
        rtp(VP8, 6, VIDEO_SSRC, descriptors[0] + delta + bytes(3) + b"\x04", head=0x20),
    ]
    return packets


def transport_feedback() -> bytes:
    """Some that came, some lost, one late: run lengths and both kinds of vectors."""
    arrivals, now = Arrivals(TRANSPORT_ID), 100.0
    for number in (*range(40), 41, 45, 46, 60, *range(62, 90, 3)):
        now += 0.2 if number == 45 else 0.004
        arrivals.came(number, VIDEO_SSRC, now)
    return arrivals.compile(1, now)[0]


def rtcp_packets() -> list[bytes]:
    """Reports, requests and feedback, alone and as compounds."""
    block = ReportBlock(VIDEO_SSRC, 12, 34, 70_000, 5, 6, 7)
    ntp = 0xE0000000_00000000
    parts = (
        rtcp_build.sender_report(VIDEO_SSRC, ntp, 960, 10, 1000),
        rtcp_build.receiver_report(1, [block, block]),
        rtcp_build.source_description([1, 2], "somebody"),
        rtcp_build.remb(1, 1_500_000, [VIDEO_SSRC, AUDIO_SSRC]),
        rtcp_build.nack(1, VIDEO_SSRC, [1, 2, 70, 65_535]),
        rtcp_build.pli(1, VIDEO_SSRC),
        rtcp_build.fir(1, VIDEO_SSRC, 9),
        rtcp_build.bye([VIDEO_SSRC, AUDIO_SSRC]),
        transport_feedback(),
    )
    return [*parts, b"".join(parts), parts[0] + parts[2], parts[1] + parts[3] + parts[4]]


def stun_messages() -> list[bytes]:
    """Checks and the answers to them, with the password of `CREDENTIALS`."""
    client = stun.Credentials("clientufrag", "another-password-of-24-ch")
    checks = [
        stun.check(
            bytes(range(12)), local=client, remote=CREDENTIALS,
            tie_breaker=1, priority=2, use_candidate=nominate,
        )
        for nominate in (True, False)
    ]  # fmt: skip
    request = stun.parse(checks[0])
    answers = [stun.answer(request, address, "x" * 24) for address in (("1.2.3.4", 5), ("::1", 6))]
    return [*checks, *answers, stun.refuse(request, 401, "Unauthorized")]


def dtls_flights() -> list[bytes]:
    """Every datagram of a whole handshake, both sides', and the goodbye."""
    certificate = Certificate.generate()
    known = [("sha-256", certificate.fingerprint)]
    client, server = (DtlsEndpoint(certificate, r, known) for r in ("client", "server"))
    seen: list[bytes] = []
    for endpoint in (server, client):
        endpoint.start(0.0)
    for _ in range(6):
        for sender, receiver in ((client, server), (server, client)):
            for datagram in sender.take():
                seen.append(datagram)
                receiver.receive(datagram, 0.0)
    client.close()
    return seen + client.take()


def offers() -> list[bytes]:
    """Offers of participants: one that sends a camera with layers, one that only watches."""
    certificate, dice = Certificate.generate(), random.Random(1)
    frame = Frame(b"\x10" + bytes(20), True)
    camera = EncodedLoop(10, tuple(Layer(rid, 320, 180, (frame,)) for rid in ("q", "h", "f")))
    voice = EncodedVoice((Sound(b"\0", 20),), Sound(b"\0", 127))
    endpoints = [
        SyntheticEndpoint(
            certificate, loop, sound, audio_slots=1, video_slots=1,
            capacity=1, verify_every=1, dice=dice,
        )
        for loop, sound in ((camera, voice), (None, None))
    ]  # fmt: skip
    return [endpoint.offer().encode() for endpoint in endpoints]


KINDS: Mapping[str, Callable[[], list[bytes]]] = {
    "stun": stun_messages,
    "dtls": dtls_flights,
    "rtp": rtp_packets,
    "rtcp": rtcp_packets,
    "sdp": offers,
}


class Bender:
    """Bends good datagrams of one kind; the same seed, the same datagrams."""

    def __init__(self, good: Sequence[bytes], dice: random.Random) -> None:
        self._good = good
        self._dice = dice
        self._ways: tuple[Callable[[bytearray], bytearray], ...] = (
            self._noise, self._cut, self._overwrite, self._overwrite, self._flip, self._flip,
            self._insert, self._remove, self._splice, self._repeat,
        )  # fmt: skip

        if all(b"\r\n" in each for each in good):
            self._ways += (self._line,) * len(self._ways)

    def next(self) -> bytes:
        """Return a datagram that was bent in one to three ways; rarely a good one."""
        dice = self._dice
        data = bytearray(dice.choice(self._good))
        for _ in range(dice.choice((0, 1, 1, 1, 1, 2, 2, 3))):
            data = dice.choice(self._ways)(data)
        return bytes(data)

    def _at(self, data: bytearray) -> int:
        """Return a place, mostly near the beginning, where headers stand."""
        most = len(data) if self._dice.random() < 0.3 else min(len(data), 24)
        return self._dice.randrange(most) if most else 0

    def _noise(self, data: bytearray) -> bytearray:
        size = self._dice.choice((8, 20, 60, 200, _LONGEST_NOISE))
        noise = bytearray(self._dice.randbytes(self._dice.randrange(size)))
        if noise and data and self._dice.random() < 0.7:
            noise[0] = data[0]  # so that it is taken for something of this kind
        return noise

    def _cut(self, data: bytearray) -> bytearray:
        return data[: self._dice.randrange(len(data) + 1)]

    def _overwrite(self, data: bytearray) -> bytearray:
        for _ in range(self._dice.randint(1, 3) if data else 0):
            data[self._at(data)] = self._dice.choice(_TELLING)
        return data

    def _flip(self, data: bytearray) -> bytearray:
        if data:
            data[self._at(data)] ^= 1 << self._dice.randrange(8)
        return data

    def _insert(self, data: bytearray) -> bytearray:
        at = self._at(data)
        data[at:at] = self._dice.randbytes(self._dice.randint(1, 8))
        return data

    def _remove(self, data: bytearray) -> bytearray:
        at = self._at(data)
        del data[at : at + self._dice.randint(1, 8)]
        return data

    def _splice(self, data: bytearray) -> bytearray:
        other = self._dice.choice(self._good)
        return data[: self._at(data)] + other[self._dice.randrange(len(other)) :]

    def _repeat(self, data: bytearray) -> bytearray:
        at = self._at(data)
        return data[:at] + data[at : at + 16] * self._dice.randint(2, 40) + data[at + 16 :]

    def _line(self, data: bytearray) -> bytearray:
        """Empty, cut, double, drop or move a line of text."""
        lines = bytes(data).split(b"\r\n")
        at, other = (self._dice.randrange(len(lines)) for _ in range(2))
        line = lines[at]
        match self._dice.randrange(6):
            case 0:
                lines[at] = line.partition(b":")[0] + b":"
            case 1:
                lines[at] = line[: self._dice.randrange(len(line) + 1)]
            case 2:
                lines.insert(other, line)
            case 3:
                del lines[at]
            case 4:
                lines[at], lines[other] = lines[other], line
            case _:
                lines[at] = b" ".join(line.split(b" ")[: self._dice.randint(0, 2)])
        return bytearray(b"\r\n".join(lines))
