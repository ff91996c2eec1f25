"""When the packets of a participant came: feedback for its own bandwidth estimator
(draft-holmer-rmcat-transport-wide-cc-extensions-01).

A sender numbers all its packets, whatever their stream, in a header extension, and is told for
each number when it came or that it did not. Feedback goes out after `ENOUGH` packets or
`LONGEST_S`, whichever is first, and not more often than every `SHORTEST_S`.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import inf
from struct import Struct

from media.core.rtcp import FMT_TRANSPORT, RTPFB
from media.core.sequence import extend

ENOUGH = 10
SHORTEST_S, LONGEST_S = 0.05, 0.2
MAX_STATUSES = 1000
"""Numbers in one feedback; a sender that jumps further begins anew there."""

_TICK = 4000
"""A delta counts 250 µs."""
_REFERENCE_TICKS = 256
"""The reference time counts 64 ms."""
_MISSING, _SMALL, _LARGE = 0, 1, 2
_HEAD = Struct("!BBHIIHHI")


class Arrivals:
    """Collects arrivals of one transport. Numbers are kept extended, 16 bits go on the wire."""

    __slots__ = ("_came", "_count", "_media", "_next", "_sent_at", "_waiting_since", "extension")

    def __init__(self, extension: int) -> None:
        self.extension = extension
        """Id of the header extension."""
        self._came: dict[int, float] = {}
        self._next = -1
        """The lowest number not reported yet, -1 before the first."""
        self._count = 0
        self._media = 0
        self._sent_at = -inf
        self._waiting_since = inf

    def came(self, number: int, ssrc: int, now: float) -> bool:
        """Note a packet by its 16-bit number; tell whether feedback is due."""
        came = self._came
        if self._next < 0:
            self._next = number + 0x10000
        extended = extend(number, self._next)
        if extended in came:
            return False
        if not came:
            self._waiting_since = now
        came[extended] = now
        self._media = ssrc
        return len(came) >= ENOUGH and now - self._sent_at >= SHORTEST_S

    def due(self, now: float) -> bool:
        """Tell whether what came has waited long enough; asked every 100 ms."""
        return now - self._waiting_since >= LONGEST_S - 0.1

    def compile(self, sender: int, now: float) -> list[bytes]:
        """Return feedback about everything that came, in one packet as a rule."""
        came, self._came = self._came, {}
        self._waiting_since, self._sent_at = inf, now
        if not came:
            return []
        numbers = sorted(came)
        # What comes after its number was reported missing is reported alone: the numbers around
        # it were told already.
        late = [number for number in numbers if number < self._next]
        packets = [self._packet(sender, [number], [came[number]]) for number in late]
        fresh = numbers[len(late) :]
        if fresh:
            if fresh[-1] - self._next >= MAX_STATUSES:
                self._next = fresh[0]
            for first, end in _ranges(self._next, fresh):
                span = range(first, end)
                packets.append(self._packet(sender, span, [came.get(n) for n in span]))
            self._next = fresh[-1] + 1
        return packets

    def _packet(self, sender: int, numbers: Sequence[int], times: Sequence[float | None]) -> bytes:
        first = next(time for time in times if time is not None)
        reference = int(first * _TICK) // _REFERENCE_TICKS
        symbols, deltas = _deltas(times, reference * _REFERENCE_TICKS)
        body = b"".join(chunk.to_bytes(2, "big") for chunk in chunks(symbols)) + deltas
        body += bytes(-len(body) % 4)
        self._count = (self._count + 1) & 0xFF
        return (
            _HEAD.pack(
                0x80 | FMT_TRANSPORT,
                RTPFB,
                4 + len(body) // 4,
                sender,
                self._media,
                numbers[0] & 0xFFFF,
                len(numbers),
                (reference & 0xFFFFFF) << 8 | self._count,
            )
            + body
        )


def _ranges(first: int, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Cut numbers into ranges (first, end) of at most `MAX_STATUSES` each."""
    begin = first
    before = first
    for number in numbers:
        if number - begin >= MAX_STATUSES:
            yield begin, before + 1
            begin = number
        before = number
    yield begin, before + 1


def _deltas(times: Iterable[float | None], ticks: int) -> tuple[list[int], bytes]:
    """Return the status of each packet and the receive deltas (section 3.1.5), cut to what they
    can say: 8 seconds."""
    symbols, deltas = [], bytearray()
    for time in times:
        if time is None:
            symbols.append(_MISSING)
            continue
        passed = max(-0x8000, min(0x7FFF, int(time * _TICK) - ticks))
        ticks += passed
        if 0 <= passed <= 0xFF:
            symbols.append(_SMALL)
            deltas.append(passed)
        else:
            symbols.append(_LARGE)
            deltas += passed.to_bytes(2, "big", signed=True)
    return symbols, bytes(deltas)


def chunks(symbols: Sequence[int]) -> Iterator[int]:
    """Write statuses as run lengths and vectors (sections 3.1.3 and 3.1.4)."""
    at, count = 0, len(symbols)
    while at < count:
        symbol = symbols[at]
        run = 1
        while at + run < count and run < 0x1FFF and symbols[at + run] == symbol:
            run += 1
        if run >= 14 or at + run == count:
            yield symbol << 13 | run
            at += run
            continue
        part = symbols[at : at + 14]
        if _LARGE not in part:
            yield 0x8000 | sum(one << (13 - i) for i, one in enumerate(part))
            at += 14
        else:
            yield 0xC000 | sum(one << (12 - 2 * i) for i, one in enumerate(part[:7]))
            at += 7
