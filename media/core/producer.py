"""One incoming source of a participant, with its simulcast layers."""

from collections.abc import Iterator
from math import inf

from media.core import allocation
from media.core.feed import Feed
from media.core.sections import Source
from media.core.stream import Alarms, Stream
from media.core.thinning import Thinned
from media.core.timing import SenderClock

ABSENT_S = 4.0
"""A camera without a packet for so long shows nothing to anybody."""
SAVES = 0.9
"""A part of a stream is worth choosing when it is so much less than the next one."""


class Producer:
    __slots__ = (
        "_needed_at",
        "_rates",
        "feeds",
        "highest",
        "muted",
        "small",
        "smallest",
        "source",
        "streams",
        "tid",
        "wanted",
    )

    def __init__(self, tid: str, source: Source, clock: SenderClock, alarms: Alarms) -> None:
        self.tid = tid
        self.source = source
        self.muted = False
        self.streams = tuple(
            self._stream(source, index, clock, alarms) for index in range(max(1, len(source.rids)))
        )
        """From the lowest layer to the highest."""
        for stream, ssrc in zip(self.streams, source.ssrcs, strict=False):
            stream.ssrc = ssrc
        self.feeds: tuple[Feed, ...] = self.streams
        """All there is to choose from, by rate: below the lowest layer of VP8 its parts."""
        self.small = 0
        """Which of them a small picture gets at best."""
        if source.codec == "vp8":
            lowest = self.streams[0]
            lowest.branches = Thinned(lowest, 0), Thinned(lowest, 1)
            self.feeds = *lowest.branches, *self.streams
            self.small = len(lowest.branches)
        self.rates = (None,) * len(self.feeds)
        self.wanted = (True,) * len(self.streams)
        """Which layers anybody has use for; the sender may rest the others."""
        self._needed_at = [inf] * len(self.streams)

    def _stream(self, source: Source, index: int, clock: SenderClock, alarms: Alarms) -> Stream:
        return Stream(source, index, clock, alarms)

    @property
    def rates(self) -> tuple[float | None, ...]:
        """Bit/s of the feeds as of the last `measure`, None = not to be chosen now."""
        return self._rates

    @rates.setter
    def rates(self, rates: tuple[float | None, ...]) -> None:
        self._rates = rates
        # What a line without a limit gets of it, as main picture and as a small one: worked out
        # here, not once for each who looks at it.
        self.highest = allocation.highest(rates)
        self.smallest = allocation.smallest(rates, self.small)

    def measure(self, now: float) -> None:
        """Renew `rates`. A layer counts when it flows steadily; at the start all that flow do."""
        for stream in self.streams:
            stream.measure(now)
        chosen = [stream.flow.settled(now) for stream in self.streams]
        if not any(chosen):
            chosen = [stream.flow.flows(now) for stream in self.streams]
        rates = [
            stream.flow.bps if counts else None
            for stream, counts in zip(self.streams, chosen, strict=True)
        ]
        self.rates = (*self._parts(rates[0] is not None, now), *rates)

    def _parts(self, flows: bool, now: float) -> Iterator[float | None]:
        """Yield the rates of the lowest layer's parts, None where they save nothing."""
        lowest = self.streams[0]
        for branch in lowest.branches:
            branch.flow.measure(sum(lowest.octets_of[: branch.top + 1]), now)
        above: tuple[Feed, ...] = (*lowest.branches[1:], lowest)
        for branch, next_one in zip(lowest.branches, above, strict=False):
            saves = flows and 0 < branch.flow.bps < SAVES * next_one.flow.bps
            yield branch.flow.bps if saves else None

    def want(self, top: int, linger: float, now: float) -> bool:
        """Note that layers up to `top` are needed now, and those that somebody takes; a layer is
        wanted for `linger` seconds more. Tell whether `wanted` changed."""
        needed_at = self._needed_at
        for index, stream in enumerate(self.streams):
            # What is new is given the time to become needed.
            if index <= top or stream.feeding or stream.waiting or needed_at[index] == inf:
                needed_at[index] = now
        wanted = tuple(now - at < linger for at in needed_at)
        changed, self.wanted = wanted != self.wanted, wanted
        return changed

    def present(self, now: float) -> bool:
        """Tell whether there is something to show or hear."""
        return not self.muted and any(s.flow.within(ABSENT_S, now) for s in self.streams)

    def dump(self) -> dict[str, object]:
        return {
            "mid": self.source.mid,
            "kind": self.source.kind,
            "codec": self.source.codec,
            "muted": self.muted,
            "wanted": list(self.wanted),
            "streams": [stream.stats() for stream in self.streams],
        }
