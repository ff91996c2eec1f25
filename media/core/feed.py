"""What feeds a consumer, and what a consumer is to that: the seam between streams and slots."""

from typing import Protocol

from media.core.flow import Flow
from media.core.history import History
from media.core.numbering import Point
from media.core.table import Forward, Row
from media.core.timing import SenderClock


class Taker(Protocol):
    """What is fed by a stream, or waits to be: a consumer."""

    tid: str
    """Of whom it belongs to."""

    def begin(self, stream: "Feed", first: Point, counted: int = 1) -> None:
        """Take over: `first` is the packet to begin with, `counted` whether the stream's sum of
        packets holds it already. Called for those in `waiting`."""

    def aim(self, stream: "Feed | None", now: float) -> None:
        """Make for a stream."""

    def lose(self, stream: "Feed", now: float) -> None:
        """Let go of a stream that is no more."""


class Feed(Protocol):
    """What a consumer can be fed by: a stream, or a part of one."""

    feeding: dict[Taker, Row]
    waiting: dict[Taker, None]
    history: History
    flow: Flow
    packets: int
    octets: int
    highest: int
    index: int
    timestamp: int
    video: bool

    @property
    def clock(self) -> SenderClock: ...
    @property
    def clock_rate(self) -> int: ...
    @property
    def sender_report(self) -> tuple[int, int, float] | None: ...
    def newest(self) -> Point: ...
    def add(self, taker: Taker, row: Row) -> None: ...
    def remove(self, taker: Taker) -> None: ...
    def wait(self, taker: Taker, now: float) -> None: ...
    def want_keyframe(self, now: float) -> None: ...


class Branch(Feed, Protocol):
    """A part of a stream that goes out with numbers of its own."""

    top: int

    def prepare(self, whole: Forward, layer: int, in_order: bool, now: float) -> None: ...
    def take(self, whole: Forward, layer: int, in_order: bool, now: float) -> Forward | None: ...
    def close(self, now: float) -> None: ...
