"""Checks that come again (RFC 7675).

A client that is connected sends the same check every few seconds for as long as it stays; only the
transaction and the two signatures differ. What is the same was read when it came first, so the next
ones are compared with it and their signatures checked.
"""

import hmac
from hashlib import sha1

from media.transports import stun

_TRANSACTION = slice(8, 20)
_INTEGRITY = slice(-28, -8)
_INTEGRITY_BYTES = 24
_FINGERPRINT_BYTES = 8
_BLOCK_BYTES = 64
"""Of SHA-1; no password of ours is longer."""


class Consent:
    """What one client asks again and again from one address, and what it is answered."""

    __slots__ = ("_asked", "_attributes", "_inner", "_length", "_outer", "_signed_head", "_source")

    def __init__(self, check: bytes, source: stun.Address, password: str) -> None:
        """`check` is a request that was answered with success, `source` where it came from."""
        # HMAC written out (RFC 2104): what OpenSSL keeps of a key is in many pieces, and none of
        # them is in the cache after so long.
        key = password.encode().ljust(_BLOCK_BYTES, b"\0")
        self._inner = bytes(byte ^ 0x36 for byte in key)
        self._outer = bytes(byte ^ 0x5C for byte in key)
        self._source = source
        self._length = len(check)
        self._attributes = check[20 : -_FINGERPRINT_BYTES - _INTEGRITY_BYTES]
        self._asked = check[:8] + self._attributes + stun.INTEGRITY_HEADER
        covered = len(check) - 20 - _FINGERPRINT_BYTES
        self._signed_head = check[:2] + covered.to_bytes(2, "big") + check[4:8]

    def answer(self, check: bytes) -> bytes | None:
        """Answer the same check with another transaction; None where it is not the same, or not
        signed as it has to be."""
        if len(check) != self._length or check[:8] + check[20:-28] != self._asked:
            return None
        transaction = check[_TRANSACTION]
        digest = self._sign(self._signed_head + transaction + self._attributes)
        if not hmac.compare_digest(digest, check[_INTEGRITY]):
            return None
        if check[-_FINGERPRINT_BYTES:] != stun.fingerprint(check[:-_FINGERPRINT_BYTES]):
            return None
        return stun.success(transaction, self._source, self._sign)

    def _sign(self, message: bytes) -> bytes:
        return sha1(self._outer + sha1(self._inner + message).digest()).digest()
