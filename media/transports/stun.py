"""STUN Binding as ICE uses it: an ice-lite server's answers and a client's checks.

Every client asks again every few seconds for as long as it is there, so reading a check and
answering it are written out here, in a fifth of the time that a general codec takes; aioice's codec
writes the rest. Sources: RFC 8489, RFC 8445 §7 (checks), RFC 7675 (consent).
"""

import binascii
import hmac
import secrets
import socket
import string
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from aioice import stun

Address = tuple[str, int]
Kind = Literal["request", "indication", "response", "error"]

ROLE_CONFLICT = 487
UNAUTHORIZED = 401
UNKNOWN_ATTRIBUTE = 420

_ICE_CHARS = string.ascii_letters + string.digits + "+/"
_KINDS: dict[int, Kind] = {
    0x0001: "request",
    0x0011: "indication",
    0x0101: "response",
    0x0111: "error",
}
"""Message types with the method Binding."""
_LONGEST = 1500
_ATTRIBUTES = 20
"""Where the attributes begin: after the header."""
_USERNAME, _MESSAGE_INTEGRITY, _ERROR_CODE, _XOR_MAPPED_ADDRESS = 0x0006, 0x0008, 0x0009, 0x0020
_UNKNOWN_ATTRIBUTES = 0x000A
_USE_CANDIDATE, _ICE_CONTROLLED = 0x0025, 0x8029
_OPTIONAL = 0x8000
"""From here on an attribute need not be understood (RFC 8489 §14)."""
_UNDERSTOOD = frozenset(
    {
        *(0x0001, _USERNAME, _MESSAGE_INTEGRITY, _ERROR_CODE, _UNKNOWN_ATTRIBUTES, 0x0014, 0x0015),
        *(0x001C, 0x001D, 0x001E, _XOR_MAPPED_ADDRESS, 0x0024, _USE_CANDIDATE),
    }
)
"""Of the others: those of RFC 8489 §18.3.1 and of RFC 8445 §16.1."""
_MOST_ATTRIBUTES = 16
"""Looked at for a name; checks have seven or eight."""
_HEAD = struct.Struct("!HHI12s")
_ATTRIBUTE = struct.Struct("!HH")
_ADDRESS = struct.Struct("!xBH")
_COOKIE = 0x2112A442
_BINDING_RESPONSE, _BINDING_ERROR = 0x0101, 0x0111
_DIGEST_BYTES = 20
INTEGRITY_HEADER = _ATTRIBUTE.pack(_MESSAGE_INTEGRITY, _DIGEST_BYTES)
"""What stands before the digest of MESSAGE-INTEGRITY."""
_FINGERPRINT_HEADER, _FINGERPRINT_BYTES = b"\x80\x28\x00\x04", 8
_FINGERPRINT_MASK = 0x5354554E
_FAMILIES = {(b"\0\1", 8): socket.AF_INET, (b"\0\2", 20): socket.AF_INET6}
"""By the first two bytes of an address attribute, and its length."""
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

    datagram: bytes
    kind: Kind
    transaction: bytes
    username: str
    """As sent: the receiver's ufrag, a colon, the sender's ufrag; empty in answers."""
    use_candidate: bool
    controlled: bool
    """The sender says that it is in the controlled role."""
    mapped: Address | None
    error_code: int | None
    unknown: tuple[int, ...]
    """Attributes that have to be understood, and are not."""
    _signed: bytes
    """What MESSAGE-INTEGRITY is made of (RFC 8489 §14.5)."""
    _digest: bytes | None

    @property
    def receiver_ufrag(self) -> str:
        """Whose password a request is signed with."""
        return self.username.partition(":")[0]

    @property
    def sender_ufrag(self) -> str:
        return self.username.partition(":")[2]

    def is_from(self, password: str) -> bool:
        """Tell whether MESSAGE-INTEGRITY was made with this password; False if there is none."""
        if self._digest is None:
            return False
        return hmac.compare_digest(_digest(password, self._signed), self._digest)


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
    """Parse one datagram; raise StunError. FINGERPRINT must be there and right (RFC 8445 §7).

    Of an attribute that comes twice the first one counts (RFC 8489 §14), of what follows
    MESSAGE-INTEGRITY nothing.
    """
    if not is_stun(datagram) or len(datagram) > _LONGEST:
        raise StunError("not STUN")
    datagram = bytes(datagram)
    kind, length, _, transaction = _HEAD.unpack_from(datagram)
    end = len(datagram) - _FINGERPRINT_BYTES
    if length != len(datagram) - _ATTRIBUTES or end < _ATTRIBUTES:
        raise StunError("malformed STUN: length")
    if kind not in _KINDS:
        raise StunError("not a Binding")
    if datagram[end:-4] != _FINGERPRINT_HEADER:
        raise StunError("no FINGERPRINT at the end")
    if datagram[end:] != fingerprint(datagram[:end]):
        raise StunError("FINGERPRINT does not match")
    found, signed = _attributes(datagram, end)
    digest = found.get(_MESSAGE_INTEGRITY)
    if digest is not None and len(digest) != _DIGEST_BYTES:
        raise StunError("malformed STUN: MESSAGE-INTEGRITY")
    error = found.get(_ERROR_CODE)
    if error is not None and len(error) < 4:
        raise StunError("malformed STUN: ERROR-CODE")
    mapped = found.get(_XOR_MAPPED_ADDRESS)
    try:
        username = found.get(_USERNAME, b"").decode()
    except UnicodeDecodeError as fault:
        raise StunError("malformed STUN: USERNAME") from fault
    return Binding(
        datagram=datagram,
        kind=_KINDS[kind],
        transaction=transaction,
        username=username,
        use_candidate=_USE_CANDIDATE in found,
        controlled=_ICE_CONTROLLED in found,
        mapped=None if mapped is None else _unmasked(mapped, transaction),
        error_code=None if error is None else error[2] % 8 * 100 + error[3],
        unknown=tuple(kind for kind in found if kind < _OPTIONAL and kind not in _UNDERSTOOD),
        _signed=signed,
        _digest=digest,
    )


