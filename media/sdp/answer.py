"""Write the answer to an offer: ICE-lite, BUNDLE, passive DTLS, host candidates.

Sections stand in the order of the offer (RFC 3264 §6). A refused one has port 0 and is outside of
the BUNDLE group; slots carry their SSRCs, so a browser knows them without a first packet.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from media.core.sections import SlotSpec
from media.sdp.codecs import ChosenCodec
from media.sdp.negotiation import AcceptedSection, Agreement

CNAME = "liancun"
_NOWHERE = "c=IN IP4 0.0.0.0"


@dataclass(frozen=True, slots=True)
class LocalSide:
    """What the answer says about this server; `candidates` are (IP address, UDP port), and
    `tcp_candidates` (IP address, TCP port)."""

    session_id: int
    ice_ufrag: str
    ice_password: str
    fingerprint: str
    """SHA-256 as `AA:BB:…`."""
    candidates: Sequence[tuple[str, int]]
    tcp_candidates: Sequence[tuple[str, int]] = ()


def write_answer(agreement: Agreement, local: LocalSide) -> str:
    """Return the SDP text, lines ended by CRLF."""
    taken = [s for s in agreement.sections if s.codec is not None]
    by_mid = {s.offered.mid: s for s in taken}
    # The first of the group carries the transport (RFC 9143 §7.3), so the offer's order is kept.
    group = [mid for mid in agreement.offer.bundle if mid in by_mid]
    lines = [
        "v=0",
        f"o=- {local.session_id} 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {' '.join(group)}",
        "a=ice-lite",
        "a=ice-options:ice2",  # RFC 8445 §10
        "a=msid-semantic: WMS *",
    ]
    if agreement.offer.extmap_allow_mixed:
        lines.append("a=extmap-allow-mixed")
    for section in agreement.sections:
        if section.codec is None:
            lines += _refused(section)
        else:
            first = section.offered.mid == group[0]
            lines += _accepted(section, section.codec, local, with_candidates=first)
    return "\r\n".join(lines) + "\r\n"


def _refused(section: AcceptedSection) -> Iterator[str]:
    offered = section.offered
    yield f"m={offered.kind} 0 {offered.protocol} {' '.join(offered.formats)}"
    yield _NOWHERE
    yield f"a=mid:{offered.mid}"
    yield "a=inactive"


def _accepted(
    section: AcceptedSection, codec: ChosenCodec, local: LocalSide, *, with_candidates: bool
) -> Iterator[str]:
    offered = section.offered
    formats = [codec.payload_type]
    if codec.rtx_payload_type is not None:
        formats.append(codec.rtx_payload_type)
    if codec.red_payload_type is not None:
        formats.append(codec.red_payload_type)
    yield f"m={offered.kind} 9 {offered.protocol} {' '.join(map(str, formats))}"
    yield _NOWHERE
    yield f"a=mid:{offered.mid}"
    yield f"a=ice-ufrag:{local.ice_ufrag}"
    yield f"a=ice-pwd:{local.ice_password}"
    yield f"a=fingerprint:sha-256 {local.fingerprint}"
    yield "a=setup:passive"
    if with_candidates:
        yield from _candidates(local)
    yield f"a={section.direction}"
    yield "a=rtcp-mux"
    if offered.rtcp_rsize:
        yield "a=rtcp-rsize"
    for number, uri in section.extensions:
        yield f"a=extmap:{number} {uri}"
    yield from _codec(codec)
    if section.source is not None and section.source.rids:
        for rid in section.source.rids:
            yield f"a=rid:{rid} recv"
        yield f"a=simulcast:recv {';'.join(section.source.rids)}"
    if section.slot is not None:
        yield from _slot(section.slot)


def _codec(codec: ChosenCodec) -> Iterator[str]:
    yield f"a=rtpmap:{codec.payload_type} {codec.rtpmap}"
    for value in codec.feedback:
        yield f"a=rtcp-fb:{codec.payload_type} {value}"
    if codec.parameters:
        yield f"a=fmtp:{codec.payload_type} {codec.parameters}"
    if codec.rtx_payload_type is not None:
        yield f"a=rtpmap:{codec.rtx_payload_type} rtx/{codec.clock_rate}"
        yield f"a=fmtp:{codec.rtx_payload_type} apt={codec.payload_type}"
    if codec.red_payload_type is not None:
        yield f"a=rtpmap:{codec.red_payload_type} red/{codec.clock_rate}/2"
        yield f"a=fmtp:{codec.red_payload_type} {codec.payload_type}/{codec.payload_type}"


def _slot(slot: SlotSpec) -> Iterator[str]:
    name = f"slot-{slot.kind}-{slot.slot}"
    yield f"a=msid:{name} {name}"
    if slot.rtx_ssrc is not None:
        yield f"a=ssrc-group:FID {slot.ssrc} {slot.rtx_ssrc}"
    for ssrc in (slot.ssrc, slot.rtx_ssrc):
        if ssrc is not None:
            yield f"a=ssrc:{ssrc} cname:{CNAME}"
            yield f"a=ssrc:{ssrc} msid:{name} {name}"


def _candidates(local: LocalSide) -> Iterator[str]:
    """Host candidates, the first address preferred (RFC 8445 §5.1.2.1), UDP before TCP."""
    for index, (address, port) in enumerate(local.candidates):
        priority = _priority(126, 65_535 - index)
        yield f"a=candidate:{index + 1} 1 udp {priority} {_ip(address)} {port} typ host"
    number = len(local.candidates) + 1
    for index, (address, port) in enumerate(local.tcp_candidates):
        # Passive, direction preference 4 (RFC 6544 §4.2), and a lower type preference than UDP.
        priority = _priority(90, (4 << 13) | (8191 - index))
        where = f"{_ip(address)} {port} typ host tcptype passive"
        yield f"a=candidate:{number + index} 1 tcp {priority} {where}"
    yield "a=end-of-candidates"


def _priority(kind: int, preference: int) -> int:
    return (kind << 24) | (preference << 8) | 255


def _ip(address: str) -> str:
    """Return an IP address, raise ValueError: a name would make the browser ask a resolver."""
    return str(ipaddress.ip_address(address))
