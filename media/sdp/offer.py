"""What a participant offers, read from hostile text.

Unknown attributes are ignored, as RFC 8866 §5.13 wants; what is mirrored in the answer (mid, rid,
ids of codecs and extensions) must be of the right form, so that no text of a stranger gets in.
"""

import re
from dataclasses import dataclass
from typing import Literal

from media.sdp.errors import invalid
from media.sdp.lines import Part, split

Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]
DIRECTIONS: tuple[Direction, ...] = ("sendrecv", "sendonly", "recvonly", "inactive")

MAX_FORMATS = 128
MAX_RIDS = 8
MAX_SSRCS = 64

_NUMBER = re.compile(r"[0-9]{1,10}", re.ASCII)
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,32}", re.ASCII)
_RID = re.compile(r"[A-Za-z0-9_-]{1,16}", re.ASCII)
_ICE = re.compile(r"[A-Za-z0-9+/=_-]{1,256}", re.ASCII)
_HASH = re.compile(r"([A-Za-z0-9-]{3,12}) +([0-9A-Fa-f:]{20,200})", re.ASCII)
_RTPMAP = re.compile(r"([0-9]{1,3}) +([A-Za-z0-9._-]{1,32})/([0-9]{1,6})(?:/([0-9]{1,2}))?", re.A)
_EXTMAP = re.compile(r"([0-9]{1,3})(?:/[a-z]+)? +(\S{1,200})(?: .*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class OfferedCodec:
    """One payload type: its encoding (lower case), parameters and feedback, as offered."""

    payload_type: int
    encoding: str
    clock_rate: int
    channels: int
    parameters: dict[str, str]
    """Of a=fmtp, names in lower case; a parameter without `=` has the value ""."""
    feedback: frozenset[str]
    """Values of a=rtcp-fb, such as `nack pli`."""


@dataclass(frozen=True, slots=True)
class OfferedSection:
    """One media section. `kind` may be any media type; only audio and video can be taken."""

    kind: str
    protocol: str
    formats: tuple[str, ...]
    disabled: bool
    """Port 0 without a=bundle-only: the section is not to be used (RFC 3264 §5.1)."""
    mid: str
    direction: Direction
    codecs: dict[int, OfferedCodec]
    """By payload type, in the order of preference."""
    extensions: dict[str, int]
    """Ids by URI."""
    rids: tuple[str, ...]
    """The layers it would send, in the order of a=simulcast, else of a=rid."""
    ssrcs: tuple[int, ...]
    """Announced sources without those of RTX: one, or the layers of a SIM group."""
    rtx_ssrcs: tuple[int, ...]
    """Of the same positions as `ssrcs`; 0 where there is none; empty without FID groups."""
    rtcp_mux: bool
    rtcp_rsize: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A parsed offer; `bundle` names the sections that share one transport, in order."""

    sections: tuple[OfferedSection, ...]
    bundle: tuple[str, ...]
    ice_ufrag: str
    ice_password: str
    fingerprints: tuple[tuple[str, str], ...]
    setup: str
    extmap_allow_mixed: bool


def parse_offer(text: str) -> Offer:
    """Read an offer; raise SdpError with code `invalid_sdp`."""
    session, parts = split(text)
    known: _KnownCodecs = {}
    sections = tuple(_section(session, part, known) for part in parts)
    mids = [section.mid for section in sections]
    if len(set(mids)) != len(mids):
        raise invalid("a mid stands twice")
    bundle = _bundle(session, mids)
    tagged = parts[mids.index(bundle[0])]
    ufrag = _credential(session, tagged, "ice-ufrag", 4)
    password = _credential(session, tagged, "ice-pwd", 22)
    hashes = map(_HASH.fullmatch, tagged.every("fingerprint") or session.every("fingerprint"))
    fingerprints = [(match[1].lower(), match[2].upper()) for match in hashes if match is not None]
    if not fingerprints:
        raise invalid("no fingerprint")
    return Offer(
        sections=sections,
        bundle=bundle,
        ice_ufrag=ufrag,
        ice_password=password,
        fingerprints=tuple(fingerprints[:8]),
        setup=tagged.first("setup") or session.first("setup") or "actpass",
        extmap_allow_mixed=session.has("extmap-allow-mixed"),
    )


_CodecLines = tuple[tuple[str, ...], ...]
_KnownCodecs = dict[_CodecLines, dict[int, OfferedCodec]]


def _section(session: Part, part: Part, known: _KnownCodecs) -> OfferedSection:
    words = part.media.split()
    if len(words) < 4 or len(words) > 3 + MAX_FORMATS:
        raise invalid("a media line without formats, or with too many")
    kind, port, protocol, *formats = words
    if not all(_TOKEN.fullmatch(word) for word in (kind, *formats)) or not re.fullmatch(
        r"[A-Za-z0-9/]{1,32}", protocol, re.ASCII
    ):
        raise invalid("a media line of the wrong form")
    mid = part.first("mid")
    if mid is None or _TOKEN.fullmatch(mid) is None:
        raise invalid("a media section without a mid")
    ssrcs, rtx_ssrcs = _ssrcs(part)
    return OfferedSection(
        kind=kind,
        protocol=protocol,
        formats=tuple(formats),
        disabled=_number(port.partition("/")[0], 65_535) == 0 and not part.has("bundle-only"),
        mid=mid,
        direction=_direction(part) or _direction(session) or "sendrecv",
        codecs=_codecs_once(part, formats, known) if kind in ("audio", "video") else {},
        extensions=_extensions(session, part),
        rids=_rids(part),
        ssrcs=ssrcs,
        rtx_ssrcs=rtx_ssrcs,
        # A bundle-only section may leave to the tagged one what is said once (RFC 9143 §7.1.3).
        rtcp_mux=part.has("rtcp-mux") or part.has("bundle-only"),
        rtcp_rsize=part.has("rtcp-rsize"),
    )


def _number(text: str, largest: int) -> int:
    if _NUMBER.fullmatch(text) is None or int(text) > largest:
        raise invalid(f"a number up to {largest} expected")
    return int(text)


def _direction(part: Part) -> Direction | None:
    return next((direction for direction in DIRECTIONS if part.has(direction)), None)


def _bundle(session: Part, mids: list[str]) -> tuple[str, ...]:
    for value in session.every("group"):
        semantics, *members = value.split() or [""]
        if semantics == "BUNDLE":
            if not members or len(set(members)) != len(members) or not set(members) <= set(mids):
                raise invalid("a BUNDLE group that does not fit the sections")
            return tuple(members)
    return (mids[0],)


def _credential(session: Part, part: Part, name: str, shortest: int) -> str:
    value = part.first(name) or session.first(name) or ""
    if len(value) < shortest or _ICE.fullmatch(value) is None:
        raise invalid(f"no usable {name}")
    return value


def _codecs_once(part: Part, formats: list[str], known: _KnownCodecs) -> dict[int, OfferedCodec]:
    """A browser writes the same 170 lines of codecs into each of 25 slots: read them once."""
    lines = (formats, part.every("rtpmap"), part.every("fmtp"), part.every("rtcp-fb"))
    key = tuple(map(tuple, lines))
    if key not in known:
        known[key] = _codecs(part, formats)
    return known[key]


def _codecs(part: Part, formats: list[str]) -> dict[int, OfferedCodec]:
    """Codecs with an rtpmap; what stands in the media line only is left out."""
    maps: dict[int, tuple[str, int, int]] = {}
    for value in part.every("rtpmap"):
        if (match := _RTPMAP.fullmatch(value)) is not None:
            maps.setdefault(int(match[1]), (match[2].lower(), int(match[3]), int(match[4] or "1")))
    parameters: dict[str, dict[str, str]] = {}
    for value in part.every("fmtp"):
        number, _, rest = value.partition(" ")
        pairs = (item.strip().partition("=") for item in rest.split(";"))
        parameters.setdefault(number, {name.strip().lower(): text for name, _, text in pairs})
    feedback: dict[str, set[str]] = {}
    for value in part.every("rtcp-fb"):
        number, _, rest = value.partition(" ")
        feedback.setdefault(number, set()).add(" ".join(rest.split()))
    found: dict[int, OfferedCodec] = {}
    for name in formats:
        payload_type = int(name) if _NUMBER.fullmatch(name) else -1
        if payload_type in maps and payload_type <= 127:
            encoding, clock_rate, channels = maps[payload_type]
            found[payload_type] = OfferedCodec(
                payload_type=payload_type,
                encoding=encoding,
                clock_rate=clock_rate,
                channels=channels,
                parameters=parameters.get(name, {}),
                feedback=frozenset(feedback.get(name, set()) | feedback.get("*", set())),
            )
    return found


def _extensions(session: Part, part: Part) -> dict[str, int]:
    found: dict[str, int] = {}
    for value in (*part.every("extmap"), *session.every("extmap")):
        match = _EXTMAP.fullmatch(value)
        # 15 is reserved in the one-byte form (RFC 8285 §4.2), 0 is padding.
        if match is not None and 1 <= int(match[1]) <= 255 and int(match[1]) != 15:
            found.setdefault(match[2], int(match[1]))
    return found


def _rids(part: Part) -> tuple[str, ...]:
    """The layers of `a=simulcast:send`, the first of each alternative, that have an a=rid send."""
    sendable = []
    for value in part.every("rid"):
        words = value.split()
        if len(words) >= 2 and words[1] == "send":
            if _RID.fullmatch(words[0]) is None or words[0] in sendable:
                raise invalid("a rid of the wrong form, or twice")
            sendable.append(words[0])
    if len(sendable) > MAX_RIDS:
        raise invalid(f"more than {MAX_RIDS} rids")
    words = (part.first("simulcast") or "").split()
    if "send" in words[:-1]:
        listed = words[words.index("send") + 1].split(";")
        order = [item.split(",")[0].removeprefix("~") for item in listed]
        if len(set(order)) != len(order) or not set(order) <= set(sendable):
            raise invalid("a simulcast line that does not fit the rids")
        return tuple(order)
    return tuple(sendable)


def _ssrcs(part: Part) -> tuple[tuple[int, ...], tuple[int, ...]]:
    announced: list[int] = []
    for value in part.every("ssrc"):
        number = _ssrc(value.split(" ", 1)[0])
        if number not in announced:
            announced.append(number)
        if len(announced) > MAX_SSRCS:
            raise invalid(f"more than {MAX_SSRCS} SSRCs")
    rtx: dict[int, int] = {}
    layers: list[int] = []
    for value in part.every("ssrc-group"):
        semantics, *members = value.split() or [""]
        numbers = [_ssrc(member) for member in members[:MAX_SSRCS]]
        if semantics == "FID" and len(numbers) == 2:
            rtx.setdefault(numbers[0], numbers[1])
        elif semantics == "SIM":
            layers = layers or numbers
    repairs = set(rtx.values())
    main = [number for number in layers or announced if number not in repairs]
    main = list(dict.fromkeys(main)) if layers else main[:1]
    return tuple(main), tuple(rtx.get(number, 0) for number in main) if rtx else ()


def _ssrc(text: str) -> int:
    return _number(text, 0xFFFFFFFF)
