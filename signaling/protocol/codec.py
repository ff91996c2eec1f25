"""Bytes of the wire to messages and back.

`decode` raises only `BadMessage`. `Frame` is an outgoing message serialised once: an event's
body is shared by all who get it, and only `"seq"` in front of it differs.
"""

from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from scheduler.errors import DomainError
from signaling.protocol.client import ClientMessage
from signaling.protocol.server import Error, Event
from signaling.protocol.views import View

_MESSAGES: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)
_LARGEST_ID = 2**53 - 1


class BadMessage(DomainError):
    """A message that cannot be understood; `request` is its id where one could be read.

    Codes: `message_not_json`, `message_unknown` (no such type), `message_invalid` (its fields),
    `message_too_large` (a field is longer than allowed).
    """

    def __init__(self, code: str, request: int | None, detail: str = "") -> None:
        super().__init__(code, detail)
        self.request = request


@dataclass(frozen=True, slots=True)
class Frame:
    """A serialised message; `numbered` ones are events that take a session's next `seq`."""

    body: bytes
    numbered: bool

    @classmethod
    def event(cls, event: Event) -> "Frame":
        """Serialise an event without its number."""
        return cls(event.model_dump_json(exclude={"seq"}).encode()[1:], True)

    @classmethod
    def answer(cls, request: int, result: View | None) -> "Frame":
        """Serialise an `Ok` with a view as its result, without a detour over a dict."""
        body = b"null" if result is None else result.model_dump_json().encode()
        return cls(b'{"type":"ok","id":%d,"result":%b}' % (request, body), False)

    @classmethod
    def unnumbered(cls, message: Error | Event) -> "Frame":
        """Serialise an error, or an event about the connection itself (`bye`)."""
        return cls(message.model_dump_json().encode(), False)

    def on_wire(self, seq: int) -> bytes:
        """Return the bytes to send; `seq` is ignored where the message has no number."""
        return b'{"seq":%d,%b' % (seq, self.body) if self.numbered else self.body


def decode(text: str) -> ClientMessage:
    """Read one message; raise BadMessage."""
    try:
        return _MESSAGES.validate_json(text, strict=True)
    except ValidationError as error:
        # Without the input: it may hold a PIN, and details are logged.
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    kind, where = first["type"], ".".join(str(part) for part in first["loc"])
    if kind == "json_invalid":
        raise BadMessage("message_not_json", None)
    request = request_id(text)
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        raise BadMessage("message_unknown", request)
    if kind == "string_too_long":
        raise BadMessage("message_too_large", request, where)
    raise BadMessage("message_invalid", request, f"{where}: {kind}"[:200])


def request_id(text: str) -> int | None:
    """Find the id of a message that is not carried out, so that it can be answered."""
    try:
        message = from_json(text)
    except ValueError:
        return None
    found = message.get("id") if isinstance(message, dict) else None
    usable = isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= _LARGEST_ID
    return found if usable else None
