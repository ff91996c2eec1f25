"""Argon2 hashes of passwords and PINs, computed off the event loop."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_AT_ONCE = 2  # each takes about a quarter of a second of a core and 64 MiB


class Passwords:
    """Hashes and verifies; at most two at a time, the others wait."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, secret: str) -> str:
        """Return the hash to be stored."""
        async with self._places:
            return await asyncio.to_thread(self._hasher.hash, secret)

    async def verify(self, stored: str | None, secret: str) -> bool:
        """Return whether the secret is right; where nothing is stored, no, and as slowly."""
        if stored is None:
            await self.hash(secret)
            return False
        async with self._places:
            return await asyncio.to_thread(self._matches, stored, secret)

    def is_weak(self, stored: str) -> bool:
        """Return whether the hash was made with other settings than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _matches(self, stored: str, secret: str) -> bool:
        try:
            return self._hasher.verify(stored, secret)
        except (VerificationError, InvalidHashError):
            return False
