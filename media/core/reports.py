"""The regular RTCP to one participant: how its streams arrive, and what it is sent."""

from media.core import rtcp_build
from media.core.consumer import Consumer
from media.core.rtcp import ReportBlock
from media.core.sequence import TIMESTAMP_MASK
from media.core.stream import Stream
from media.core.timing import middle, ntp, project
from media.core.transport import Transport

INTERVAL_S = 1.0
LOCAL_SSRC = 1
"""Under this SSRC the room receives. Slots never have it."""
CNAME = "liancun"
MAX_SENDER_REPORTS = 30
"""In one datagram, so that it stays below 1,100 bytes."""

_DESCRIPTION = rtcp_build.source_description([LOCAL_SSRC], CNAME)
_FIRST_CYCLE = 0x10000


def compile_reports(transport: Transport, uplink_bps: int, now: float) -> list[bytes]:
    """Return the compound packets due to a participant, none where there is nothing to say."""
    heard = [stream for stream in transport.all_streams() if stream.highest >= 0]
    blocks = [_block(stream, now) for stream in heard][: rtcp_build.MAX_BLOCKS]
    stamp = ntp(now)
    sent = [
        _sender_report(consumer, stamp, now)
        for consumer in transport.consumers.values()
        if consumer.feed is not None
    ]
    if not blocks and not sent:
        return []
    opening = rtcp_build.receiver_report(LOCAL_SSRC, blocks)
    pictures = [stream.ssrc for stream in heard if stream.video and stream.ssrc is not None]
    closing = _DESCRIPTION
    if pictures and transport.arrivals is None:
        # Who estimates by itself needs no word of ours, and would believe it too much at first.
        closing += rtcp_build.remb(LOCAL_SSRC, uplink_bps, pictures)
    compounds = [opening + b"".join(sent[:MAX_SENDER_REPORTS]) + closing]
    more = range(MAX_SENDER_REPORTS, len(sent), MAX_SENDER_REPORTS)
    compounds += [b"".join(sent[at : at + MAX_SENDER_REPORTS]) + _DESCRIPTION for at in more]
    return compounds


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


def _sender_report(consumer: Consumer, stamp: int, now: float) -> bytes:
    """Translate the time base of what feeds a slot into the slot's numbers."""
    feed, row = consumer.feed, consumer.row
    if feed is None or row is None:
        return b""
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
