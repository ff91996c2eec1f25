"""A server in memory: ice-lite, DTLS server, SRTP. Answers one offer and keeps what it hears."""

from dataclasses import dataclass, field

from media.core import rtcp
from media.transports import stun
from media.transports.dtls import Certificate, DtlsEndpoint
from media.transports.srtp import SrtpPair

HERE = ("192.0.2.1", 40000)
CERTIFICATE = Certificate.generate()


def answer(
    offer: str,
    credentials: stun.Credentials,
    *,
    slot_ssrc: int = 5000,
    candidates: tuple[stun.Address, ...] = (HERE,),
    simulcast: bool = True,
) -> str:
    """Answer as the media worker does: every section accepted, one SSRC in each slot."""
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=ice-lite"]
    for number, section in enumerate(offer.split("\r\nm=")[1:]):
        kind, _, _, payload = section.splitlines()[0].split()
        lines += [
            f"m={kind} 9 UDP/TLS/RTP/SAVPF {payload}",
            f"a=mid:{number}",
            f"a=ice-ufrag:{credentials.ufrag}",
            f"a=ice-pwd:{credentials.password}",
            f"a=fingerprint:sha-256 {CERTIFICATE.fingerprint}",
            "a=setup:passive",
            "a=rtcp-mux",
            *(f"a=candidate:{i} 1 udp 2130706431 {h} {p} typ host"
              for i, (h, p) in enumerate(candidates)),
        ]  # fmt: skip
        if "a=sendonly" in section:
            lines.append("a=recvonly")
            if "a=simulcast" in section and simulcast:
                rids = [line.split()[0] for line in section.splitlines() if " send" in line]
                rids = [r.removeprefix("a=rid:") for r in rids if r.startswith("a=rid:")]
                lines += [f"a=rid:{rid} recv" for rid in rids]
                lines.append("a=simulcast:recv " + ";".join(rids))
        else:
            lines += ["a=sendonly", f"a=ssrc:{slot_ssrc + number} cname:liancun"]
    return "\r\n".join(lines) + "\r\n"


def client_fingerprint(offer: str) -> tuple[str, str]:
    value = offer.split("a=fingerprint:")[1].splitlines()[0]
    return value.split()[0], value.split()[1]


@dataclass
class LiteServer:
    """Give it datagrams; it returns its own."""

    offer: str
    credentials: stun.Credentials = field(default_factory=stun.Credentials.generate)
    rtp: list[bytes] = field(default_factory=list)
    reports: list[rtcp.Packet] = field(default_factory=list)
    checks: list[stun.Binding] = field(default_factory=list)
    srtp: SrtpPair | None = None

    def __post_init__(self) -> None:
        self.dtls = DtlsEndpoint(CERTIFICATE, "server", [client_fingerprint(self.offer)])
        self.dtls.start(0.0)

    def receive(self, datagram: bytes, source: stun.Address, now: float) -> list[bytes]:
        if stun.is_stun(datagram):
            binding = stun.parse(datagram)
            assert binding.is_from(self.credentials.password)
            self.checks.append(binding)
            return [stun.answer(binding, source, self.credentials.password)]
        if datagram[0] < 64:
            self.dtls.receive(datagram, now)
            if self.srtp is None and self.dtls.keys is not None:
                self.srtp = SrtpPair(self.dtls.keys)
            return self.dtls.take()
        assert self.srtp is not None
        if 192 <= datagram[1] <= 223:
            self.reports += rtcp.parse(self.srtp.unprotect_rtcp(datagram))
        else:
            self.rtp.append(self.srtp.unprotect_rtp(datagram))
        return []