def _attributes(datagram: bytes, end: int) -> tuple[dict[int, bytes], bytes]:
    """Return the attributes up to MESSAGE-INTEGRITY, and what that one is made of."""
    found: dict[int, bytes] = {}
    at = _ATTRIBUTES
    while at < end:
        if at + _ATTRIBUTE.size > end:
            raise StunError("malformed STUN: attribute")
        kind, length = _ATTRIBUTE.unpack_from(datagram, at)
        begin = at + _ATTRIBUTE.size
        if begin + length > end:
            raise StunError("malformed STUN: attribute")
        if kind not in found:
            found[kind] = datagram[begin : begin + length]
        if kind == _MESSAGE_INTEGRITY:
            covered = at - _ATTRIBUTES + _ATTRIBUTE.size + _DIGEST_BYTES
            return found, datagram[:2] + covered.to_bytes(2, "big") + datagram[4:at]
        at = begin + length + 3 & ~3
    return found, b""


def answer(request: Binding, source: Address, password: str, *, controlling: bool = False) -> bytes:
    """Answer an authenticated request, signed with our own password.

    The lite side, which our server is, is always controlled (RFC 8445 §6.1.1). A peer that says
    it has the same role gets 487, one that asks for what is not understood 420 (RFC 8489 §6.3.1).
    """
    if request.unknown:
        return _not_understood(request, password)
    if request.controlled is not controlling:
        return refuse(request, ROLE_CONFLICT, "Role Conflict", password)
    return success(request.transaction, source, partial(_digest, password))


def success(transaction: bytes, source: Address, sign: Callable[[bytes], bytes]) -> bytes:
    """Build the answer to a request from `source`; `sign` makes an HMAC-SHA1 (20 bytes)."""
    return _signed(_BINDING_RESPONSE, transaction, _xor_mapped_address(source, transaction), sign)


def _signed(
    kind: int, transaction: bytes, attributes: bytes, sign: Callable[[bytes], bytes]
) -> bytes:
    head = _HEAD.pack(kind, len(attributes) + 24, _COOKIE, transaction)
    attributes += INTEGRITY_HEADER + sign(head + attributes)
    message = _HEAD.pack(kind, len(attributes) + 8, _COOKIE, transaction) + attributes
    return message + fingerprint(message)


def _not_understood(request: Binding, password: str) -> bytes:
    """Say which attributes these are (RFC 8489 §14.13)."""
    code = bytes((0, 0, *divmod(UNKNOWN_ATTRIBUTE, 100)))
    names = b"".join(kind.to_bytes(2, "big") for kind in request.unknown)
    attributes = _attribute(_ERROR_CODE, code + b"Unknown Attribute")
    attributes += _attribute(_UNKNOWN_ATTRIBUTES, names)
    sign = partial(_digest, password)
    return _signed(_BINDING_ERROR, request.transaction, attributes, sign)


def _attribute(kind: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(kind, len(value)) + value + bytes(-len(value) % 4)


def fingerprint(message: bytes) -> bytes:
    """Return the attribute FINGERPRINT of what stands before it (RFC 8489 §14.7); the length in
    the header of `message` has it in already."""
    check = binascii.crc32(message) ^ _FINGERPRINT_MASK
    return _FINGERPRINT_HEADER + check.to_bytes(4, "big")


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


def _unmasked(value: bytes, transaction: bytes) -> Address:
    """Read what `_xor_mapped_address` writes."""
    family = _FAMILIES.get((value[:2], len(value)))
    if family is None:
        raise StunError("malformed STUN: XOR-MAPPED-ADDRESS")
    address, port = value[4:], int.from_bytes(value[2:4], "big") ^ _COOKIE >> 16
    mask = (_COOKIE.to_bytes(4, "big") + transaction)[: len(address)]
    shown = int.from_bytes(address, "big") ^ int.from_bytes(mask, "big")
    return socket.inet_ntop(family, shown.to_bytes(len(address), "big")), port


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


def _digest(password: str, message: bytes) -> bytes:
    """Return what MESSAGE-INTEGRITY holds (RFC 8489 §14.5)."""
    return hmac.digest(password.encode(), message, "sha1")


def _draw(length: int) -> str:
    return "".join(secrets.choice(_ICE_CHARS) for _ in range(length))
