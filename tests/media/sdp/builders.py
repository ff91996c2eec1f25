"""Offers for tests: one as Chromium wrote it, and small ones built section by section."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path

CHROMIUM = (Path(__file__).parent / "offers" / "chromium-156.sdp").read_bytes().decode()
"""3 simulcast layers, 3 slots for sound and 3 for pictures."""

HEAD = (
    "v=0",
    "o=- 1 2 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=ice-ufrag:abcd",
    "a=ice-pwd:abcdefghijklmnopqrstuv",
    "a=fingerprint:sha-256 " + ":".join(["AB"] * 32),
    "a=setup:actpass",
)


def audio(direction: str, *attributes: str) -> list[str]:
    lines = ["m=audio 9 UDP/TLS/RTP/SAVPF 111", f"a={direction}", "a=rtcp-mux"]
    return [*lines, "a=rtpmap:111 opus/48000/2", *attributes]


def video(direction: str, *attributes: str, codec: str = "vp8") -> list[str]:
    lines = ["m=video 9 UDP/TLS/RTP/SAVPF 96 97", f"a={direction}", "a=rtcp-mux"]
    if codec == "vp8":
        lines += ["a=rtpmap:96 VP8/90000"]
    else:
        lines += ["a=rtpmap:96 H264/90000"]
        lines += [f"a=fmtp:96 packetization-mode=1;profile-level-id={codec}"]
    lines += ["a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96"]
    return [*lines, "a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack pli", *attributes]


def data_channel() -> list[str]:
    return ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=sctp-port:5000"]


def offer(*sections: Sequence[str], head: Sequence[str] = HEAD) -> str:
    """Number the sections from mid 0 and bundle them all."""
    mids = range(len(sections))
    lines = [*head, f"a=group:BUNDLE {' '.join(map(str, mids))}"]
    for mid, (media, *attributes) in zip(mids, sections, strict=True):
        lines += [media, f"a=mid:{mid}", *attributes]
    return "\r\n".join(lines) + "\r\n"


class Ssrcs:
    """Draws 0x10000, 0x10001, … instead of random numbers."""

    def __init__(self, first: int = 0x10000) -> None:
        self._numbers = count(first)

    def __call__(self) -> int:
        return next(self._numbers)
