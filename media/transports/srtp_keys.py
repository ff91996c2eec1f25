"""The SRTP protection profiles we negotiate, and keys in their order on the wire.

Sources: RFC 5764 §4.1.2 and §4.2 (use_srtp, exporter), RFC 7714 §14.2 (AES-GCM).
"""

from dataclasses import dataclass
from typing import Literal

ProfileName = Literal["AEAD_AES_128_GCM", "AES128_CM_SHA1_80"]


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile; `openssl` is its name in use_srtp, lengths are bytes."""

    name: ProfileName
    openssl: bytes
    key_length: int
    salt_length: int
    tag_size: int


PROFILES = (
    Profile("AEAD_AES_128_GCM", b"SRTP_AEAD_AES_128_GCM", 16, 12, 16),
    Profile("AES128_CM_SHA1_80", b"SRTP_AES128_CM_SHA1_80", 16, 14, 10),
)
"""In the order of our preference: GCM costs half of CM with HMAC-SHA1."""

EXPORTER_LABEL = b"EXTRACTOR-dtls_srtp"


@dataclass(frozen=True, slots=True)
class SrtpKeys:
    """Master keys and salts of both directions; `local` protects what we send."""

    profile: Profile
    local_key: bytes
    local_salt: bytes
    remote_key: bytes
    remote_salt: bytes

    @classmethod
    def from_exporter(cls, profile: Profile, material: bytes, *, server: bool) -> "SrtpKeys":
        """Cut exported keying material: client key, server key, client salt, server salt."""
        key, salt = profile.key_length, profile.salt_length
        client_key, server_key = material[:key], material[key : 2 * key]
        rest = material[2 * key :]
        client_salt, server_salt = rest[:salt], rest[salt : 2 * salt]
        if server:
            return cls(profile, server_key, server_salt, client_key, client_salt)
        return cls(profile, client_key, client_salt, server_key, server_salt)
