"""What a synthetic participant sends: pictures and sounds that were encoded beforehand."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """One encoded VP8 picture."""

    data: bytes
    key: bool


@dataclass(frozen=True, slots=True)
class Layer:
    """One simulcast layer: the same motion as its sisters, in its own size (pixels)."""

    rid: str
    width: int
    height: int
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class EncodedLoop:
    """A picture that repeats without a seam.

    `layers` stand from the lowest to the highest and have equally many frames; key frames stand at
    the same places in all of them, the first frame being one.
    """

    fps: int
    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        keys = {tuple(f.key for f in layer.frames) for layer in self.layers}
        if len(keys) != 1 or not next(iter(keys)) or not next(iter(keys))[0]:
            raise ValueError("layers must have the same key frames, and one at the start")


@dataclass(frozen=True, slots=True)
class Sound:
    """One Opus frame of 20 ms and its level for RFC 6464: 0 loudest … 127 silence (-dBov)."""

    data: bytes
    level: int


@dataclass(frozen=True, slots=True)
class EncodedVoice:
    """A voice that repeats, and the comfort noise it leaves behind when it is silent (DTX)."""

    frames: tuple[Sound, ...]
    silence: Sound
