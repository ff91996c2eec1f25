"""Messages from the server to a device: answers (`ok`, `error`) and events.

Events carry `seq`, which counts from 1 in one session of a device and never skips, so that a
device that resumes knows what it missed. Names stand here, because people must be able to read
them; they are never logged.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["audio", "video"]
State = Literal["present", "late", "left_early", "leave", "absent", "exempt", "non_voting"]
DeviceKind = Literal["video_phone", "meeting_room", "mobile", "desktop"]


class View(BaseModel):
    model_config = ConfigDict(frozen=True)


class Invitation(View):
    """An occurrence this device may join now. `ringing` is false once declined or rung out."""

    occurrence: str
    title: str
    unit: str
    starts_at: datetime
    ends_at: datetime
    ringing: bool


class PeerView(View):
    """One device in the room. `name` is what stands under its picture."""

    peer: str
    name: str
    site: str | None
    kind: DeviceKind
    person: str | None
    audio_muted: bool
    video_muted: bool
    connected: bool


class Counts(View):
    """`expected` 应到, `present` 实到 so far, `sites` connected rooms without a roll call."""

    expected: int
    present: int
    on_leave: int
    uncounted_rooms: int


class Quorum(View):
    """应到 and those of them with a vote, and who is here of each. `needed` and `reached` are null
    for meetings without a quorum."""

    expected_total: int
    expected_voting: int
    present_total: int
    present_voting: int
    needed: int | None
    reached: bool | None


class VoteSite(View):
    """A site in an open vote: voting members there who have not voted by device, and whether its
    hands were counted."""

    site: str
    voters: int
    counted: bool


class VoteView(View):
    """A vote. `cast` says how many have voted; what they chose is told after it was closed, null
    before. The numbers of people are those of its end, before that those of now."""

    vote: str
    title: str
    kind: Literal["general", "admission", "probation", "election"]
    candidate: str | None
    secret: bool
    state: Literal["prepared", "open", "stopped", "closed"]
    ballot: int
    stopped_reason: Literal["quorum_lost", "over_video", "meeting_ended"] | None
    expected_voting: int
    present_voting: int
    needed: int
    votes_needed: int
    cast: int
    in_favour: int | None
    against: int | None
    abstain: int | None
    written: int | None
    adopted: bool | None
    sites: tuple[VoteSite, ...]


class Chosen(View):
    """What a person at this device chose in an open vote."""

    vote: str
    person: str
    choice: Literal["for", "against", "abstain"]


class IceServer(View):
    """A TURN server for this device, with credentials that expire; RTCIceServer of the W3C."""

    urls: tuple[str, ...]
    username: str
    credential: str = Field(repr=False)


class RoomView(View):
    occurrence: str
    title: str
    unit: str
    starts_at: datetime
    ends_at: datetime
    peer: str
    peers: tuple[PeerView, ...]
    speaker: str | None
    floor: str | None
    counts: Counts
    signed_in: bool
    may_sign_in: tuple["Choice", ...]
    may_call_roll: bool
    may_give_floor: bool
    quorum: Quorum | None = None
    votes: tuple[VoteView, ...] = ()
    voters: tuple["Choice", ...] = ()
    chosen: tuple[Chosen, ...] = ()
    ice_servers: tuple[IceServer, ...] = ()


class Choice(View):
    """A person who may be signed in or ticked here."""

    person: str
    name: str


class SlotView(View):
    """Whose source fills a slot; slots are counted per kind in the order of the offer."""

    slot: int
    kind: Kind
    peer: str | None
    paused: bool


class MediaAnswer(View):
    sdp: str
    slots: tuple[SlotView, ...]


class IceCredentials(View):
    """The server's side of an ICE restart (RFC 8445 §9)."""

    ufrag: str
    password: str


class RollCallEntry(View):
    person: str
    name: str
    mark: Literal["present", "late", "leave", "absent"] | None
    substitute: str | None
    here_by_device: bool


class RollCall(View):
    site: str
    entries: tuple[RollCallEntry, ...]


class Others(View):
    """Persons who are not on the roster and may have come to this site."""

    persons: tuple[Choice, ...]


class AttendanceRow(View):
    person: str
    name: str
    unit: str
    state: State
    minutes: float
    present_now: bool
    joined_at: datetime | None
    left_at: datetime | None


class AttendanceView(View):
    occurrence: str
    counts: Counts
    rows: tuple[AttendanceRow, ...]


class Welcome(View):
    """Answer to `hello`. With `resumed` the room, the media and the slots are still there."""

    version: int
    seq: int
    resume: str
    resumed: bool
    grace_s: float
    now: datetime
    device: str | None
    device_name: str | None
    device_kind: DeviceKind | None
    person: str | None
    person_name: str | None
    invitations: tuple[Invitation, ...]
    room: RoomView | None


# Answers --------------------------------------------------------------------------------------


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
