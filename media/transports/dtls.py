"""DTLS 1.2 with use_srtp, without I/O or clock: datagrams and `now` go in, datagrams come out.

pyOpenSSL is used directly over memory BIOs, because aiortc's transport is tied to its own event
loop tasks. `now` is monotonic seconds. Sources: RFC 5763, RFC 5764, RFC 6347, RFC 8122 §5.
"""

import contextlib
import hmac
from collections.abc import Sequence
from functools import cached_property
from typing import Literal, Self

from aiortc import RTCCertificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from OpenSSL import SSL, crypto

from media.transports.flights import Flights, repeats_handshake
from media.transports.srtp_keys import EXPORTER_LABEL, PROFILES, SrtpKeys

Role = Literal["server", "client"]
State = Literal["new", "connecting", "connected", "failed", "closed"]
Fingerprint = tuple[str, str]
"""Hash name and value, as in a=fingerprint: ("sha-256", "AA:BB:…")."""

MTU = 1200
"""Longest datagram of a handshake, bytes."""
HANDSHAKE_TIMEOUT = 20.0
"""A handshake that takes longer has failed, seconds."""

_DTLS_1_2 = 0xFEFD
_ALGORITHMS: dict[str, hashes.HashAlgorithm] = {
    "sha-256": hashes.SHA256(),
    "sha-384": hashes.SHA384(),
    "sha-512": hashes.SHA512(),
}
_CIPHERS = (
    b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:"
    b"ECDHE-RSA-AES128-GCM-SHA256"
)
_LARGEST_READ = 65536


