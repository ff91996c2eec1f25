"""A stream as a peer of a room, and the session that stands in for its WebSocket."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from scheduler.accounts import Identity, StreamGrant
from scheduler.errors import Refused
from signaling.protocol.codec import Frame
from signaling.protocol.server import Event, MediaRestart, MediaState
from signaling.rooms.peer import Peer
from signaling.sessions.session import Session


class StreamSession(Session):
    """Hears what a device would be told. Only one thing matters to a stream: its media are lost.

    `on_lost` is called at once, perhaps more than once, and must not wait.
    """

    def __init__(self, identity: Identity, token: str, on_lost: Callable[[], None]) -> None:
        super().__init__(identity, token, language="", kept=0)
        self._on_lost = on_lost

    @property
    def who(self) -> str:
        """The token: the same over all streams that came by it."""
        stream = self.identity.stream
        return f"stream {stream.id}" if stream is not None else "nobody"

    def post(self, message: Event | Frame) -> None:
        """Take an event. A worker that was lost cannot be offered to again: WHIP has one offer."""
        failed = isinstance(message, MediaState) and message.state == "failed"
        if failed or isinstance(message, MediaRestart):
            self._on_lost()


@dataclass(eq=False, slots=True)
class StreamPeer(Peer):
    """A peer that came by WHIP or WHEP.

    `ice` is the peer's ICE name and password, `etag` names this ICE session (RFC 9725 §4.3.1);
    both change with a restart. `answer` is the server's to its offer.
    """

    ice: tuple[str, str] = ("", "")
    etag: str = ""
    answer: str = ""

    @property
    def grant(self) -> StreamGrant:
        """What its token allows. Raises Refused("not_signed_in") without one."""
        if self.identity.stream is None:
            raise Refused("not_signed_in")
        return self.identity.stream

    def renew_etag(self) -> None:
        """Draw a strong entity tag (RFC 9110 §8.8.3), with its quotes."""
        self.etag = f'"{secrets.token_hex(8)}"'
