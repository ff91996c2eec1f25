"""What a participant says by RTCP: reports, requests for packets and pictures, estimates."""

from media.core.consumer import Consumer
from media.core.outputs import Output
from media.core.redundancy import MAX_LEVEL
from media.core.rtcp import (
    Bye,
    Fir,
    Nack,
    Packet,
    Pli,
    ReceiverReport,
    Remb,
    ReportBlock,
    SenderReport,
    TransportFeedback,
)
from media.core.timing import round_trip
from media.core.transport import Transport

RESUMING_S = 2.0
"""A slot that flows again first reports what was lost when it stopped."""
MAX_PASSED = 5_000
"""Packets from one report to the next, at most; more is a mistake."""


def take(transport: Transport, packet: Packet, now: float, outputs: list[Output]) -> None:
    """Act on one RTCP packet of a participant."""
    # What everybody sends every second comes first.
    if isinstance(packet, ReceiverReport):
        for block in packet.blocks:
            _reception(transport, block, now)
    elif isinstance(packet, Remb):
        transport.allowance.estimated(packet.bps, now)
    elif isinstance(packet, Nack):
        _resend(transport, packet, now, outputs)
    elif isinstance(packet, Pli):
        _show_again(transport, packet.media_ssrc, now)
    elif isinstance(packet, Fir):
        for ssrc, _ in packet.entries:
            _show_again(transport, ssrc, now)
    elif isinstance(packet, TransportFeedback):
        _told(transport, packet, now)
    elif isinstance(packet, Bye):
        for ssrc in packet.ssrcs:
            if ssrc in transport.streams:
                transport.streams[ssrc].flow.stop()
    else:
        _sender_report(transport, packet, now)
        for block in packet.blocks:
            _reception(transport, block, now)


def _told(transport: Transport, feedback: TransportFeedback, now: float) -> None:
    """Estimate for a receiver that tells when packets came; only now it is known that it does."""
    if transport.departures is None:
        transport.drop("transport_feedback_not_agreed")
        return
    transport.allowance.estimating = True
    bps = transport.estimator.take(feedback, transport.departures, now)
    if bps is not None:
        transport.allowance.estimated(round(bps), now)


def _sender_report(transport: Transport, report: SenderReport, now: float) -> None:
    stream = transport.streams.get(report.ssrc)
    if stream is None:
        return
    transport.clock.observe(report.ntp, now)
    stream.sender_report = (report.ntp, report.timestamp, now)


def _reception(transport: Transport, block: ReportBlock, now: float) -> None:
    ssrc, fraction_lost, _, highest, jitter, last_sr, delay = block
    consumer = transport.consumers.get(ssrc)
    if consumer is None:
        return
    consumer.fraction_lost = fraction_lost / 256
    consumer.jitter = jitter / consumer.spec.clock_rate
    passed = (highest - consumer.highest) & 0xFFFFFFFF
    fresh = now - consumer.resumed_at < RESUMING_S  # what it tells of was long ago
    if consumer.highest >= 0 and 0 < passed < MAX_PASSED and not fresh:
        transport.lost(consumer.fraction_lost, passed, now)
    consumer.highest = highest
    # The same sender report is reported again and again while no new one comes.
    if last_sr != consumer.last_sr:
        trip = round_trip(now, last_sr, delay)
        if trip is not None:
            consumer.last_sr = last_sr
            transport.round_trip += (trip - transport.round_trip) / 4
            transport.allowance.took(trip, now)
    if consumer.spec.kind == "video":
        transport.allowance.reported(now)


def _resend(transport: Transport, nack: Nack, now: float, outputs: list[Output]) -> None:
    consumer = transport.consumers.get(nack.media_ssrc)
    if consumer is None:
        transport.drop("nack_unknown_ssrc")
        return
    consumer.nacks += 1
    transport.allowance.missed(len(nack.sequences), now)
    for sequence in nack.sequences:
        if not transport.may_resend(now):
            transport.drop("resend_throttled")
            consumer.helpless(now)
            return
        # Behind a switch there is a key frame: on a full line what was before it has no room.
        resend = consumer.resend(sequence, transport.round_trip, now, late=not transport.limited)
        if isinstance(resend, str):
            transport.drop(resend)
            if resend == "resend_not_kept":
                consumer.helpless(now)
        else:
            transport.resent(len(resend.forward.packet))
            outputs.append(resend)
            if transport.protection.level == MAX_LEVEL and resend.rtx_sequence is not None:
                # So much is lost that the answer may be, too, and another question takes long.
                outputs.append(consumer.again(resend))


def _show_again(transport: Transport, ssrc: int, now: float) -> None:
    consumer: Consumer | None = transport.consumers.get(ssrc)
    if consumer is None:
        transport.drop("pli_unknown_ssrc")
        return
    consumer.plis += 1
    stream = consumer.feed or consumer.target
    if stream is not None and stream.video:
        stream.want_keyframe(now)