class Certificate:
    """A self-signed P-256 certificate of this process and what is derived from it once."""

    def __init__(self, certificate: RTCCertificate) -> None:
        self._certificate = certificate

    @classmethod
    def generate(cls) -> Self:
        """Make a new key; valid for 30 days."""
        return cls(RTCCertificate.generateCertificate())

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 as `AA:BB:…`."""
        found = {f.algorithm: f.value for f in self._certificate.getFingerprints()}
        return found["sha-256"]

    @cached_property
    def context(self) -> SSL.Context:
        """The OpenSSL context, shared by all endpoints of this certificate."""
        context = SSL.Context(SSL.DTLS_METHOD)
        context.set_min_proto_version(_DTLS_1_2)
        context.set_max_proto_version(_DTLS_1_2)
        context.set_options(SSL.OP_NO_TICKET | SSL.OP_NO_QUERY_MTU | SSL.OP_NO_RENEGOTIATION)
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        # Any certificate passes here: whose it is, the fingerprint says, once the hands are shaken.
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, _accept)
        _install(context, self._certificate)
        context.set_cipher_list(_CIPHERS)
        context.set_tlsext_use_srtp(b":".join(profile.openssl for profile in PROFILES))
        return context


class DtlsEndpoint:
    """One end of one DTLS association.

    `fingerprints` are the peer's, from its description; all of those with a known hash must match
    and there must be one, else the state becomes `failed`. Bad datagrams never raise. After every
    call, send what `take` returns and call `advance` at `deadline`.
    """

    def __init__(
        self, certificate: Certificate, role: Role, fingerprints: Sequence[Fingerprint]
    ) -> None:
        self.role: Role = role
        self.state: State = "new"
        self.keys: SrtpKeys | None = None
        """Set when the state becomes `connected`."""
        self.failure = ""
        """Why the state is `failed`, for the log."""
        self._fingerprints = tuple(fingerprints)
        self._flights = Flights(MTU)
        self._out: list[bytes] = []
        self._give_up = float("inf")
        self._ssl = SSL.Connection(certificate.context)
        self._ssl.set_ciphertext_mtu(MTU)
        if role == "server":
            self._ssl.set_accept_state()
        else:
            self._ssl.set_connect_state()

    def start(self, now: float) -> None:
        """Begin; a client writes its first flight, a server waits for it."""
        if self.state != "new":
            return
        self.state = "connecting"
        self._give_up = now + HANDSHAKE_TIMEOUT
        self._shake_hands(now)

    def receive(self, datagram: bytes, now: float) -> None:
        """Take one datagram from the peer."""
        if self.state not in ("connecting", "connected") or not datagram:
            return
        self._ssl.bio_write(datagram)
        if self.state == "connecting":
            self._shake_hands(now)
            return
        self._read()
        if self.state == "connected" and self.role == "server" and repeats_handshake(datagram):
            self._out += self._flights.answer_repetition(now)

    def take(self) -> list[bytes]:
        """Return the datagrams to send now, in order."""
        out, self._out = self._out, []
        return out

    def deadline(self) -> float | None:
        """When `advance` has something to do, None for never."""
        if self.state != "connecting":
            return None
        due = self._flights.due
        return self._give_up if due is None else min(due, self._give_up)

    def advance(self, now: float) -> None:
        """Send the last flight again if it is due; fail when the handshake took too long."""
        if self.state != "connecting":
            return
        if now >= self._give_up:
            self._fail("handshake timed out")
        elif self._flights.due is not None and now >= self._flights.due:
            self._out += self._flights.repeat(now)

    def close(self) -> None:
        """Say goodbye (close_notify) if the peer can understand it; harmless when repeated."""
        if self.state == "connected":
            with contextlib.suppress(SSL.Error):  # the peer may have gone first
                self._ssl.shutdown()
            self._out += self._flights.once(self._written())
        if self.state != "failed":
            self.state = "closed"

    def _shake_hands(self, now: float) -> None:
        try:
            self._ssl.do_handshake()
        except SSL.WantReadError:
            if written := self._written():
                self._out += self._flights.write(written, now)
            return
        except SSL.Error as error:
            self._out += self._flights.once(self._written())
            self._fail(f"handshake refused: {error}")
            return
        if written := self._written():
            self._out += self._flights.write(written, now)
        self._flights.settle()
        self._finish()

    def _finish(self) -> None:
        certificate = self._ssl.get_peer_certificate(as_cryptography=True)
        if certificate is None or not self._known(certificate):
            self._fail("fingerprint does not match")
            return
        agreed = self._ssl.get_selected_srtp_profile()
        profile = next((p for p in PROFILES if p.openssl == agreed), None)
        if profile is None:
            self._fail("no SRTP profile agreed")
            return
        length = 2 * (profile.key_length + profile.salt_length)
        material = self._ssl.export_keying_material(EXPORTER_LABEL, length)
        self.keys = SrtpKeys.from_exporter(profile, material, server=self.role == "server")
        self.state = "connected"

    def _known(self, certificate: x509.Certificate) -> bool:
        checked = 0
        for name, value in self._fingerprints:
            algorithm = _ALGORITHMS.get(name.lower())
            if algorithm is None:
                continue
            digest = certificate.fingerprint(algorithm).hex(":").upper()
            if not hmac.compare_digest(digest.encode(), value.upper().encode()):
                return False
            checked += 1
        return checked > 0

    def _read(self) -> None:
        """Let OpenSSL see what came after the handshake: a closing alert, repeated records."""
        try:
            self._ssl.recv(_LARGEST_READ)  # no data channel was offered: content is dropped
        except SSL.ZeroReturnError:
            self.state = "closed"
        except SSL.WantReadError:
            pass
        except SSL.Error as error:
            self._fail(f"broken after the handshake: {error}")
        self._out += self._flights.once(self._written())

    def _written(self) -> bytes:
        try:
            return self._ssl.bio_read(_LARGEST_READ)
        except SSL.Error:
            return b""

    def _fail(self, why: str) -> None:
        self.state = "failed"
        self.failure = why


def _accept(
    connection: SSL.Connection, certificate: crypto.X509, error: int, depth: int, ok: int
) -> bool:
    return True


def _install(context: SSL.Context, certificate: RTCCertificate) -> None:
    # aiortc shows neither by a public name; tests/contracts holds it to these two.
    context.use_certificate(certificate._cert)
    context.use_privatekey(certificate._key)
