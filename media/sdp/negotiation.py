"""Decide what of an offer is taken: sections, codecs, extensions, and the SSRCs of the slots.

A participant's sending sections become Sources, its receive-only ones SlotSpecs; everything else
(data channels, unknown codecs, more than the limits) is refused section by section, so that a
client with something extra is still in the meeting.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from media.core.sections import Extensions, SlotSpec, Source
from media.sdp.codecs import (
    TRANSPORT_FEEDBACK,
    ChosenCodec,
    VideoCodec,
    choose_audio,
    choose_video,
    room_codec,
)
from media.sdp.errors import unsupported
from media.sdp.offer import Direction, Offer, OfferedSection

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
TRANSPORT_SEQUENCE = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"

MAX_SLOTS = {"audio": 8, "video": 40}
MAX_SOURCES = {"audio": 2, "video": 3}
MAX_LAYERS = 3
FIRST_SSRC = 0x1000
"""Small numbers are left to RTCP senders of ours; the core's receivers use 1."""

_PROTOCOLS = ("UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP")


@dataclass(frozen=True, slots=True)
class AcceptedSection:
    """One section of the answer; `codec` None: refused."""

    offered: OfferedSection
    codec: ChosenCodec | None = None
    direction: Direction = "inactive"
    """From the server's side."""
    extensions: tuple[tuple[int, str], ...] = ()
    source: Source | None = None
    slot: SlotSpec | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """What both sides will do. `video_codec` is the room's from now on, if it has one."""

    offer: Offer
    sections: tuple[AcceptedSection, ...]
    video_codec: VideoCodec | None

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(s.source for s in self.sections if s.source is not None)

    @property
    def slots(self) -> tuple[SlotSpec, ...]:
        """Audio slots, then video slots, each by number."""
        slots = [s.slot for s in self.sections if s.slot is not None]
        return tuple(sorted(slots, key=lambda slot: (slot.kind, slot.slot)))


def negotiate(
    offer: Offer,
    video_codec: VideoCodec | None,
    draw_ssrc: Callable[[], int],
    preferred: VideoCodec = "vp8",
) -> Agreement:
    """Decide; raise SdpError with code `unsupported_sdp` when nothing could be taken.

    `video_codec` is the room's, None while it has none; then it becomes `preferred` where that is
    offered. `draw_ssrc` returns random 32-bit numbers.
    """
    if offer.setup not in ("actpass", "active"):
        raise unsupported("the offer must let this server be passive (a=setup:actpass)")
    choice = _Choice(offer, video_codec or room_codec(offer.sections, preferred), draw_ssrc)
    sections = tuple(choice.section(section) for section in offer.sections)
    if not any(section.codec for section in sections):
        raise unsupported("no section with a codec of this server, bundled and with rtcp-mux")
    return Agreement(offer, sections, choice.video_codec)


