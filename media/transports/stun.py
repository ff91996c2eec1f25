"""STUN Binding as ICE uses it: an ice-lite server's answers and a client's checks.

aioice's codec does the bytes, but for the answer that is given most; parsing faults of every kind
become StunError here. Sources: RFC 8489, RFC 8445 §7 (checks), RFC 7675 (consent).
"""

import binascii
import hmac
import secrets
import socket
import string
import struct
from dataclasses import dataclass
from typing import Literal

from aioice import stun

Address = tuple[str, int]
Kind = Literal["request", "indication", "response", "error"]

ROLE_CONFLICT = 487
UNAUTHORIZED = 401

_ICE_CHARS = string.ascii_letters + string.digits + "+/"
_KINDS: dict[stun.Class, Kind] = {
    stun.Class.REQUEST: "request",
    stun.Class.INDICATION: "indication",
    stun.Class.RESPONSE: "response",
    stun.Class.ERROR: "error",
}
_LONGEST = 1500
_ATTRIBUTES = 20
"""Where the attributes begin: after the header."""
_USERNAME = 0x0006
_MOST_ATTRIBUTES = 16
"""Looked at for a name; checks have seven or eight."""
_HEAD = struct.Struct("!HHI12s")
_ATTRIBUTE = struct.Struct("!HH")
_ADDRESS = struct.Struct("!xBH")
_COOKIE = 0x2112A442
_BINDING_RESPONSE = 0x0101
_XOR_MAPPED_ADDRESS, _MESSAGE_INTEGRITY = 0x0020, 0x0008
_FINGERPRINT_HEADER = b"\x80\x28\x00\x04"
_FINGERPRINT_MASK = 0x5354554E
_UFRAG_CHARS = 8
_PASSWORD_CHARS = 24


class StunError(ValueError):
    """Not a STUN Binding message, or one that contradicts itself."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """One side's ICE name and password (RFC 8445 §5.3)."""

    ufrag: str
    password: str

    @classmethod
    def generate(cls) -> "Credentials":
        """Draw 48 bits of name and 144 bits of password."""
        return cls(_draw(_UFRAG_CHARS), _draw(_PASSWORD_CHARS))


@dataclass(frozen=True, slots=True)
class Binding:
    """A STUN Binding message as it came; trust it only after `is_from`."""

    kind: Kind
    transaction: bytes
    username: str
    """As sent: the receiver's ufrag, a colon, the sender's ufrag; empty in answers."""
    use_candidate: bool
    controlled: bool
    """The sender says that it is in the controlled role."""
    mapped: Address | None
    error_code: int | None
    _message: stun.Message

    @property
    def receiver_ufrag(self) -> str:
        """Whose password a request is signed with."""
        return self.username.partition(":")[0]

    @property
    def sender_ufrag(self) -> str:
        return self.username.partition(":")[2]

    def is_from(self, password: str) -> bool:
        """Tell whether MESSAGE-INTEGRITY was made with this password; False if there is none."""
        return self._message.check_message_integrity(password.encode())


def is_stun(datagram: bytes | memoryview) -> bool:
    """Tell by the first byte (RFC 7983) and the magic cookie."""
    return len(datagram) >= 20 and datagram[0] < 4 and bytes(datagram[4:8]) == b"\x21\x12\xa4\x42"


def receiver_name(datagram: bytes) -> str | None:
    """Find whom a check is for, None where it does not say; nothing else of it is looked at.

    It costs a tenth of `parse`, so that checks for nobody cost next to nothing.
    """
    at = _ATTRIBUTES
    for _ in range(_MOST_ATTRIBUTES):
        if at + _ATTRIBUTE.size > len(datagram):
            return None
        kind, length = _ATTRIBUTE.unpack_from(datagram, at)
        at += _ATTRIBUTE.size
        if kind == _USERNAME:
            return datagram[at : at + length].partition(b":")[0].decode(errors="replace")
        at += length + 3 & ~3
    return None


