"""The camera: the frames of a loop, at their times, as RTP packets of VP8 (RFC 7741)."""

import random
from collections.abc import Sequence
from math import ceil

from media.synthetic.encoded import EncodedLoop, Frame
from media.synthetic.outgoing import Outgoing, extension_block
from media.synthetic.sdp import MID, RID, VP8

CLOCK_RATE = 90_000
_LONGEST_PAYLOAD = 1100
_EXTENDED, _START, _PICTURE_ID = 0x80, 0x10, 0x80


class Camera:
    """Sends all layers of a loop. `keyframe` moves one layer on to its next key frame."""

    def __init__(
        self,
        loop: EncodedLoop,
        mid: str,
        ssrcs: Sequence[int],
        *,
        simulcast: bool,
        now: float,
        dice: random.Random,
    ) -> None:
        """Send all layers with their RIDs, or without `simulcast` only the highest."""
        layers = loop.layers if simulcast else loop.layers[-1:]
        self._frames = [layer.frames for layer in layers]
        # Participants of one process start apart so that their pictures do not burst together.
        start = dice.randrange(len(self._frames[0]))
        self._at = [_next_key(frames, start) for frames in self._frames]
        self._interval = 1 / loop.fps
        self._next = now + dice.random() * self._interval
        self._picture_ids = [dice.getrandbits(15) for _ in layers]
        self.streams = [
            Outgoing(ssrc, VP8, CLOCK_RATE, dice.getrandbits(15), dice.getrandbits(32))
            for ssrc, _ in zip(ssrcs, layers, strict=True)
        ]
        self._blocks = [
            extension_block(
                [(MID, mid.encode()), *([(RID, layer.rid.encode())] if simulcast else [])]
            )
            for layer in layers
        ]
        self.keyframes_asked = 0

    def deadline(self) -> float:
        """When the next picture is due."""
        return self._next

    def beat(self, at: float) -> None:
        """Take the next picture at this time, and the others in step with it."""
        self._next = at

    def keyframe(self, ssrc: int) -> None:
        """Let the next picture of this layer be a key frame."""
        for index, stream in enumerate(self.streams):
            if stream.ssrc == ssrc:
                self.keyframes_asked += 1
                self._at[index] = _next_key(self._frames[index], self._at[index])

    def advance(self, now: float) -> list[bytes]:
        """Return the packets of the picture that is due; pictures long past are left out, and the
        beat is kept."""
        if now < self._next:
            return []
        packets: list[bytes] = []
        for index, stream in enumerate(self.streams):
            frames = self._frames[index]
            frame = frames[self._at[index]]
            self._at[index] = (self._at[index] + 1) % len(frames)
            picture_id = self._picture_ids[index] = (self._picture_ids[index] + 1) & 0x7FFF
            timestamp = stream.timestamp(self._next)
            parts = _cut(frame.data)
            for number, part in enumerate(parts):
                descriptor = bytes(
                    (
                        _EXTENDED | (_START if number == 0 else 0),
                        _PICTURE_ID,
                        0x80 | picture_id >> 8,
                        picture_id & 0xFF,
                    )
                )
                last = number == len(parts) - 1
                packets.append(
                    stream.packet(descriptor + part, timestamp, last, self._blocks[index])
                )
        self._next += self._interval
        if self._next < now:
            self._next += ceil((now - self._next) / self._interval) * self._interval
        return packets


def _next_key(frames: tuple[Frame, ...], start: int) -> int:
    """Return the first key frame from `start` on, around the end of the loop."""
    count = len(frames)
    return next((start + i) % count for i in range(count) if frames[(start + i) % count].key)


def _cut(data: bytes) -> list[bytes]:
    """Cut a frame in equal parts that fit a packet."""
    count = max(1, -(-len(data) // _LONGEST_PAYLOAD))
    size = max(1, -(-len(data) // count))
    return [data[i : i + size] for i in range(0, len(data), size)] or [b""]
