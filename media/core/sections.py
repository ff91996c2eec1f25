"""What an offer and its answer agreed on for one media section, as the core needs it."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["audio", "video"]
Codec = Literal["opus", "vp8", "h264"]


@dataclass(frozen=True, slots=True)
class Extensions:
    """Negotiated ids (1..14 or 1..255) of RTP header extensions in one section; 0 = not agreed."""

    mid: int = 0
    """urn:ietf:params:rtp-hdrext:sdes:mid"""
    rid: int = 0
    """urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"""
    repaired_rid: int = 0
    """urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"""
    audio_level: int = 0
    """urn:ietf:params:rtp-hdrext:ssrc-audio-level (RFC 6464)"""
    transport_sequence: int = 0
    """http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"""


@dataclass(frozen=True, slots=True)
class Source:
    """One sending section of a participant: a microphone or a camera with its layers.

    `rids` stand from the lowest layer to the highest; empty means one layer without a RID.
    `ssrcs` (and `rtx_ssrcs`, in the same order) are those the offer announced, if any: position i
    belongs to layer i. Whatever was not announced is learnt from MID and RID in the packets.
    """

    mid: str
    kind: Kind
    codec: Codec
    payload_type: int
    clock_rate: int
    rids: tuple[str, ...] = ()
    ssrcs: tuple[int, ...] = ()
    rtx_payload_type: int | None = None
    rtx_ssrcs: tuple[int, ...] = ()
    red_payload_type: int | None = None
    """Sound may come with redundancy under this one (RFC 2198)."""
    extensions: Extensions = Extensions()
    nack: bool = False
    """The sender answers generic NACKs (a=rtcp-fb … nack)."""
    pli: bool = False
    """The sender answers picture loss indications (a=rtcp-fb … nack pli)."""


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """One receive-only section of a participant.

    `slot` counts the sections of its kind in the order of the offer, from 0; video slot 0 is the
    main picture. `ssrc` stays for the life of the transport and is unique in it, `rtx_ssrc` too.
    `abs_send_time` is the extension id to stamp departures with, 0 for none; it is honoured only
    where RTX is agreed, because a plain resend must be the very same bytes (one SRTP nonce must
    never protect two texts). So is `transport_sequence`, the id under which pictures are numbered
    for feedback where the receiver does not estimate by itself. There is one of the two at most.
    """

    slot: int
    kind: Kind
    codec: Codec
    ssrc: int
    payload_type: int
    clock_rate: int
    rtx_ssrc: int | None = None
    rtx_payload_type: int | None = None
    red_payload_type: int | None = None
    """The receiver takes sound with redundancy under this one (RFC 2198)."""
    abs_send_time: int = 0
    transport_sequence: int = 0
