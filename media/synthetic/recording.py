"""A synthetic participant's picture and voice together, kept in a file between starts."""

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL.Image import Image

from media.synthetic import audio_encoding, scenery, speech, video_encoding
from media.synthetic.encoded import EncodedLoop, EncodedVoice, Frame, Layer, Sound

LOOP_SECONDS = 10
TALK_SECONDS = 12.0
_VERSION = 1
"""Raise it when what is drawn or said changes: files of another version are made anew."""
_MAGIC = b"liancun synthetic\n"


@dataclass(frozen=True, slots=True)
class Recording:
    """What one participant sends."""

    loop: EncodedLoop
    voice: EncodedVoice


class Cancelled(Exception):
    """Nobody wants the recording any more."""


def record(
    folder: Path,
    name: str,
    caption: str,
    number: int,
    *,
    cancelled: Callable[[], bool] = lambda: False,
) -> Recording:
    """Return the recording of `name` out of `folder`, or make it, which takes about 1.5 s of CPU.

    `number` chooses the colours. A file that cannot be read is made anew; a folder that cannot be
    written costs the time again at the next start, nothing else. `cancelled` is asked at every
    picture; when it says so, Cancelled is raised.
    """
    path = folder / file_name(name, caption, number)
    with contextlib.suppress(OSError, ValueError):
        return load(path.read_bytes())
    palette = scenery.Palette.of(name, number)
    count = LOOP_SECONDS * video_encoding.FPS
    recording = Recording(
        video_encoding.encode(_until(cancelled, scenery.draw(name, caption, palette, count))),
        audio_encoding.encode(speech.speak(name, TALK_SECONDS), speech.RATE),
    )
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}.part")
        unfinished.write_bytes(save(recording))
        unfinished.replace(path)
    return recording


def save(recording: Recording) -> bytes:
    """Write a recording: a line of magic, a line of JSON with all lengths, then all frames."""
    loop, voice = recording.loop, recording.voice
    sounds = [*voice.frames, voice.silence]
    contents = {
        "fps": loop.fps,
        "layers": [
            {
                "rid": layer.rid,
                "width": layer.width,
                "height": layer.height,
                "frames": [[len(frame.data), frame.key] for frame in layer.frames],
            }
            for layer in loop.layers
        ],
        "sounds": [[len(sound.data), sound.level] for sound in sounds],
    }
    blobs = [frame.data for layer in loop.layers for frame in layer.frames]
    blobs += [sound.data for sound in sounds]
    return _MAGIC + json.dumps(contents).encode() + b"\n" + b"".join(blobs)


def load(data: bytes) -> Recording:
    """Read what `save` wrote; raise ValueError where it is not that."""
    if not data.startswith(_MAGIC):
        raise ValueError("not a recording")
    head, _, blobs = data[len(_MAGIC) :].partition(b"\n")
    contents: Any = json.loads(head)
    at = 0

    def cut(length: int) -> bytes:
        nonlocal at
        if not 0 <= length <= len(blobs) - at:
            raise ValueError("recording is cut short")
        at += length
        return blobs[at - length : at]

    try:
        layers = tuple(
            Layer(
                layer["rid"],
                layer["width"],
                layer["height"],
                tuple(Frame(cut(length), bool(key)) for length, key in layer["frames"]),
            )
            for layer in contents["layers"]
        )
        sounds = tuple(Sound(cut(length), level) for length, level in contents["sounds"])
        loop = EncodedLoop(contents["fps"], layers)
        return Recording(loop, EncodedVoice(sounds[:-1], sounds[-1]))
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"recording not understood: {error}") from error


def _until(cancelled: Callable[[], bool], pictures: Iterable[Image]) -> Iterator[Image]:
    for picture in pictures:
        if cancelled():
            raise Cancelled
        yield picture


def file_name(name: str, caption: str, number: int) -> str:
    """Return the name of a recording's file, which changes with whatever is in it."""
    text = json.dumps([_VERSION, LOOP_SECONDS, TALK_SECONDS, name, caption, number])
    return hashlib.sha256(text.encode()).hexdigest()[:32] + ".loop"
