"""Thin and lossy lines in virtual time, and what a browser at their end says about them."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from math import inf
from random import Random

from media.core import rtcp_build
from media.core.arrivals import Arrivals
from media.core.outputs import RtcpOut, SlotsChanged
from media.core.rtcp import ReportBlock, SenderReport, parse
from media.core.timing import middle
from tests.media.core.building import Camera, receiving
from tests.media.core.meeting import Meeting, Sent

WINDOW_S = 0.5
NUMBERED = 5
"""Id of the extension."""
OTHER_CLOCK_S = 5_000.3


@dataclass
class Line:
    """A queue that drains at `capacity` bit/s, holds `queue_s` of it, and loses at random."""

    capacity: float
    delay: float = 0.03
    queue_s: float = 0.6
    loss: float = 0.0
    burst: float = 1.0
    """Mean length of a run of lost packets."""
    jitter: float = 0.0
    _free_at: float = 0.0
    _losing: bool = False
    overflowed: int = 0

    def carry(self, octets: int, now: float, dice: Random) -> float | None:
        """Return when a packet arrives, None if it is lost."""
        if self.loss:
            stay = 1 - 1 / self.burst
            begin = self.loss / self.burst / (1 - self.loss) if self.burst > 1 else self.loss
            self._losing = dice.random() < (stay if self._losing and self.burst > 1 else begin)
            if self._losing:
                return None
        waiting = max(0.0, self._free_at - now)
        if waiting > self.queue_s:
            self.overflowed += 1
            return None
        self._free_at = now + waiting + octets * 8 / self.capacity
        return self._free_at + self.delay + dice.random() * self.jitter


class Estimator:
    """What Chromium's receiver estimates (REMB), in outline: 85 % of what comes through when delay
    grows, else 8 % more a second, up to one and a half times what comes through. `slow`: delay has
    to grow for so long until it is seen; on a line with few packets that takes Chromium 0.7 s."""

    def __init__(self, slow: float = 0.0) -> None:
        self.bps: float | None = None
        self._slow = slow
        self._grows_since = inf
        self._came: deque[tuple[float, int, float]] = deque()
        self._least = 9.0
        self._judged_at = 0.0
        self._began = -1.0
        self._hold_until = 0.0

    def take(self, octets: int, delay: float, now: float) -> None:
        if self._began < 0:
            self._began = now
        self._came.append((now, octets, delay))
        while self._came[0][0] < now - 1.0:
            self._came.popleft()

    def judge(self, now: float) -> bool:
        """Look at the last half second; tell whether to report at once."""
        came = self._came
        while came and came[0][0] < now - 1.0:
            came.popleft()
        if len(came) < 10:
            return False
        span = min(0.3, max(0.1, now - self._began))
        rate = sum(octets for at, octets, _ in came if at >= now - span) * 8 / span
        recent = [delay for at, _, delay in came if at >= now - WINDOW_S]
        before = [delay for at, _, delay in came if at < now - WINDOW_S]
        passed, self._judged_at = now - self._judged_at, now
        if not recent or not before:
            return False
        trend = sum(recent) / len(recent) - sum(before) / len(before)
        self._grows_since = min(self._grows_since, now) if trend > 0.03 else inf
        if trend > 0.03:
            if now < self._hold_until or now - self._grows_since < self._slow:
                return False
            self._hold_until = now + 0.3
            lower = 0.85 * rate
            if self.bps is None or lower < self.bps:
                self.bps = lower
                return True
            return False
        if self.bps is None:
            if now - self._began >= 5:
                self.bps = rate
            return False
        if trend < -0.03:
            return False  # the queue empties: hold
        limit = 1.5 * rate + 10_000
        if self.bps < limit:
            self.bps = min(limit, self.bps * 1.08 ** min(passed, 1.0))
        return False


@dataclass
class Reception:
    base: int = -1
    highest: int = -1
    came: int = 0
    reported: tuple[int, int] = (0, 0)
    sender_report: tuple[int, float] = (0, 0.0)

    def take(self, sequence: int) -> None:
        if self.highest < 0:
            self.base = self.highest = sequence
        ahead = ((sequence - self.highest + 0x8000) & 0xFFFF) - 0x8000
        self.highest = max(self.highest, self.highest + ahead)
        self.came += 1

    def block(self, ssrc: int, now: float) -> ReportBlock:
        expected = self.highest - self.base + 1
        new, got = expected - self.reported[0], self.came - self.reported[1]
        self.reported = expected, self.came
        lost = max(0, new - got)
        stamp, at = self.sender_report
        if at > now:
            stamp = 0  # it is still on its way
        delay = int((now - at) * 65536) if stamp else 0
        fraction = int(255 * lost / new) if new else 0
        return ReportBlock(ssrc, fraction, 0, self.highest, 0, stamp, delay)


@dataclass
class Browser:
    """One viewer at the end of a line."""

    line: Line
    remb: bool = True
    estimator: Estimator = field(default_factory=Estimator)
    receptions: dict[int, Reception] = field(default_factory=dict)
    delays: list[tuple[float, int, float]] = field(default_factory=list)
    """When, in which slot, and how late a packet came."""
    estimates: list[tuple[float, float]] = field(default_factory=list)
    asks: bool = False
    """It asks for packets it misses (NACK) and notes how long each one was missing."""
    missing: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)
    """By SSRC and sequence number since when, and when it was asked for last."""
    arrivals: Arrivals | None = None
    """It tells when packets came instead of estimating, by a clock of its own."""
    healed: list[tuple[float, float]] = field(default_factory=list)
    """When a missing packet came, and how long it had been missing."""

    def note(self, sent: Sent, reception: Reception, now: float) -> None:
        """Note what is missing before a packet, or that it was missing itself."""
        since = self.missing.pop((sent.ssrc, sent.sequence), None)
        if since is not None:
            self.healed.append((now, now - since[0]))
        elif reception.highest >= 0:
            ahead = ((sent.sequence - reception.highest + 0x8000) & 0xFFFF) - 0x8000
            for number in range(1, ahead):
                self.missing[sent.ssrc, (reception.highest + number) & 0xFFFF] = (now, -1.0)

    def questions(self, now: float) -> dict[int, list[int]]:
        """Return what to ask for now, each again after a round trip and a little."""
        wait = 2 * self.line.delay + 0.02
        due: dict[int, list[int]] = {}
        for (ssrc, sequence), (since, asked) in self.missing.items():
            if now - asked >= wait:
                self.missing[ssrc, sequence] = (since, now)
                due.setdefault(ssrc, []).append(sequence)
        return due


class ThinMeeting(Meeting):
    """Cameras send q, h and f at 120, 350 and 1,000 kbit/s; some viewers sit at thin lines."""

    RATES = (120_000, 350_000, 1_000_000)
    FPS = 25

    def __init__(self, seed: int = 1) -> None:
        super().__init__(seed)
        self.browsers: dict[str, Browser] = {}
        self._flying: list[tuple[float, int, Callable[[], None]]] = []
        self._ticks = 0

    def at_line(
        self, tid: str, line: Line, *, remb: bool = True, slow: float = 0.0, tells: bool = False
    ) -> Browser:
        """Put a viewer, who sends nothing, at the end of a line; `slow` as of Estimator. It `tells`
        when packets came instead of estimating, or does neither without `remb`."""
        remb = remb and not tells
        self.browsers[tid] = browser = Browser(line, remb, Estimator(slow))
        browser.arrivals = Arrivals(NUMBERED) if tells else None
        slots = [
            replace(
                slot,
                abs_send_time=3 if remb else 0,
                transport_sequence=NUMBERED if tells and slot.kind == "video" else 0,
            )
            for slot in receiving()
        ]
        self.join(tid, video=False, slots=slots)
        del self.microphones[tid]
        self.microphones.pop(tid, None)
        return self.browsers[tid]

    def speakers(self, count: int) -> None:
        for number in range(count):
            self.join(f"s{number}", rids=("q", "h", "f"))
            self.levels[f"s{number}"] = 127
        self.levels["s0"] = 20

    def _shoot(self, tid: str, layers: list[Camera]) -> None:
        key = tid in self.key_wanted
        self.key_wanted.discard(tid)
        for index, layer in enumerate(layers):
            if layer.ssrc in self.dead_layers:
                continue
            octets = self.RATES[index] // 8 // self.FPS * (3 if key else 1)
            octets = int(octets * self.random.uniform(0.8, 1.2))
            layer.per_frame = max(1, -(-octets // 1000))
            for packet in layer.frame(key=key, size=octets // layer.per_frame):
                kept = self._kept.setdefault(layer.ssrc, {})
                kept[int.from_bytes(packet[2:4], "big")] = packet
                self._up(tid, packet)

    def _down(self, tid: str, sent: Sent) -> None:
        browser = self.browsers.get(tid)
        if browser is None:
            super()._down(tid, sent)
            return
        self._fly(browser, sent.octets, lambda: self._land(tid, browser, sent, began))
        began = self.now

    def _fly(self, browser: Browser, octets: int, landing: Callable[[], None]) -> None:
        at = browser.line.carry(octets, self.now, self.random)
        if at is not None:
            self._count += 1
            heappush(self._flying, (at, self._count, landing))

    def _land(self, tid: str, browser: Browser, sent: Sent, began: float) -> None:
        delay = self.now - began
        if browser.arrivals is not None and sent.number is not None:
            browser.arrivals.came(sent.number, sent.ssrc, self.now + OTHER_CLOCK_S)
        if sent.ssrc >= 2000:
            browser.estimator.take(sent.octets - 28, delay, self.now)
        if sent.ssrc >= 3000:
            return
        browser.delays.append((self.now, sent.ssrc, delay))
        reception = browser.receptions.setdefault(sent.ssrc, Reception())
        if browser.asks and sent.ssrc >= 2000:
            browser.note(sent, reception, self.now)
        reception.take(sent.sequence)
        self.viewers[tid].receive(sent)

    def _deliver(self) -> None:
        while self._flying and self._flying[0][0] <= self.now:
            heappop(self._flying)[2]()
        self._ticks += 1
        before = len(self.outputs)
        super()._deliver()
        for _, output in self.outputs[before:]:
            if isinstance(output, RtcpOut) and output.transport in self.browsers:
                self._note_reports(output)
        for tid, browser in self.browsers.items():
            for ssrc, sequences in browser.questions(self.now).items():
                self._back(tid, browser, rtcp_build.nack(9, ssrc, sequences))
            if browser.arrivals is not None and self._ticks % 10 == 0:
                for packet in browser.arrivals.compile(9, self.now + OTHER_CLOCK_S):
                    self._back(tid, browser, packet)
        if self._ticks % 5 == 0:
            for tid, browser in self.browsers.items():
                soon = browser.estimator.judge(self.now)
                if self._ticks % 100 == 0:
                    self._report(tid, browser)
                if browser.remb and (soon or self._ticks % 100 == 0):
                    self._estimate(tid, browser)

    def _note_reports(self, output: RtcpOut) -> None:
        browser = self.browsers[output.transport]
        for packet in parse(output.packet):
            if isinstance(packet, SenderReport) and packet.ssrc in browser.receptions:
                line = browser.line
                stamp = middle(packet.ntp)
                at = max(self.now, line._free_at) + line.delay
                browser.receptions[packet.ssrc].sender_report = stamp, at

    def _report(self, tid: str, browser: Browser) -> None:
        blocks = [r.block(ssrc, self.now) for ssrc, r in browser.receptions.items()]
        if blocks:
            packet = rtcp_build.receiver_report(9, blocks[:31])
            self._back(tid, browser, packet)

    def _estimate(self, tid: str, browser: Browser) -> None:
        bps = browser.estimator.bps
        if bps is not None:
            browser.estimates.append((self.now, bps))
            self._back(tid, browser, rtcp_build.remb(9, int(bps), [2000]))

    def _back(self, tid: str, browser: Browser, packet: bytes) -> None:
        self._count += 1
        at = self.now + browser.line.delay
        landing = lambda: self.router.inbound_rtcp(tid, packet, self.now)  # noqa: E731
        heappush(self._flying, (at, self._count, landing))

    # -- views --------------------------------------------------------------------------------

    def changes(self, tid: str, since: float = 0.0) -> list[float]:
        """Return when the slots of a viewer changed."""
        return [
            at
            for at, output in self.outputs
            if isinstance(output, SlotsChanged) and output.transport == tid and at >= since
        ]

    def switches(self, tid: str) -> int:
        """Return how often one of the picture slots of a viewer got another stream so far."""
        consumers = self.router._transports[tid].video
        return sum(consumer.switches for consumer in consumers)

    def layers(self, tid: str) -> list[int | None]:
        """Return the layer of every picture slot now, None = nothing is sent."""
        consumers = self.router._transports[tid].video
        return [None if c.feed is None else c.feed.index for c in consumers]

    def budget(self, tid: str) -> float:
        return self.router._transports[tid].allowance.budget

    def worst_delay(self, tid: str, since: float, ssrc: int | None = None) -> float:
        return max(d for at, s, d in self.browsers[tid].delays if at >= since and ssrc in (None, s))
