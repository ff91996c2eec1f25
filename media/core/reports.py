"""The regular RTCP to participants: how their streams arrive, and what they are sent."""

from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush
from math import inf

from media.core import rtcp_build
from media.core.consumer import Consumer
from media.core.feed import Feed
from media.core.outputs import RtcpOut
from media.core.rtcp import ReportBlock
from media.core.sequence import TIMESTAMP_MASK
from media.core.stream import Stream
from media.core.table import Row
from media.core.timing import middle, ntp, project
from media.core.transport import Transport

INTERVAL_S = 1.0
"""Between reports to who sends pictures, or of whom packets are lost; …"""
CALM_INTERVAL_S = 2.5
"""… and to others: RFC 3550 §6.2 asks for one in five seconds, and in this time two clocks drift
apart by less than a millisecond. Whoever is given another stream is told at once."""
APART_S = 0.05
"""Between two groups."""
AT_ONCE = 10
"""In one group, or a tenth of all."""
LOCAL_SSRC = 1
"""Under this SSRC the room receives. Slots never have it."""
CNAME = "liancun"
MAX_SENDER_REPORTS = 20
"""In one datagram, each with its name, so that it stays below 1,100 bytes."""

_FIRST_CYCLE = 0x10000


class Reports:
    """When whom of a room is reported to; `at` is when `due` has something to do next.

    Reports go out in groups: not one at a time for each of 235 people, and not to all at once who
    joined together, because media would have to wait for so many.
    """

    def __init__(self, uplink_bps: int) -> None:
        self.at = inf
        self._uplink_bps = uplink_bps
        self._order: list[tuple[float, int, Transport]] = []
        """A heap by time. An entry counts while its time is the transport's `next_report`."""
        self._entries = 0

    def add(self, transport: Transport, now: float) -> None:
        """Report to a newcomer from now on, soon for the first time."""
        self._put(transport, now)
        self.at = min(self.at, now + APART_S)

    def clear(self) -> None:
        """Forget everybody."""
        self._order.clear()
        self.at = inf

    def hurry(self, transport: Transport, now: float) -> None:
        """Report to a participant at once."""
        self._put(transport, now)
        self.at = now

    def hasten(self, transports: Mapping[str, Transport], begun: Iterable[str], now: float) -> None:
        """Let these hear soon how the clock of another stream runs that they were given."""
        for tid in begun:
            if tid in transports:  # and is not another worker
                self.hurry(transports[tid], now)

    def _put(self, transport: Transport, at: float) -> None:
        transport.next_report = at
        self._entries += 1  # of two at one time the first one is first
        heappush(self._order, (at, self._entries, transport))

    def due(self, transports: Mapping[str, Transport], now: float) -> list[RtcpOut]:
        """Return the reports of one group."""
        reports: list[RtcpOut] = []
        order, left = self._order, max(AT_ONCE, len(transports) // 10)
        while left and order and order[0][0] <= now:
            at, _, transport = heappop(order)
            tid = transport.tid
            if at != transport.next_report or transports.get(tid) is not transport:
                continue
            left -= 1
            pause = INTERVAL_S
            if transport.ready:
                packets, pause = compile_reports(transport, self._uplink_bps, now)
                reports.extend(RtcpOut(tid, packet) for packet in packets)
            self._put(transport, now + pause)
        self.at = max(order[0][0], now + APART_S) if order else inf
        return reports


def compile_reports(transport: Transport, uplink_bps: int, now: float) -> tuple[list[bytes], float]:
    """Return the compound packets due to a participant, none where there is nothing to say, and
    the seconds until the next ones."""
    heard = [stream for stream in transport.all_streams() if stream.highest >= 0]
    blocks = [_block(stream, now) for stream in heard][: rtcp_build.MAX_BLOCKS]
    stamp = ntp(now)
    sent = [
        (consumer.spec.ssrc, _sender_report(consumer, feed, row, stamp, now))
        for consumer in transport.consumers.values()
        if (feed := consumer.feed) is not None and (row := consumer.row) is not None
    ]
    if not blocks and not sent:
        return [], INTERVAL_S
    compound = rtcp_build.receiver_report(LOCAL_SSRC, blocks)
    compound += _described(sent[:MAX_SENDER_REPORTS])
    pictures = [stream.ssrc for stream in heard if stream.video and stream.ssrc is not None]
    if pictures and transport.arrivals is None:
        # Who estimates by itself needs no word of ours, and would believe it too much at first.
        compound += rtcp_build.remb(LOCAL_SSRC, uplink_bps, pictures)
    more = range(MAX_SENDER_REPORTS, len(sent), MAX_SENDER_REPORTS)
    compounds = [compound, *(_described(sent[at : at + MAX_SENDER_REPORTS]) for at in more)]
    hurried = pictures or any(block.fraction_lost for block in blocks)
    return compounds, INTERVAL_S if hurried else CALM_INTERVAL_S


def _described(sent: Sequence[tuple[int, bytes]]) -> bytes:
    """Join sender reports and the name of who sends them: the same for all, so that receivers keep
    the streams in step (RFC 3550 §6.5.1)."""
    names = rtcp_build.source_description([LOCAL_SSRC, *(ssrc for ssrc, _ in sent)], CNAME)
    return b"".join([report for _, report in sent]) + names


def _block(stream: Stream, now: float) -> ReportBlock:
    """Report a stream since the last time (RFC 3550 appendix A.3)."""
    expected, received = stream.expected(), stream.received()
    expected_before, received_before = stream.reported
    stream.reported = expected, received
    new = expected - expected_before
    lost = new - (received - received_before)
    last_sr = delay = 0
    if stream.sender_report is not None:
        stamp, _, came = stream.sender_report
        last_sr, delay = middle(stamp), int((now - came) * 65536)
    return ReportBlock(
        ssrc=stream.ssrc or 0,
        fraction_lost=min(255, (lost << 8) // new) if new > 0 and lost > 0 else 0,
        lost=expected - received,
        highest=stream.highest - _FIRST_CYCLE,
        jitter=int(stream.jitter),
        last_sr=last_sr,
        delay_since_sr=delay,
    )


def _sender_report(consumer: Consumer, feed: Feed, row: Row, stamp: int, now: float) -> bytes:
    """Translate the time base of what feeds a slot into the slot's numbers."""
    if feed.sender_report is not None:
        sent, timestamp, _ = feed.sender_report
        at = feed.clock.local(sent)
    else:  # the sender has not reported yet: its newest packet is the best there is
        timestamp, at = feed.timestamp, feed.newest().at
    shown = project(timestamp, at, now, feed.clock_rate) + row.timestamp_offset
    packets, octets = consumer.sent()
    return rtcp_build.sender_report(
        consumer.spec.ssrc, stamp, shown & TIMESTAMP_MASK, packets, octets
    )
