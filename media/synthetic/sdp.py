"""The offer of a synthetic participant and what it reads in the answer.

Sections stand as the server expects them: sendonly sound, sendonly picture, then the recvonly
slots of sound and of picture. Sources: RFC 8829, RFC 8853 (simulcast), RFC 8851 (rid).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Literal

from media.transports.stun import Address, Credentials

Kind = Literal["audio", "video"]

OPUS, VP8, RTX = 111, 96, 97
AUDIO_LEVEL, MID, TRANSPORT_SEQUENCE, RID = 1, 4, 5, 10

_CODECS: dict[Kind, tuple[str, ...]] = {
    "audio": (
        f"a=rtpmap:{OPUS} opus/48000/2",
        f"a=fmtp:{OPUS} minptime=10;useinbandfec=1;usedtx=1",
        f"a=extmap:{AUDIO_LEVEL} urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    ),
    "video": (
        f"a=rtpmap:{VP8} VP8/90000",
        f"a=rtcp-fb:{VP8} goog-remb",
        f"a=rtcp-fb:{VP8} ccm fir",
        f"a=rtcp-fb:{VP8} nack",
        f"a=rtcp-fb:{VP8} nack pli",
        f"a=extmap:{RID} urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    ),
}
_TELLS = (
    f"a=rtpmap:{RTX} rtx/90000",
    f"a=fmtp:{RTX} apt={VP8}",
    f"a=rtcp-fb:{VP8} transport-cc",
    f"a=extmap:{TRANSPORT_SEQUENCE} "
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
)
"""What a receiver of pictures adds that tells when packets came, instead of estimating."""
_PAYLOAD: dict[Kind, str] = {"audio": f"{OPUS}", "video": f"{VP8}"}


class AnswerError(ValueError):
    """The answer cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A sendonly section; without `rids` its one SSRC is announced."""

    kind: Kind
    ssrcs: tuple[int, ...]
    rids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the answer, in the order of the offer."""

    mid: str
    kind: Kind
    accepted: bool
    direction: str
    rids: tuple[str, ...]
    """Layers the server receives; empty without simulcast."""
    ssrcs: tuple[int, ...]
    """What the server sends here."""


@dataclass(frozen=True, slots=True)
class Answer:
    remote: Credentials
    fingerprints: tuple[tuple[str, str], ...]
    candidates: tuple[Address, ...]
    """UDP host candidates of IPv4."""
    sections: tuple[Section, ...]
    controlling: bool
    """Whether our side controls ICE: the other answered, or is lite (RFC 8445 §6.1.1)."""


def offer(
    local: Credentials,
    fingerprint: str,
    session: int,
    cname: str,
    sendings: Sequence[Sending],
    audio_slots: int,
    video_slots: int,
    *,
    tells: bool = False,
) -> str:
    """Write the offer; `session` is a number below 2**63. Who `tells` when packets came gives
    transport-wide feedback about pictures instead of estimates (REMB)."""
    receiving: list[Kind] = []
    for kind, slots in _slot_order(audio_slots, video_slots):
        receiving += [kind] * slots
    count = len(sendings) + len(receiving)
    lines = [
        "v=0",
        f"o=- {session} 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE " + " ".join(map(str, range(count))),
        "a=extmap-allow-mixed",
        "a=msid-semantic: WMS",
    ]
    common = (
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.password}",
        "a=ice-options:trickle",
        f"a=fingerprint:sha-256 {fingerprint}",
        "a=setup:actpass",
    )
    mid = 0
    for sending in sendings:
        lines += _head(sending.kind, mid, common, "sendonly")
        lines += [f"a=msid:{cname} {cname}-{sending.kind}"]
        if sending.rids:
            lines += [f"a=rid:{rid} send" for rid in sending.rids]
            lines += ["a=simulcast:send " + ";".join(sending.rids)]
        else:
            lines += [f"a=ssrc:{ssrc} cname:{cname}" for ssrc in sending.ssrcs]
        mid += 1
    for kind in receiving:
        head = _head(kind, mid, common, "recvonly")
        if tells and kind == "video":
            head = [
                head[0] + f" {RTX}",
                *(line for line in head[1:] if "remb" not in line),
                *_TELLS,
            ]
        lines += head
        mid += 1
    return "\r\n".join(lines) + "\r\n"


def _slot_order(audio: int, video: int) -> tuple[tuple[Kind, int], ...]:
    return ("audio", audio), ("video", video)


def _head(kind: Kind, mid: int, common: Sequence[str], direction: str) -> list[str]:
    return [
        f"m={kind} 9 UDP/TLS/RTP/SAVPF {_PAYLOAD[kind]}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        *common,
        f"a=mid:{mid}",
        f"a=extmap:{MID} urn:ietf:params:rtp-hdrext:sdes:mid",
        f"a={direction}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        *_CODECS[kind],
    ]


def parse_answer(text: str) -> Answer:
    """Read the answer; raise AnswerError."""
    try:
        return _parse(text)
    except (IndexError, ValueError) as error:
        raise AnswerError(f"answer not understood: {error}") from error


def _parse(text: str) -> Answer:
    blocks = _blocks(text)
    media = blocks[1:]
    if not media:
        raise AnswerError("no media section")
    everything = [line for block in blocks for line in block]
    ufrag = _values(everything, "ice-ufrag")
    password = _values(everything, "ice-pwd")
    fingerprints = dict.fromkeys(_values(everything, "fingerprint"))
    if not ufrag or not password or not fingerprints:
        raise AnswerError("no ICE credentials or no fingerprint")
    candidates = dict.fromkeys(
        address
        for value in _values(everything, "candidate")
        if (address := _candidate(value)) is not None
    )
    return Answer(
        remote=Credentials(ufrag[0], password[0]),
        fingerprints=tuple((f.split()[0], f.split()[1]) for f in fingerprints),
        candidates=tuple(candidates),
        sections=tuple(_section(block) for block in media),
        # Only an offer leaves the DTLS role open (RFC 8842 §5.2).
        controlling="a=setup:actpass" not in everything or "a=ice-lite" in everything,
    )


def _blocks(text: str) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.startswith("m="):
            blocks.append([])
        blocks[-1].append(line.strip())
    return blocks


def _section(block: list[str]) -> Section:
    kind, port = block[0].removeprefix("m=").split()[:2]
    if kind not in ("audio", "video"):
        raise AnswerError(f"section of {kind}")
    directions = [d for d in ("sendonly", "recvonly", "sendrecv", "inactive") if f"a={d}" in block]
    return Section(
        mid=(_values(block, "mid") or [""])[0],
        kind="audio" if kind == "audio" else "video",
        accepted=port != "0",
        direction=directions[0] if directions else "sendrecv",
        rids=tuple(v.split()[0] for v in _values(block, "rid") if v.split()[1] == "recv"),
        ssrcs=tuple(dict.fromkeys(int(v.split()[0]) for v in _values(block, "ssrc"))),
    )


def _values(block: list[str], name: str) -> list[str]:
    prefix = f"a={name}:"
    return [line.removeprefix(prefix) for line in block if line.startswith(prefix)]


def _candidate(value: str) -> Address | None:
    """`foundation component protocol priority address port typ host …` (RFC 8839 §5.1)."""
    words = value.split()
    if words[2].lower() != "udp" or words[1] != "1":
        return None
    try:
        return str(IPv4Address(words[4])), int(words[5])
    except ValueError:
        return None  # IPv6, or a name: our socket cannot reach it
