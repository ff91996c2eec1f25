"""Samples into Opus frames of 20 ms with their levels (RFC 6464), by PyAV (libopus)."""

import math
from array import array
from collections.abc import Iterator
from fractions import Fraction

import av

from media.synthetic.encoded import EncodedVoice, Sound

_FRAME_S = Fraction(1, 50)
_FULL_SCALE = 32768
SILENT = 127


def encode(samples: "array[int]", rate: int) -> EncodedVoice:
    """Encode 16-bit mono samples; a last part shorter than a frame is left out."""
    frames = tuple(_sounds(samples, rate))
    quiet = tuple(_sounds(array("h", bytes(2 * rate)), rate))
    return EncodedVoice(frames, Sound(min((s.data for s in quiet[5:]), key=len), SILENT))


def level(samples: "array[int]") -> int:
    """Return the level of a frame: 0 for full scale … 127 for silence, in -dBov (RFC 6464 §3)."""
    power = sum(x * x for x in samples) / max(1, len(samples))
    if power <= 0:
        return SILENT
    return max(0, min(SILENT, round(-10 * math.log10(power / _FULL_SCALE**2))))


def _sounds(samples: "array[int]", rate: int) -> Iterator[Sound]:
    codec = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.format, codec.layout = rate, "s16", "mono"
    codec.bit_rate = 24_000
    codec.options = {"application": "voip", "frame_duration": "20"}
    size = int(rate * _FRAME_S)
    levels: list[int] = []
    for number in range(len(samples) // size):
        part = samples[number * size : (number + 1) * size]
        levels.append(level(part))
        frame = av.AudioFrame(format="s16", layout="mono", samples=size)
        frame.planes[0].update(part.tobytes())
        frame.sample_rate, frame.pts = rate, number * size
        for packet in codec.encode(frame):
            yield Sound(bytes(packet), levels.pop(0))
    for packet in codec.encode(None):
        if levels:
            yield Sound(bytes(packet), levels.pop(0))
