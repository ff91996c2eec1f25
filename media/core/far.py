"""Participants on the other side of a pipe, as this side's stage sees them.

They send, as far as somebody here wants it, and receive nothing: their slots are filled where they
are. What this side cannot see, whether and how much they send there, it is told.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from media.core.feed import Taker
from media.core.pipe_messages import Flowing
from media.core.producer import Producer
from media.core.sections import Source
from media.core.stream import Alarms, Stream
from media.core.timing import SenderClock
from media.core.transport import Transport

NOTHING = Flowing()


class FarStream(Stream):
    """A stream that comes through a pipe when it is needed: `needed` is called with its SSRC."""

    __slots__ = ("needed",)

    def __init__(self, source: Source, index: int, clock: SenderClock, alarms: Alarms) -> None:
        super().__init__(source, index, clock, alarms)
        self.needed: Callable[[int], None] = _nobody

    def wait(self, taker: Taker, now: float) -> None:
        """Let a taker begin as soon as the stream comes."""
        super().wait(taker, now)
        self.needed(self.ssrc or 0)

    def want_keyframe(self, now: float) -> None:
        super().want_keyframe(now)
        self.needed(self.ssrc or 0)

    @property
    def in_use(self) -> bool:
        """Somebody gets it or a part of it, or waits for that."""
        return bool(self.feeding or self.waiting) or any(
            branch.feeding or branch.waiting for branch in self.branches
        )


class FarProducer(Producer):
    __slots__ = ("flowing",)

    def __init__(self, tid: str, source: Source, clock: SenderClock, alarms: Alarms) -> None:
        super().__init__(tid, source, clock, alarms)
        self.flowing = NOTHING

    def _stream(self, source: Source, index: int, clock: SenderClock, alarms: Alarms) -> Stream:
        return FarStream(source, index, clock, alarms)

    def measure(self, now: float) -> None:
        """Measure what comes through, and choose by what there is on the other side."""
        super().measure(now)
        told = self.flowing.rates
        self.rates = told if len(told) == len(self.feeds) else (None,) * len(self.feeds)

    def present(self, now: float) -> bool:
        there = self.flowing.video if self.source.kind == "video" else self.flowing.audio
        return there and not self.muted


class FarTransport(Transport):
    """`route` is the pipe it is reached by."""

    __slots__ = ("_route",)

    far = True

    def __init__(
        self,
        tid: str,
        sources: Sequence[Source],
        alarms: Alarms,
        now: float,
        *,
        route: str,
        needed: Callable[[int], None],
    ) -> None:
        super().__init__(tid, sources, (), alarms, now, ready=False)
        self._route = route
        for stream in self.all_streams():
            if isinstance(stream, FarStream):
                stream.needed = needed

    def _producer(self, source: Source, alarms: Alarms) -> Producer:
        return FarProducer(self.tid, source, self.clock, alarms)

    @property
    def route(self) -> str:
        return self._route

    def flows(self, flowing: Flowing, now: float) -> bool:
        """Note what it sends there; tell whether it began or stopped, or can now be chosen."""
        changed = False
        for producer in self.producers:
            if not isinstance(producer, FarProducer):
                continue
            before = producer.present(now), [rate is None for rate in producer.rates]
            producer.flowing = flowing
            if producer.source.kind == "video":
                producer.measure(now)
            after = producer.present(now), [rate is None for rate in producer.rates]
            changed = changed or after != before
        return changed

    def sounds(self, loudness: float, speaks: bool, now: float) -> None:
        """Note how loud it is; who is loud sends sound, though it was not told yet."""
        self.voice.told(loudness, speaks, now)
        for producer in self.producers:
            if isinstance(producer, FarProducer) and not producer.flowing.audio:
                producer.flowing = replace(producer.flowing, audio=True)

    @property
    def ssrcs(self) -> tuple[int, ...]:
        """All SSRCs it may come under."""
        return (*self.streams, *self.repairs)


def _nobody(ssrc: int) -> None:
    """Not connected to a pipe yet."""
