"""The real parsers, each with the one exception it may raise."""

import random
from collections.abc import Callable, Mapping

from benchmarks.hostile import material
from benchmarks.hostile.material import Bender
from media.core import h264, redundancy, rtcp, rtp, vp8
from media.core.malformed import Malformed
from media.core.router import Router
from media.core.sections import Extensions, SlotSpec, Source
from media.sdp.answer import LocalSide, write_answer
from media.sdp.errors import SdpError
from media.sdp.negotiation import negotiate
from media.sdp.offer import parse_offer
from media.transports import flights, stun
from media.transports.dtls import Certificate, DtlsEndpoint
from media.transports.framing import Deframer, FramingError

Parser = Callable[[bytes], None]
"""Raises nothing but what is documented, which it catches itself."""

_FRESH_AFTER = 40
"""Datagrams a DTLS endpoint or a deframer gets before a new one takes its place."""
_STEP_S = 0.002
_NUMBERED = 0.8
"""How often a packet gets the next number: a repeated one is not looked into."""


def parsers(dice: random.Random) -> Mapping[str, tuple[str, Parser]]:
    """Return by name the kind of datagrams a parser takes, and the parser."""
    return {
        "stun": ("stun", _take_stun),
        "dtls records": ("dtls", _take_records),
        "dtls endpoint": ("dtls", _Handshakes().take),
        "rtp and extensions": ("rtp", _take_rtp),
        "vp8 and h264": ("rtp", _take_payload),
        "red": ("rtp", _take_red),
        "rtcp": ("rtcp", _take_rtcp),
        "framing": ("rtp", _Stream().take),
        "room, rtp": ("rtp", _Room(dice).take_rtp),
        "room, rtcp": ("rtcp", _Room(dice).take_rtcp),
        "sdp": ("sdp", _Offers(dice).take),
    }


SHARES: Mapping[str, float] = {
    "stun": 0.16, "dtls records": 0.12, "dtls endpoint": 0.04, "rtp and extensions": 0.16,
    "vp8 and h264": 0.10, "red": 0.04, "rtcp": 0.14, "framing": 0.04, "room, rtp": 0.1,
    "room, rtcp": 0.08, "sdp": 0.02,
}  # fmt: skip
"""How a number of datagrams is divided; an offer takes a hundred times as long as a packet."""


def benders(seed: int) -> Mapping[str, Bender]:
    """Return a bender for each kind; its material has random keys, its bends are of the seed."""
    return {
        kind: Bender(make(), random.Random(f"{seed} {kind}"))
        for kind, make in material.KINDS.items()
    }


def _take_stun(datagram: bytes) -> None:
    try:
        binding = stun.parse(datagram)
    except stun.StunError:
        return
    binding.is_from(material.CREDENTIALS.password)
    stun.answer(binding, ("192.0.2.1", 9), material.CREDENTIALS.password)


def _take_records(datagram: bytes) -> None:
    flights.repeats_handshake(datagram)


class _Handshakes:
    """A server's end of one handshake after another."""

    def __init__(self) -> None:
        self._certificate = Certificate.generate()
        self._number = 0

    def take(self, datagram: bytes) -> None:
        now = self._number / 100
        if self._number % _FRESH_AFTER == 0:
            known = [("sha-256", self._certificate.fingerprint)]
            self._endpoint = DtlsEndpoint(self._certificate, "server", known)
            self._endpoint.start(now)
        self._number += 1
        self._endpoint.receive(datagram, now)
        self._endpoint.take()
        self._endpoint.advance(now)


def _take_rtp(datagram: bytes) -> None:
    try:
        header = rtp.parse(datagram)
        rtp.unwrap_rtx(datagram, header, 1, material.VP8)
        rtp.extension(datagram, header, material.LEVEL_ID)
        rtp.text_extension(datagram, header, material.MID_ID)
    except Malformed:
        return


