"""ICE, DTLS and SRTP of one client, put together without I/O or clock.

Datagrams and `now` go in; datagrams with their destination come out of `take`.
"""

import random
from typing import Literal

from media.synthetic.ice import Checks
from media.synthetic.sdp import Answer, AnswerError
from media.transports import stun
from media.transports.dtls import Certificate, DtlsEndpoint
from media.transports.srtp import SrtpError, SrtpPair

State = Literal["new", "checking", "connecting", "connected", "failed", "closed"]
Datagram = tuple[bytes, stun.Address]


class Connection:
    """One client's connection to a server that takes the passive DTLS role."""

    def __init__(self, certificate: Certificate, dice: random.Random) -> None:
        self.local = stun.Credentials.generate()
        self.fingerprint = certificate.fingerprint
        self.state: State = "new"
        self.failure = ""
        """Why the state is `failed`."""
        self.undecipherable = 0
        self._certificate, self._dice = certificate, dice
        self._remote: stun.Credentials | None = None
        self._checks: Checks | None = None
        self._dtls: DtlsEndpoint | None = None
        self._srtp: SrtpPair | None = None
        self._out: list[Datagram] = []

    def start(self, answer: Answer, now: float) -> None:
        """Begin the checks; raise AnswerError where there is nobody to reach."""
        if not answer.candidates:
            raise AnswerError("no UDP candidate of IPv4")
        self.state = "checking"
        self._dtls = DtlsEndpoint(self._certificate, "client", answer.fingerprints)
        self._checks = Checks(
            self.local,
            answer.remote,
            answer.candidates,
            now,
            self._dice,
            controlling=answer.controlling,
        )
        self._collect(now)

    @property
    def address(self) -> stun.Address | None:
        """The server's address in use."""
        return self._checks.selected if self._checks else None

    @property
    def round_trip(self) -> float:
        """Of the last check, seconds."""
        return self._checks.round_trip if self._checks else 0.0

    def receive(self, datagram: bytes, source: stun.Address, now: float) -> None:
        """Take a STUN or DTLS datagram; others are for `unprotect_rtp` and `unprotect_rtcp`."""
        if self._checks is None or self._dtls is None or not datagram:
            return
        if stun.is_stun(datagram):
            try:
                self._checks.receive(stun.parse(datagram), now)
            except stun.StunError:
                return
        elif 20 <= datagram[0] <= 63 and source == self.address:
            self._dtls.receive(datagram, now)
        self._collect(now)

    def answer_check(self, check: stun.Binding, source: stun.Address, now: float) -> bytes | None:
        """Return the answer to a check of a server that is not lite; None where it is not from the
        server."""
        if self._checks is None or not check.is_from(self.local.password):
            return None
        if check.use_candidate:
            self._checks.nominate(source, now)
            self._collect(now)
        return stun.answer(check, source, self.local.password, controlling=self._checks.controlling)

    def protect_rtp(self, packet: bytes) -> Datagram | None:
        """Encrypt one packet and say where it goes; None before the connection is up."""
        if self._srtp is None or self.address is None:
            return None
        return self._srtp.protect_rtp(packet), self.address

    def protect_rtcp(self, packet: bytes) -> Datagram | None:
        if self._srtp is None or self.address is None:
            return None
        return self._srtp.protect_rtcp(packet), self.address

    def unprotect_rtp(self, datagram: bytes) -> bytes | None:
        """Decrypt one SRTP packet; None, counted, where it is not from the server."""
        return self._unprotect(datagram, rtcp=False)

    def unprotect_rtcp(self, datagram: bytes) -> bytes | None:
        return self._unprotect(datagram, rtcp=True)

    def deadline(self) -> float | None:
        """When `advance` has something to do, None for never."""
        if self.state in ("new", "failed", "closed"):
            return None
        assert self._checks is not None
        assert self._dtls is not None
        deadlines = [d for d in (self._checks.deadline(), self._dtls.deadline()) if d is not None]
        return min(deadlines, default=None)

    def advance(self, now: float) -> None:
        """Do what is due: checks, consent, handshake flights."""
        if self._checks is None or self._dtls is None or self.state in ("failed", "closed"):
            return
        self._checks.advance(now)
        self._dtls.advance(now)
        self._collect(now)

    def take(self) -> list[Datagram]:
        """Return the datagrams to send now."""
        out, self._out = self._out, []
        return out

    def close(self) -> None:
        """Say goodbye to the server; harmless when repeated."""
        if self.state == "connected" and self._dtls is not None and self.address is not None:
            self._dtls.close()
            self._out += [(datagram, self.address) for datagram in self._dtls.take()]
        if self.state != "failed":
            self.state = "closed"

    def abandon(self) -> None:
        """Be closed without a word to the server."""
        if self.state != "failed":
            self.state = "closed"

    def _collect(self, now: float) -> None:
        assert self._checks is not None
        assert self._dtls is not None
        self._out += self._checks.take()
        if self.state == "checking" and self._checks.state == "connected":
            self.state = "connecting"
            self._dtls.start(now)
        if self.address is not None:
            self._out += [(datagram, self.address) for datagram in self._dtls.take()]
        if self.state == "connecting" and self._dtls.keys is not None:
            self._srtp = SrtpPair(self._dtls.keys)
            self.state = "connected"
        if self._checks.state == "failed":
            self.state, self.failure = "failed", "no answer from the server"
        elif self._dtls.state == "failed":
            self.state, self.failure = "failed", self._dtls.failure
        elif self._dtls.state == "closed" and self.state == "connected":
            self.state = "closed"

    def _unprotect(self, datagram: bytes, *, rtcp: bool) -> bytes | None:
        if self._srtp is None:
            return None
        try:
            if rtcp:
                return self._srtp.unprotect_rtcp(datagram)
            return self._srtp.unprotect_rtp(datagram)
        except SrtpError:
            self.undecipherable += 1
            return None
