"""What the two ends of a pipe say to each other about one room; only what the other lacks.

The end that leads the room decides who is heard and who is on the pictures; the other one follows.
"""

from dataclasses import dataclass, field
from typing import Literal

from media.core.sections import Source


@dataclass(frozen=True, slots=True)
class Here:
    """A participant is on this side, or has other sources now. The SSRCs of its sources are those
    under which they come through the pipe, one for each layer."""

    tid: str
    sources: tuple[Source, ...]
    audio_muted: bool = False
    video_muted: bool = False
    type: Literal["here"] = "here"


@dataclass(frozen=True, slots=True)
class Gone:
    tid: str
    type: Literal["gone"] = "gone"


@dataclass(frozen=True, slots=True)
class Muted:
    tid: str
    audio: bool
    video: bool
    type: Literal["muted"] = "muted"


@dataclass(frozen=True, slots=True)
class Flowing:
    """What a participant sends now. `rates` are the bit/s of what its camera's layers and their
    parts carry (Producer.feeds), None for one that is not to be chosen."""

    audio: bool = False
    video: bool = False
    rates: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Flows:
    """What participants of this side send, as far as it changed since it was told."""

    of: dict[str, Flowing]
    type: Literal["flows"] = "flows"


@dataclass(frozen=True, slots=True)
class Loud:
    """How loud the loudest voices of a following side are, and whether they speak
    (media.core.loudness)."""

    voices: dict[str, tuple[float, bool]]
    type: Literal["loud"] = "loud"


@dataclass(frozen=True, slots=True)
class Wants:
    """All that is to come through the pipe now, by the SSRCs of Here; and for whose cameras the
    layers up to which one are of use (media.core.demand)."""

    ssrcs: tuple[int, ...]
    tops: dict[str, int] = field(default_factory=dict)
    type: Literal["wants"] = "wants"


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the leading side decided for the whole room: the stage follows it (media.core.stage)."""

    speaker: str | None = None
    floor: str | None = None
    heard: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    type: Literal["decisions"] = "decisions"


PipeMessage = Here | Gone | Muted | Flows | Loud | Wants | Decisions