def parse(datagram: bytes) -> Binding:
    """Parse one datagram; raise StunError. FINGERPRINT must be there and right (RFC 8445 §7)."""
    if not is_stun(datagram) or len(datagram) > _LONGEST:
        raise StunError("not STUN")
    try:
        message = stun.parse_message(bytes(datagram))
    except (ValueError, struct.error, IndexError) as error:
        raise StunError(f"malformed STUN: {error}") from error
    attributes = message.attributes
    if message.message_method != stun.Method.BINDING:
        raise StunError("not a Binding")
    if "FINGERPRINT" not in attributes or bytes(datagram[-8:-4]) != _FINGERPRINT_HEADER:
        raise StunError("no FINGERPRINT at the end")
    return Binding(
        kind=_KINDS[message.message_class],
        transaction=message.transaction_id,
        username=attributes.get("USERNAME", ""),
        use_candidate="USE-CANDIDATE" in attributes,
        controlled="ICE-CONTROLLED" in attributes,
        mapped=attributes.get("XOR-MAPPED-ADDRESS"),
        error_code=message.error_code,
        _message=message,
    )


def answer(request: Binding, source: Address, password: str, *, controlling: bool = False) -> bytes:
    """Answer an authenticated request, signed with our own password.

    The lite side, which our server is, is always controlled (RFC 8445 §6.1.1). A peer that says
    it has the same role gets 487.
    """
    if request.controlled is not controlling:
        return refuse(request, ROLE_CONFLICT, "Role Conflict", password)
    # Every client asks again every few seconds for as long as it is there: this is written out,
    # in a fifth of the time that a general codec takes.
    attributes = _xor_mapped_address(source, request.transaction)
    head = _HEAD.pack(_BINDING_RESPONSE, len(attributes) + 24, _COOKIE, request.transaction)
    digest = hmac.digest(password.encode(), head + attributes, "sha1")
    attributes += _ATTRIBUTE.pack(_MESSAGE_INTEGRITY, len(digest)) + digest
    head = _HEAD.pack(_BINDING_RESPONSE, len(attributes) + 8, _COOKIE, request.transaction)
    message = head + attributes
    check = binascii.crc32(message) ^ _FINGERPRINT_MASK
    return message + _FINGERPRINT_HEADER + check.to_bytes(4, "big")


def _xor_mapped_address(source: Address, transaction: bytes) -> bytes:
    """RFC 8489 §14.2."""
    host, port = source
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    address = socket.inet_pton(family, host)
    mask = (_COOKIE.to_bytes(4, "big") + transaction)[: len(address)]
    hidden = int.from_bytes(address, "big") ^ int.from_bytes(mask, "big")
    return (
        _ATTRIBUTE.pack(_XOR_MAPPED_ADDRESS, 4 + len(address))
        + _ADDRESS.pack(1 if family == socket.AF_INET else 2, port ^ _COOKIE >> 16)
        + hidden.to_bytes(len(address), "big")
    )


def refuse(request: Binding, code: int, reason: str, password: str | None = None) -> bytes:
    """Answer with an error; unsigned where no password is shared (401)."""
    message = stun.Message(stun.Method.BINDING, stun.Class.ERROR, request.transaction)
    message.attributes["ERROR-CODE"] = (code, reason)
    if password is None:
        message.add_fingerprint()
    else:
        message.add_message_integrity(password.encode())
    return bytes(message)


def check(
    transaction: bytes,
    *,
    local: Credentials,
    remote: Credentials,
    tie_breaker: int,
    priority: int,
    use_candidate: bool,
    controlling: bool = True,
) -> bytes:
    """Build a check (RFC 8445 §7.2.2); `transaction` is 12 random bytes. Only a controlling agent
    may use the candidate."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, transaction)
    message.attributes["USERNAME"] = f"{remote.ufrag}:{local.ufrag}"
    message.attributes["PRIORITY"] = priority
    message.attributes["ICE-CONTROLLING" if controlling else "ICE-CONTROLLED"] = tie_breaker
    if use_candidate:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(remote.password.encode())
    return bytes(message)


def _draw(length: int) -> str:
    return "".join(secrets.choice(_ICE_CHARS) for _ in range(length))
