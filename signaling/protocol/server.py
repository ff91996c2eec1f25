"""Messages from the server to a device: answers (`ok`, `error`) and events.

Events carry `seq`, which counts from 1 in one session of a device and never skips, so that a
device that resumes knows what it missed. Names stand here, because people must be able to read
them; they are never logged.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from signaling.protocol.views import (
    AttendanceView,
    Counts,
    Invitation,
    PaperView,
    PeerView,
    Quorum,
    SlotView,
    View,
    VoteView,
)


class Ok(View):
    type: Literal["ok"] = "ok"
    id: int
    result: dict[str, object] | None = None


class Error(View):
    """`message` is for people, in the language of the device; `code` is for programs."""

    type: Literal["error"] = "error"
    id: int | None
    code: str
    message: str


# Events ---------------------------------------------------------------------------------------


class Event(View):
    seq: int = 0


class Ring(Event):
    """The meeting calls. The device rings until it joins, declines or `ring.stop` comes."""

    type: Literal["ring"] = "ring"
    invitation: Invitation


class RingStop(Event):
    type: Literal["ring.stop"] = "ring.stop"
    occurrence: str
    reason: Literal["joined_elsewhere", "rung_out", "closed", "cancelled"]


class Invited(Event):
    """An occurrence became joinable (or is announced), without ringing."""

    type: Literal["invited"] = "invited"
    invitation: Invitation


class PeerJoined(Event):
    type: Literal["peer.joined"] = "peer.joined"
    peer: PeerView


class PeerChanged(Event):
    type: Literal["peer.changed"] = "peer.changed"
    peer: PeerView


class PeerLeft(Event):
    type: Literal["peer.left"] = "peer.left"
    peer: str
    reason: Literal["left", "lost", "replaced", "removed"]


class Slots(Event):
    type: Literal["slots"] = "slots"
    slots: tuple[SlotView, ...]


class Speaker(Event):
    type: Literal["speaker"] = "speaker"
    peer: str | None


class Floor(Event):
    type: Literal["floor"] = "floor"
    peer: str | None


class PaperShown(Event):
    """A paper is shown to everybody, on this page; null when that is over."""

    type: Literal["paper"] = "paper"
    paper: PaperView | None


class PapersChanged(Event):
    """Agenda or papers of the meeting changed; whoever shows them asks for them again."""

    type: Literal["papers"] = "papers"
    occurrence: str


class CountsChanged(Event):
    type: Literal["counts"] = "counts"
    counts: Counts


class SignedIn(Event):
    """This device's person was signed in (by the device, a PIN or the operator)."""

    type: Literal["signed_in"] = "signed_in"
    person: str
    name: str
    votes: bool = False


class QuorumChanged(Event):
    """Somebody came or went, or the roster changed; to the room and to who watches."""

    type: Literal["quorum"] = "quorum"
    occurrence: str
    quorum: Quorum


class VotesChanged(Event):
    """All votes of the meeting as they are now; to the room and to who watches."""

    type: Literal["votes"] = "votes"
    occurrence: str
    votes: tuple[VoteView, ...]


class PresenceChecked(Event):
    """Somebody asks who is there; to the room once, to who watches with each answer."""

    type: Literal["presence_check"] = "presence_check"
    occurrence: str
    check: str
    at: datetime
    answered: int


class Attendance(Event):
    """The live attendance of an occurrence that this device watches."""

    type: Literal["attendance"] = "attendance"
    attendance: AttendanceView


class MediaState(Event):
    """What the server sees of this device's media connection."""

    type: Literal["media.state"] = "media.state"
    state: Literal["connected", "disconnected", "failed"]


class MediaLayers(Event):
    """Which simulcast layers of its camera this device should send now, by RID.

    In the beginning of a connection all are wanted. To send more is harmless, only dear.
    """

    type: Literal["media.layers"] = "media.layers"
    layers: dict[str, bool]


class MediaRestart(Event):
    """The media worker was lost; offer again with a new connection."""

    type: Literal["media.restart"] = "media.restart"


class RoomClosed(Event):
    type: Literal["room.closed"] = "room.closed"
    occurrence: str
    reason: Literal["ended", "cancelled"]


class Bye(Event):
    """The server ends the connection. After `replaced`, `revoked`, `signed_out` do not return."""

    type: Literal["bye"] = "bye"
    reason: Literal["replaced", "too_slow", "revoked", "signed_out", "server_stopping", "removed"]


ServerEvent = Annotated[
    Ring
    | RingStop
    | Invited
    | PeerJoined
    | PeerChanged
    | PeerLeft
    | Slots
    | Speaker
    | Floor
    | PaperShown
    | PapersChanged
    | CountsChanged
    | SignedIn
    | QuorumChanged
    | VotesChanged
    | PresenceChecked
    | Attendance
    | MediaState
    | MediaLayers
    | MediaRestart
    | RoomClosed
    | Bye,
    Field(discriminator="type"),
]
