"""SRTP over the libsrtp of the pylibsrtp wheel, also in place for the data plane.

pylibsrtp's public calls copy each packet twice and allocate. The wheel is a cffi library, so the
C functions can be called on memory of ours. Its private names stand in this file only and
tests/contracts holds the wheel to them. Sources: RFC 3711, RFC 7714.
"""

from typing import Any, Final

import pylibsrtp
from pylibsrtp import Policy, Session, _binding

from media.transports.multi_buffer import MultiBuffer
from media.transports.srtp_gcm import GcmSender
from media.transports.srtp_keys import ProfileName, SrtpKeys

lib: Final[Any] = _binding.lib
"""libsrtp: `srtp_protect(session, address, int *length) -> int`, 0 for success, and its three
sisters. Calls are made with pointers of any ffi cast to `void *` (see `ffi`)."""
ffi: Final[Any] = _binding.ffi

TRAILER: Final = 16 + 128 + 4
"""Room that must stand free behind a packet before it is protected in place, bytes."""
REPLAY_WINDOW: Final = 1024
"""Packets of the peer that may overtake each other."""
RESEND_WINDOW: Final = 256
"""Packets back that one of ours may be sent again as it was; without RTX only. libsrtp shifts this
many bits for every packet sent."""

_PROFILES: Final[dict[ProfileName, int]] = {
    "AEAD_AES_128_GCM": Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    "AES128_CM_SHA1_80": Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
}
_REASONS: Final = {
    7: "auth",
    9: "replay",
    10: "old",
    13: "no_stream",
    15: "key_expired",
    21: "malformed",
    26: "old",
}
_SCRATCH: Final = 2048
_SHORTEST_RTP: Final = 12
_SHORTEST_RTCP: Final = 8


class SrtpError(ValueError):
    """A packet that libsrtp refused; `reason` is a word to count it under."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def reason_of(status: int) -> str:
    """Name libsrtp's status: auth, replay, old, malformed, no_stream, key_expired or other."""
    return _REASONS.get(status, "other")


class SrtpPair:
    """Both directions of one participant's SRTP and SRTCP.

    `outbound` and `inbound` are libsrtp's session pointers for calls of `lib` in place; they live
    as long as this object. The same packet may be protected twice (a resend); it gives the same
    bytes.

    Where `gcm` is not None, RTP goes out by it and never by `outbound`, which would not know how
    often sequence numbers came round.
    """

    def __init__(self, keys: SrtpKeys, multi_buffer: MultiBuffer | None = None) -> None:
        profile = _PROFILES[keys.profile.name]
        self._outbound = _session(
            Policy.SSRC_ANY_OUTBOUND, keys.local_key + keys.local_salt, profile, RESEND_WINDOW
        )
        self._inbound = _session(
            Policy.SSRC_ANY_INBOUND, keys.remote_key + keys.remote_salt, profile, REPLAY_WINDOW
        )
        self.outbound: Final[Any] = self._outbound._srtp[0]
        self.inbound: Final[Any] = self._inbound._srtp[0]
        self.tag_size: Final[int] = keys.profile.tag_size
        """Bytes that SRTP (not SRTCP) adds to a packet."""
        self.gcm: Final = (
            GcmSender(multi_buffer, keys.local_key, keys.local_salt)
            if multi_buffer is not None and keys.profile.name == "AEAD_AES_128_GCM"
            else None
        )
        self._scratch = ffi.new("char[]", _SCRATCH)
        self._view = ffi.buffer(self._scratch)
        self._length = ffi.new("int *")

    def protect_rtp(self, packet: bytes) -> bytes:
        """Encrypt one RTP packet by libsrtp; raise SrtpError."""
        assert self.gcm is None
        return self._run(lib.srtp_protect, self.outbound, packet, _SHORTEST_RTP, TRAILER)

    def protect_rtcp(self, packet: bytes) -> bytes:
        """Encrypt one compound or reduced-size RTCP packet; raise SrtpError."""
        return self._run(lib.srtp_protect_rtcp, self.outbound, packet, _SHORTEST_RTCP, TRAILER)

    def unprotect_rtp(self, packet: bytes | memoryview) -> bytes:
        """Check and decrypt one SRTP packet; raise SrtpError."""
        return self._run(lib.srtp_unprotect, self.inbound, packet, _SHORTEST_RTP, 0)

    def unprotect_rtcp(self, packet: bytes | memoryview) -> bytes:
        """Check and decrypt one SRTCP packet; raise SrtpError."""
        return self._run(lib.srtp_unprotect_rtcp, self.inbound, packet, _SHORTEST_RTCP, 0)

    def _run(
        self, function: Any, session: Any, packet: bytes | memoryview, least: int, room: int
    ) -> bytes:
        length = len(packet)
        if not least <= length <= _SCRATCH - room:
            raise SrtpError("malformed")
        self._view[0:length] = packet
        self._length[0] = length
        status = function(session, self._scratch, self._length)
        if status:
            raise SrtpError(reason_of(status))
        result: bytes = self._view[0 : self._length[0]]
        return result


def _session(direction: int, key: bytes, profile: int, window: int) -> Session:
    policy = Policy(key=key, ssrc_type=direction, srtp_profile=profile)
    policy.allow_repeat_tx = True
    policy.window_size = window
    try:
        return Session(policy)
    except pylibsrtp.Error as error:  # pragma: no cover - libsrtp built without the profile
        raise SrtpError("unsupported") from error
