"""What an encoder or a player may offer: a token to send does not let one watch, nor the reverse.

Sources: RFC 9725 §4.4, draft-ietf-wish-whep §4.
"""

import re
from collections import Counter
from dataclasses import dataclass

from media.sdp.errors import SdpError
from media.sdp.offer import Offer, parse_offer
from scheduler.accounts import StreamScope
from scheduler.errors import Invalid

MAX_OFFER_BYTES = 64 * 1024
"""Chromium's offer for one picture and one voice is 8 KB."""

PLAYED = "liancun"
"""The MediaStream of a player."""

_SENDRECV = re.compile(r"^a=sendrecv(?=\r?$)", re.MULTILINE)
_FIRST_SLOT = re.compile(r"\bmsid:slot-(?:audio|video)-0 ")
_REFUSED = re.compile(r"^m=\S+ 0 ", re.MULTILINE)
_WRONG = {"whip": ("recvonly", "inactive"), "whep": ("sendrecv", "sendonly", "inactive")}


@dataclass(frozen=True, slots=True)
class StreamOffer:
    """An offer that fits its scope; `ice` is the peer's name and password."""

    text: str
    ice: tuple[str, str]
    audio: bool
    video: bool


def read_offer(text: str, scope: StreamScope) -> StreamOffer:
    """Read an offer; raise Invalid("stream_offer_invalid" | "stream_offer_not_acceptable").

    A player that would also send (sendrecv) is taken for one that only receives, as WHEP asks; an
    encoder that would also receive is answered recvonly anyway.
    """
    if scope == "whep":
        text = _SENDRECV.sub("a=recvonly", text)
    try:
        offer = parse_offer(text)
    except SdpError as error:
        raise Invalid("stream_offer_invalid", error.detail) from error
    if any(section.direction in _WRONG[scope] for section in offer.sections):
        raise Invalid("stream_offer_not_acceptable", f"a direction that {scope} does not have")
    kinds = Counter(section.kind for section in offer.sections)
    if scope == "whip" and max(kinds.values()) > 1:
        raise Invalid("stream_offer_not_acceptable", "more than one source of a kind")
    return StreamOffer(
        text=text,
        ice=(offer.ice_ufrag, offer.ice_password),
        audio=_has(offer, "audio"),
        video=_has(offer, "video"),
    )


def refuses_a_section(answer: str) -> bool:
    """Tell whether the answer takes only a part: who cannot renegotiate must be told at once."""
    return _REFUSED.search(answer) is not None


def candidates_of(answer: str) -> tuple[str, ...]:
    """Return the lines of the server's ICE candidates."""
    return tuple(line for line in answer.splitlines() if line.startswith("a=candidate:"))


def with_candidates_everywhere(answer: str) -> str:
    """Repeat the candidates, which stand in the first section, in all that are bundled with it.

    RFC 9725's own example does, and there are clients (aiortc with max-bundle) which look for them
    in the last section.
    """
    lines = [*candidates_of(answer), "a=end-of-candidates"]
    first, *others = re.split(r"(?=^m=)", answer, flags=re.MULTILINE)
    told = [
        section
        if "a=candidate:" in section
        else section.replace("a=setup:passive\r\n", "\r\n".join(["a=setup:passive", *lines, ""]))
        for section in others
    ]
    return first + "".join(told)


def in_one_stream(answer: str) -> str:
    """Put the main picture and the first voice of a player into one MediaStream.

    The answer names one for each slot, whose contents change apart. WHEP has one for all ("Single
    MediaStream" of its draft): players show the stream of whichever track comes last, and keep the
    voice and the picture of one stream in step.
    """
    return _FIRST_SLOT.sub(rf"msid:{PLAYED} ", answer)


def _has(offer: Offer, kind: str) -> bool:
    return any(section.kind == kind for section in offer.sections)