class _Choice:
    """The counters of one negotiation."""

    def __init__(
        self, offer: Offer, video_codec: VideoCodec | None, draw_ssrc: Callable[[], int]
    ) -> None:
        self.video_codec = video_codec
        self._bundle = frozenset(offer.bundle)
        self._draw_ssrc = draw_ssrc
        # The participant's own SSRCs are avoided too: one session carries both directions.
        self._taken = {ssrc for s in offer.sections for ssrc in (*s.ssrcs, *s.rtx_ssrcs)}
        self._sources = {"audio": 0, "video": 0}
        self._slots = {"audio": 0, "video": 0}

    def section(self, offered: OfferedSection) -> AcceptedSection:
        refused = AcceptedSection(offered)
        kind = offered.kind
        slot = self._slots.get(kind, 0)
        if kind in self._slots and offered.direction == "recvonly":
            self._slots[kind] += 1  # counted also when refused: the client counts its sections
        if (
            kind not in ("audio", "video")
            or offered.protocol not in _PROTOCOLS
            or offered.disabled
            or not offered.rtcp_mux
            or offered.mid not in self._bundle
        ):
            return refused
        sends = offered.direction in ("sendonly", "sendrecv")
        codec = self._codec(offered, sends=sends)
        if codec is None:
            return refused
        if offered.direction == "inactive":
            return AcceptedSection(offered, codec)
        if sends:
            if self._sources[kind] >= MAX_SOURCES[kind]:
                return refused
            self._sources[kind] += 1
            return _source(offered, codec)
        if slot >= MAX_SLOTS[kind]:
            return refused
        return self._slot(offered, codec, slot)

    def _codec(self, offered: OfferedSection, *, sends: bool) -> ChosenCodec | None:
        if offered.kind == "audio":
            return choose_audio(offered)
        return choose_video(offered, self.video_codec, sends=sends) if self.video_codec else None

    def _slot(self, offered: OfferedSection, codec: ChosenCodec, number: int) -> AcceptedSection:
        rtx = codec.rtx_payload_type is not None and "nack" in codec.feedback
        extensions: tuple[tuple[int, str], ...] = ()
        numbered = _number(offered, codec) if rtx else 0
        stamped = _short(offered, ABS_SEND_TIME) if rtx and not numbered else 0
        if numbered:
            extensions = ((numbered, TRANSPORT_SEQUENCE),)
            codec = replace(codec, feedback=(*codec.feedback, TRANSPORT_FEEDBACK))
        elif stamped:
            extensions = ((stamped, ABS_SEND_TIME),)
        slot = SlotSpec(
            slot=number,
            kind="audio" if offered.kind == "audio" else "video",
            codec=codec.codec,
            ssrc=self._ssrc(),
            payload_type=codec.payload_type,
            clock_rate=codec.clock_rate,
            rtx_ssrc=self._ssrc() if rtx else None,
            rtx_payload_type=codec.rtx_payload_type if rtx else None,
            red_payload_type=codec.red_payload_type,
            abs_send_time=stamped,
            transport_sequence=numbered,
        )
        return AcceptedSection(offered, codec, "sendonly", extensions, slot=slot)

    def _ssrc(self) -> int:
        while True:
            ssrc = self._draw_ssrc() & 0xFFFFFFFF
            if ssrc >= FIRST_SSRC and ssrc not in self._taken:
                self._taken.add(ssrc)
                return ssrc


def _number(offered: OfferedSection, codec: ChosenCodec) -> int:
    """Return the extension that numbers what goes to a receiver; 0 where it estimates by itself
    (REMB), which needs no more than that, or does not tell when packets came."""
    said = offered.codecs[codec.payload_type].feedback
    if "goog-remb" in said or TRANSPORT_FEEDBACK not in said:
        return 0
    return _short(offered, TRANSPORT_SEQUENCE)


def _short(offered: OfferedSection, uri: str) -> int:
    """Return the id of an extension; 0 for none, and for the long form, which is not written."""
    number = offered.extensions.get(uri, 0)
    return number if number <= 14 else 0


def _source(offered: OfferedSection, codec: ChosenCodec) -> AcceptedSection:
    kind = offered.kind
    wanted = (MID, AUDIO_LEVEL) if kind == "audio" else (MID, RID, REPAIRED_RID)
    ids = {uri: offered.extensions[uri] for uri in wanted if uri in offered.extensions}
    if TRANSPORT_FEEDBACK in codec.feedback and TRANSPORT_SEQUENCE in offered.extensions:
        ids[TRANSPORT_SEQUENCE] = offered.extensions[TRANSPORT_SEQUENCE]
    # Layers are told apart by RID only; without the extension there is one.
    rids = offered.rids[:MAX_LAYERS] if RID in ids and kind == "video" else ()
    source = Source(
        mid=offered.mid,
        kind="audio" if kind == "audio" else "video",
        codec=codec.codec,
        payload_type=codec.payload_type,
        clock_rate=codec.clock_rate,
        rids=rids,
        ssrcs=offered.ssrcs[: max(1, len(rids)) if rids else MAX_LAYERS],
        rtx_payload_type=codec.rtx_payload_type,
        rtx_ssrcs=offered.rtx_ssrcs[: max(1, len(rids)) if rids else MAX_LAYERS],
        red_payload_type=codec.red_payload_type,
        extensions=Extensions(
            mid=ids.get(MID, 0),
            rid=ids.get(RID, 0),
            repaired_rid=ids.get(REPAIRED_RID, 0),
            audio_level=ids.get(AUDIO_LEVEL, 0),
            transport_sequence=ids.get(TRANSPORT_SEQUENCE, 0),
        ),
        nack="nack" in codec.feedback,
        pli="nack pli" in codec.feedback,
    )
    extensions = tuple((number, uri) for uri, number in ids.items())
    return AcceptedSection(offered, codec, "recvonly", extensions, source=source)
