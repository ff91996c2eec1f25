"""Tokens and codes, and the hashes under which they are stored."""

import hashlib
import secrets
import unicodedata

CODE_DIGITS = 6
_TOKEN_BYTES = 32


def new_token() -> str:
    """Return 256 random bits, safe in an address."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def new_code() -> str:
    """Return six random decimal digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def fingerprint(*parts: str) -> str:
    """Return the SHA-256 of the parts, 64 hexadecimal digits.

    A lookup by it tells nothing through its timing about the secret. It needs no salt where the
    secret is random and long; pairing codes are short, but die in minutes.
    """
    text = "\0".join(parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def normal_code(typed: str) -> str:
    """Return the digits people meant: full-width ones and the gaps in between are fine."""
    return "".join(unicodedata.normalize("NFKC", typed).split())


def normal_login(typed: str) -> str:
    """Return the sign-in name without regard to case, width and surrounding space."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()
