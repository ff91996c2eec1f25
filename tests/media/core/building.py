"""Small builders of packets and participants for the tests of the core."""

from dataclasses import dataclass, field

from media.core.sections import Extensions, SlotSpec, Source

EXTENSIONS = Extensions(mid=4, rid=10, repaired_rid=11, audio_level=1)
OPUS, VP8, RTX = 111, 96, 97


def microphone(mid: str = "0", ssrc: int | None = None) -> Source:
    return Source(
        mid=mid,
        kind="audio",
        codec="opus",
        payload_type=OPUS,
        clock_rate=48000,
        ssrcs=() if ssrc is None else (ssrc,),
        extensions=EXTENSIONS,
    )


def camera(
    mid: str = "1", rids: tuple[str, ...] = (), ssrcs: tuple[int, ...] = (), rtx: bool = True
) -> Source:
    return Source(
        mid=mid,
        kind="video",
        codec="vp8",
        payload_type=VP8,
        clock_rate=90000,
        rids=rids,
        ssrcs=ssrcs,
        rtx_payload_type=RTX if rtx else None,
        extensions=EXTENSIONS,
        nack=True,
        pli=True,
    )


def receiving(audio: int = 3, video: int = 5, rtx: bool = True) -> list[SlotSpec]:
    """Slots as a phone asks for them; SSRCs 1000.. for sound, 2000.. for pictures."""
    sound = [SlotSpec(n, "audio", "opus", 1000 + n, OPUS, 48000) for n in range(audio)]
    pictures = [
        SlotSpec(
            n,
            "video",
            "vp8",
            2000 + n,
            VP8,
            90000,
            rtx_ssrc=3000 + n if rtx else None,
            rtx_payload_type=RTX if rtx else None,
        )
        for n in range(video)
    ]
    return sound + pictures


def elements(*pairs: tuple[int, bytes]) -> bytes:
    """Build a one-byte extension block (RFC 8285) with its head."""
    data = b"".join(bytes((number << 4 | len(value) - 1,)) + value for number, value in pairs)
    data += bytes(-len(data) % 4)
    return b"\xbe\xde" + (len(data) // 4).to_bytes(2, "big") + data


def rtp_packet(
    ssrc: int,
    sequence: int,
    timestamp: int,
    payload: bytes,
    payload_type: int = VP8,
    marker: bool = False,
    extensions: bytes = b"",
) -> bytes:
    return (
        bytes((0x90 if extensions else 0x80, payload_type | marker << 7))
        + (sequence & 0xFFFF).to_bytes(2, "big")
        + (timestamp & 0xFFFFFFFF).to_bytes(4, "big")
        + ssrc.to_bytes(4, "big")
        + extensions
        + payload
    )


def vp8_payload(
    picture_id: int, tl0: int, *, first: bool, key: bool, rest: bytes = b"x", layer: int = 0
) -> bytes:
    """A payload with a descriptor as browsers send it: 15-bit picture id, TL0PICIDX, TID."""
    head = bytes((0x90 if first else 0x80, 0xE0))
    numbers = (0x8000 | picture_id & 0x7FFF).to_bytes(2, "big") + bytes((tl0 & 0xFF, layer << 6))
    return head + numbers + (b"\x10" if first and key else b"\x11") + rest


@dataclass
class Camera:
    """One sending layer: makes the packets of consecutive frames."""

    ssrc: int
    sequence: int = 100
    timestamp: int = 5000
    picture_id: int = 10
    tl0: int = 3
    rid: str | None = None
    mid: str = "1"
    fps: int = 30
    per_frame: int = 2
    known: bool = field(default=False)
    pattern: tuple[int, ...] = (0,)
    """Temporal layers of consecutive frames, (0, 2, 1, 2) in browsers; key frames are of 0."""
    turn: int = 0

    def frame(self, *, key: bool = False, size: int = 100) -> list[bytes]:
        """Return the packets of the next frame."""
        packets = []
        self.turn = 0 if key else self.turn
        layer = self.pattern[self.turn % len(self.pattern)]
        self.turn += 1
        self.tl0 += layer == 0
        for number in range(self.per_frame):
            head = b""
            if not self.known:
                pairs = [(EXTENSIONS.mid, self.mid.encode())]
                if self.rid is not None:
                    pairs.append((EXTENSIONS.rid, self.rid.encode()))
                head = elements(*pairs)
            payload = vp8_payload(
                self.picture_id,
                self.tl0,
                first=number == 0,
                key=key,
                rest=bytes(size),
                layer=layer,
            )
            last = number == self.per_frame - 1
            packets.append(
                rtp_packet(
                    self.ssrc, self.sequence, self.timestamp, payload, marker=last, extensions=head
                )
            )
            self.sequence += 1
        self.timestamp += 90000 // self.fps
        self.picture_id += 1
        return packets


@dataclass
class Microphone:
    """A sending microphone: one packet every 20 ms."""

    ssrc: int
    sequence: int = 200
    timestamp: int = 7000
    mid: str = "0"

    def packet(self, level: int, size: int = 60) -> bytes:
        """Return the next packet; `level` as RFC 6464 has it, 0 loud .. 127 silent."""
        head = elements(
            (EXTENSIONS.mid, self.mid.encode()), (EXTENSIONS.audio_level, bytes((level,)))
        )
        packet = rtp_packet(
            self.ssrc, self.sequence, self.timestamp, bytes(size), OPUS, extensions=head
        )
        self.sequence += 1
        self.timestamp += 960
        return packet
