"""Pictures into simulcast layers of VP8, by PyAV (libvpx)."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, cast

import av
from PIL import Image

from media.synthetic.encoded import EncodedLoop, Frame, Layer

FPS = 12
KEY_INTERVAL = 12
"""Frames: whoever asks for a key frame gets one that is at most a second of the loop ahead."""


class _Encoder:
    """libvpx for one layer, told where the key frames stand."""

    def __init__(self, rid: str, width: int, height: int, bit_rate: int) -> None:
        self.rid, self.width, self.height = rid, width, height
        codec = av.CodecContext.create("libvpx", "w")
        codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
        codec.time_base, codec.framerate = Fraction(1, FPS), Fraction(FPS, 1)
        codec.bit_rate = bit_rate
        codec.options = {
            "deadline": "realtime",
            "cpu-used": "8",
            "lag-in-frames": "0",
            "auto-alt-ref": "0",
            "g": str(KEY_INTERVAL),
            "keyint_min": str(KEY_INTERVAL),
        }
        self._codec = codec
        self.frames: list[Frame] = []

    def take(self, picture: av.VideoFrame | None, number: int) -> None:
        """Encode one picture; None ends the stream."""
        if picture is not None:
            picture = picture.reformat(width=self.width, height=self.height, format="yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, FPS)
        for packet in self._codec.encode(picture):
            self.frames.append(Frame(bytes(packet), bool(packet.is_keyframe)))


def encode(pictures: Iterable[Image.Image]) -> EncodedLoop:
    """Encode RGB pictures of one size (at FPS) as layers `q`, a quarter of the area, and `h`."""
    encoders: list[_Encoder] = []
    count = 0
    for picture in pictures:
        if not encoders:
            width, height = picture.size
            encoders = [
                _Encoder("q", width // 2, height // 2, 90_000),
                _Encoder("h", width, height, 260_000),
            ]
        frame = cast(Any, av.VideoFrame).from_image(picture)  # untyped in PyAV
        for encoder in encoders:
            encoder.take(frame, count)
        count += 1
    for encoder in encoders:
        encoder.take(None, count)
    return EncodedLoop(
        FPS, tuple(Layer(e.rid, e.width, e.height, tuple(e.frames)) for e in encoders)
    )
