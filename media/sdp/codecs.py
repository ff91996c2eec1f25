"""Which of the offered codecs a section uses, and what its parameters in the answer are.

One video codec a room: VP8, or H.264 constrained baseline (packetization mode 1) where whoever
comes first has no VP8. Sound is Opus.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from media.sdp.offer import OfferedCodec, OfferedSection

VideoCodec = Literal["vp8", "h264"]
Codec = Literal["opus", "vp8", "h264"]

FEEDBACK = ("goog-remb", "ccm fir", "nack", "nack pli")
"""What the core acts on, for video."""
TRANSPORT_FEEDBACK = "transport-cc"
"""What it sends besides, about the pictures of a participant that numbers them for it; and takes
from one that gets pictures and offers no "goog-remb"."""

OPUS_PARAMETERS = "minptime=10;useinbandfec=1;usedtx=1"
START_BITRATE_KBPS = 800
"""Where a browser's encoder begins; its own 300 kbit/s starve the upper layers for seconds."""


@dataclass(frozen=True, slots=True)
class ChosenCodec:
    """A codec as it goes into the answer; `parameters` is what follows the a=fmtp number."""

    codec: Codec
    payload_type: int
    rtpmap: str
    clock_rate: int
    parameters: str
    feedback: tuple[str, ...]
    rtx_payload_type: int | None
    red_payload_type: int | None = None
    """Sound with redundancy (RFC 2198), of this codec alone."""


def choose_audio(section: OfferedSection) -> ChosenCodec | None:
    """Take Opus, 48 kHz with two channels (RFC 7587 §7), and RED of it where that is offered;
    None if Opus is not. Opus stands first in the answer, so a browser sends it plain. A page
    whose line loses sound turns the two around for itself (web/redundancy.js)."""
    for codec in section.codecs.values():
        if (codec.encoding, codec.clock_rate, codec.channels) == ("opus", 48_000, 2):
            return ChosenCodec(
                "opus",
                codec.payload_type,
                "opus/48000/2",
                48_000,
                OPUS_PARAMETERS,
                (),
                None,
                _red(section, codec.payload_type),
            )
    return None


def choose_video(section: OfferedSection, room: VideoCodec, *, sends: bool) -> ChosenCodec | None:
    """Take the room's codec; None if the section does not offer it.

    `sends`: the participant sends in this section, so the start bit rate is for it.
    """
    for codec in section.codecs.values():
        if codec.clock_rate != 90_000 or not _is(codec, room):
            continue
        feedback = (*FEEDBACK, TRANSPORT_FEEDBACK) if sends else FEEDBACK
        wanted = [f"x-google-start-bitrate={START_BITRATE_KBPS}"] if sends else []
        if room == "h264":
            wanted = [
                "level-asymmetry-allowed=1",
                "packetization-mode=1",
                f"profile-level-id={codec.parameters['profile-level-id'].lower()}",
                *wanted,
            ]
        return ChosenCodec(
            codec=room,
            payload_type=codec.payload_type,
            rtpmap="VP8/90000" if room == "vp8" else "H264/90000",
            clock_rate=90_000,
            parameters=";".join(wanted),
            feedback=tuple(value for value in feedback if value in codec.feedback),
            rtx_payload_type=_rtx(section, codec.payload_type),
        )
    return None


def room_codec(
    sections: Iterable[OfferedSection], preferred: VideoCodec = "vp8"
) -> VideoCodec | None:
    """Choose the video codec of a room by its first offer; None if it has no picture we know."""
    offered = [codec for s in sections if s.kind == "video" for codec in s.codecs.values()]
    rooms: tuple[VideoCodec, ...] = (preferred, "h264" if preferred == "vp8" else "vp8")
    return next((room for room in rooms if any(_is(codec, room) for codec in offered)), None)


def _is(codec: OfferedCodec, room: VideoCodec) -> bool:
    if room == "vp8":
        return codec.encoding == "vp8"
    if codec.encoding != "h264" or codec.parameters.get("packetization-mode") != "1":
        return False
    # profile-level-id is profile_idc, profile_iop, level_idc; constrained baseline is 66 with
    # constraint_set1 (RFC 6184 §8.1).
    try:
        profile, constraints, _ = bytes.fromhex(codec.parameters.get("profile-level-id", ""))
    except ValueError:
        return False
    return profile == 66 and bool(constraints & 0x40)


def _red(section: OfferedSection, payload_type: int) -> int | None:
    """Find RED whose blocks are all of one payload type: `a=fmtp:63 111/111` (RFC 2198 §5)."""
    for codec in section.codecs.values():
        if (codec.encoding, codec.clock_rate, codec.channels) == ("red", 48_000, 2):
            blocks = {block for listed in codec.parameters for block in listed.split("/")}
            if blocks == {str(payload_type)}:
                return codec.payload_type
    return None


def _rtx(section: OfferedSection, payload_type: int) -> int | None:
    for codec in section.codecs.values():
        if codec.encoding == "rtx" and codec.parameters.get("apt") == str(payload_type):
            return codec.payload_type
    return None
