"""One participant's connection: ICE-lite, DTLS as the passive side, SRTP. No I/O, no clock.

The peer's checks are the only sign of an address: whatever comes from elsewhere is not looked at.
A check signed with our password makes its source known; one that nominates it (USE-CANDIDATE)
makes it the address everything is sent to (RFC 8445 §8.1.1: a lite agent obeys).

States, as told to the caller: connecting → connected ⇄ disconnected → failed; also connecting →
failed. `closed` is the caller's own act and is not told.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from media.transports import stun
from media.transports.addresses import readable
from media.transports.consent import Consent
from media.transports.dtls import Certificate, DtlsEndpoint
from media.transports.send_slab import Destination
from media.transports.srtp import SrtpPair
from media.transports.srtp_keys import SrtpKeys

State = Literal["connecting", "connected", "disconnected", "failed", "closed"]

SILENT_AFTER = 5.0
"""Nothing valid for this long, in seconds, and the transport is disconnected."""
FAILED_AFTER = 30.0
"""… and failed. A browser checks consent every 2.5 s or so, so both mean a broken line."""
CLOSED_BY_PEER = "closed by the peer"
"""The failure of a transport whose peer said goodbye."""
MAX_SOURCES = 8
"""Addresses of one peer that are listened to; the one heard from longest ago gives way."""


class Transport:
    """One connection of one participant. Not thread-safe; bad bytes never raise."""

    def __init__(
        self,
        transport_id: str,
        certificate: Certificate,
        fingerprints: Sequence[tuple[str, str]],
        now: float,
        make_pair: Callable[[SrtpKeys], SrtpPair] = SrtpPair,
    ) -> None:
        self.id = transport_id
        self.credentials = stun.Credentials.generate()
        self.state: State = "connecting"
        self.failure = ""
        """Why the state is `failed`, for the log."""
        self.destination: Destination | None = None
        """Where everything is sent; None before the first authenticated check."""
        self.sources: dict[bytes, float] = {}
        """Authenticated addresses and when a check last came from them."""
        self.known_as: dict[bytes, tuple[str, int]] = {}
        """Addresses of relays in front of this transport, and whom they relay for."""
        self.ssrcs: set[bytes] = set()
        """Of the streams that were deciphered."""
        self.srtp: SrtpPair | None = None
        """Set once DTLS is up, and kept until the transport is closed."""
        self.heard = now
        """When something authentic last came."""
        self._nominated = False
        self._consent: Consent | None = None
        self._make_pair = make_pair
        self._dtls = DtlsEndpoint(certificate, "server", fingerprints)
        self._dtls.start(now)

    @property
    def established(self) -> bool:
        """DTLS is up and there is an address: packets can be sent."""
        return self.srtp is not None and self.state not in ("failed", "closed")

    def receive_check(self, check: stun.Binding, source: bytes, now: float) -> bytes | None:
        """Answer a Binding request whose name is ours; None if it is not authentic.

        After a bytes answer, `sources` and `destination` may have changed.
        """
        password = self.credentials.password
        if check.kind != "request" or not check.is_from(password):
            return None
        known_as = self.known_as.get(source) or readable(source)
        reply = stun.answer(check, known_as, password)
        if check.controlled or check.unknown or self.state in ("failed", "closed"):
            return reply
        self.heard = now
        self._remember(source, now)
        if self.destination is None:
            self.destination = Destination(source)
        elif (check.use_candidate or not self._nominated) and self.destination.sockaddr != source:
            self.destination.move(source)
        self._nominated = self._nominated or check.use_candidate
        if self.state == "disconnected":
            self.state = "connected"
        if self._nominated and self.destination.sockaddr == source:
            self._consent = Consent(check.datagram, known_as, password)
        return reply

    def receive_again(self, datagram: bytes, source: bytes, now: float) -> bytes | None:
        """Answer a check that came before, from where everything is sent to; None if it is another
        one, which `receive_check` has to look at."""
        if (
            self._consent is None
            or self.destination is None
            or self.destination.sockaddr != source
            or self.state not in ("connected", "disconnected")
        ):
            return None
        reply = self._consent.answer(datagram)
        if reply is not None:
            self.heard = self.sources[source] = now
            self.state = "connected"
        return reply

    def restart_ice(self) -> None:
        """Draw new credentials (RFC 8445 §9). DTLS and what is sent go on where they go now, until
        a check with the new ones nominates another address."""
        self.credentials = stun.Credentials.generate()
        self._consent = None

    def receive_handshake(self, datagram: bytes, now: float) -> None:
        """Take a DTLS datagram from one of `sources`; send what `take` returns."""
        self._dtls.receive(datagram, now)
        self._follow_dtls(now)

    def take(self) -> list[bytes]:
        """Return DTLS datagrams to send to `destination`."""
        return self._dtls.take()

    def rests(self, now: float) -> bool:
        """Tell whether there is nothing for `advance` to do, as nearly always."""
        return self.state == "connected" and now - self.heard < SILENT_AFTER

    def advance(self, now: float) -> None:
        """Repeat lost DTLS flights and notice silence."""
        self._dtls.advance(now)
        self._follow_dtls(now)
        silent = now - self.heard
        if self.state in ("failed", "closed"):
            return
        if silent >= FAILED_AFTER:
            self._fail(f"silent for {FAILED_AFTER:g} s")
        elif self.state == "connected" and silent >= SILENT_AFTER:
            self.state = "disconnected"
        elif self.state == "disconnected" and silent < SILENT_AFTER:
            self.state = "connected"

    def handshake_deadline(self) -> float | None:
        """When `advance` is due for DTLS; silence needs it about every second."""
        return self._dtls.deadline()

    def close(self) -> None:
        """Say goodbye to the peer (`take` what is to be sent) and be of no more use."""
        if self.state != "closed":
            self._dtls.close()
            self.state = "closed"
            self.srtp = None

    def stats(self, now: float) -> dict[str, object]:
        """Return the state as plain values; addresses are left out: they are people's data."""
        return {
            "state": self.state,
            "failure": self.failure,
            "silent_s": round(now - self.heard, 3),
            "sources": len(self.sources),
            "profile": self._dtls.keys.profile.name if self._dtls.keys else None,
        }

    def _remember(self, source: bytes, now: float) -> None:
        self.sources[source] = now
        if len(self.sources) > MAX_SOURCES:
            used = self.destination.sockaddr if self.destination else source
            idle = [address for address in self.sources if address not in (source, used)]
            del self.sources[min(idle, key=self.sources.__getitem__)]

    def _follow_dtls(self, now: float) -> None:
        if self.state in ("failed", "closed"):
            return
        if self._dtls.state == "failed":
            self._fail(self._dtls.failure)
        elif self._dtls.state == "closed":
            self._fail(CLOSED_BY_PEER)
        elif self._dtls.keys is not None and self.srtp is None:
            self.srtp = self._make_pair(self._dtls.keys)
            self.state = "connected"
            self.heard = now

    def _fail(self, why: str) -> None:
        self.state = "failed"
        self.failure = why
        self.srtp = None
