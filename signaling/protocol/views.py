"""What the messages of the server are made of: rooms, peers, rosters, votes, slots."""

from datetime import datetime
from typing import Literal

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
    agenda_item: str | None
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
    may_show_papers: bool = False
    paper: "PaperView | None" = None
    quorum: Quorum | None = None
    votes: tuple[VoteView, ...] = ()
    voters: tuple["Choice", ...] = ()
    chosen: tuple[Chosen, ...] = ()
    ice_servers: tuple[IceServer, ...] = ()


class PaperView(View):
    """The paper that is shown to everybody: who shows it, and the page it stands on, from 1."""

    attachment: str
    name: str
    media_type: str
    shown_as: Literal["pages", "text"]
    page: int
    pages: int
    by: str


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