def _take_payload(datagram: bytes) -> None:
    for start in (0, 12):
        h264.begins_keyframe(datagram, start, len(datagram))
        try:
            vp8.parse(datagram, start, len(datagram))
        except Malformed:
            continue


def _take_red(datagram: bytes) -> None:
    try:
        redundancy.take_apart(datagram, rtp.parse(datagram), material.OPUS)
    except Malformed:
        return


def _take_rtcp(datagram: bytes) -> None:
    try:
        rtcp.parse(datagram)
    except Malformed:
        return


class _Stream:
    """Packets of ICE-TCP that come in one stream."""

    def __init__(self) -> None:
        self._number = 0
        self._deframer = Deframer()

    def take(self, datagram: bytes) -> None:
        self._number += 1
        if self._number % _FRESH_AFTER == 0:
            self._deframer = Deframer()
        try:
            self._deframer.feed(len(datagram).to_bytes(2, "big") + datagram[:-1])
        except FramingError:
            self._deframer = Deframer()


class _Room:
    """A Router with three who send and receive, which must take anything as it comes."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._now = 100.0
        self._number = 0
        self._router = Router("hostile")
        names = Extensions(
            mid=material.MID_ID, rid=material.RID_ID, repaired_rid=material.REPAIRED_ID,
            audio_level=material.LEVEL_ID, transport_sequence=material.TRANSPORT_ID,
        )  # fmt: skip
        voice = Source(
            mid="0", kind="audio", codec="opus", payload_type=material.OPUS, clock_rate=48_000,
            red_payload_type=material.RED, extensions=names,
        )  # fmt: skip
        camera = Source(
            mid="1", kind="video", codec="vp8", payload_type=material.VP8, clock_rate=90_000,
            rids=("q", "h", "f"), rtx_payload_type=material.RTX, extensions=names,
            nack=True, pli=True,
        )  # fmt: skip
        other = Source(
            mid="1", kind="video", codec="h264", payload_type=material.H264, clock_rate=90_000,
            extensions=names, nack=True, pli=True,
        )  # fmt: skip
        slots = [
            SlotSpec(
                slot=0, kind="audio", codec="opus", ssrc=70_000, payload_type=material.OPUS,
                clock_rate=48_000, red_payload_type=material.RED,
            ),
            SlotSpec(
                slot=0, kind="video", codec="vp8", ssrc=70_001, payload_type=material.VP8,
                clock_rate=90_000, rtx_ssrc=70_002, rtx_payload_type=material.RTX,
            ),
        ]  # fmt: skip
        for name, sources in (("a", [voice, camera]), ("b", [voice, other]), ("c", [voice])):
            self._router.add_transport(name, sources, slots, self._now)

    def take_rtp(self, datagram: bytes) -> None:
        self._step()
        if len(datagram) > 4 and self._dice.random() < _NUMBERED:
            self._number = (self._number + 1) & 0xFFFF
            datagram = datagram[:2] + self._number.to_bytes(2, "big") + datagram[4:]
        forward = self._router.inbound(self._dice.choice("abc?"), datagram, self._now)
        while forward is not None:
            forward = forward.thinner

    def take_rtcp(self, datagram: bytes) -> None:
        self._step()
        self._router.inbound_rtcp(self._dice.choice("abc?"), datagram, self._now)

    def _step(self) -> None:
        self._now += _STEP_S
        deadline = self._router.deadline()
        if deadline is not None and deadline <= self._now:
            self._router.advance(self._now)
        self._router.take()


class _Offers:
    """Offers, read, answered and thrown away."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice

    def take(self, datagram: bytes) -> None:
        text = datagram.decode(errors="replace")
        try:
            agreement = negotiate(parse_offer(text), None, lambda: self._dice.getrandbits(32))
        except SdpError:
            return
        write_answer(agreement, _SIDE)


_SIDE = LocalSide(
    session_id=1, ice_ufrag="serverufrag", ice_password="a-password-of-24-characters",
    fingerprint="AA:" * 31 + "AA", candidates=[("192.0.2.1", 9)],
)  # fmt: skip
