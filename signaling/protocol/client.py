"""Messages from a device to the server. Each is a request: it carries an `id` and is answered
by `ok` or `error` with the same id."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from media.messages import MAX_OFFER_CHARS

VERSION = 1
Ref = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: int = Field(ge=0, le=2**53 - 1)


class Hello(Request):
    """First message. `resume` and `seq` (the last event seen) ask for the place back."""

    type: Literal["hello"]
    version: int
    resume: str | None = Field(default=None, max_length=64)
    seq: int = Field(default=0, ge=0, le=2**53 - 1)
    client: str = Field(default="", max_length=200)


class Ping(Request):
    """Ask for a sign of life; browsers cannot see WebSocket pings."""

    type: Literal["ping"]


class Join(Request):
    """Enter the room of an open occurrence with this device. Answer: `RoomView`."""

    type: Literal["join"]
    occurrence: Ref


class Leave(Request):
    """Hang up: leave the room for good; the attendance ends now, without grace."""

    type: Literal["leave"]


class Decline(Request):
    """Stop the ringing on this device without joining; the invitation stays on the screen."""

    type: Literal["decline"]
    occurrence: Ref


class MediaOffer(Request):
    """A WebRTC offer for the room joined. Answer: `MediaAnswer`."""

    type: Literal["media.offer"]
    sdp: str = Field(max_length=MAX_OFFER_CHARS)


class MediaRestartIce(Request):
    """The network changed: fresh ICE credentials for the connection there is. Answer:
    `IceCredentials`."""

    type: Literal["media.restart_ice"]


class MediaMute(Request):
    """What this device does not send now."""

    type: Literal["media.mute"]
    audio: bool
    video: bool


class SignIn(Request):
    """Say who sits at this device, by PIN; the person must be expected in the meeting joined."""

    type: Literal["sign_in"]
    person: Ref
    pin: str = Field(pattern=r"^[0-9]{4,8}$")


class RollCallList(Request):
    """Ask for the persons this site may tick. Answer: `RollCall`."""

    type: Literal["roll_call.list"]


class RollCallMark(Request):
    """Tick one person of this site; `substitute` is who came instead. Answer: `RollCall`."""

    type: Literal["roll_call.mark"]
    person: Ref
    mark: Literal["present", "late", "leave", "absent"]
    substitute: Ref | None = None


class RollCallOthers(Request):
    """Ask who may have come instead of a person of this site, or (`person` null) as an attendee
    without a vote. Answer: `Others`."""

    type: Literal["roll_call.others"]
    person: Ref | None = None


class RollCallAttend(Request):
    """Write down an attendee without a vote (列席) who sits at this site. Answer: `RollCall`."""

    type: Literal["roll_call.attend"]
    person: Ref


class VoteCast(Request):
    """Vote for a person signed in at this device; the last choice before the end counts."""

    type: Literal["vote.cast"]
    vote: Ref
    person: Ref
    choice: Literal["for", "against", "abstain"]


class VoteCount(Request):
    """Say how many hands were counted at this site; the last count before the end holds."""

    type: Literal["vote.count"]
    vote: Ref
    in_favour: int = Field(ge=0, le=100_000)
    against: int = Field(ge=0, le=100_000)
    abstain: int = Field(ge=0, le=100_000)


class PresenceAnswer(Request):
    """Answer a presence check for everybody signed in at this device. Nothing follows from it."""

    type: Literal["presence.answer"]
    check: Ref


class FloorGive(Request):
    """Put one peer on everybody's main picture; `peer` null gives it back to the voices."""

    type: Literal["floor.give"]
    peer: Ref | None


class PaperShow(Request):
    """Show a paper of this meeting to everybody, or turn to another of its pages."""

    type: Literal["paper.show"]
    attachment: Ref
    page: int = Field(ge=1, le=100_000)


class PaperEnd(Request):
    """Show it no more."""

    type: Literal["paper.end"]


class Watch(Request):
    """Follow an occurrence's attendance live without joining it. Answer: `AttendanceView`."""

    type: Literal["watch"]
    occurrence: Ref


class Unwatch(Request):
    type: Literal["unwatch"]
    occurrence: Ref


ClientMessage = Annotated[
    Hello
    | Ping
    | Join
    | Leave
    | Decline
    | MediaOffer
    | MediaRestartIce
    | MediaMute
    | SignIn
    | RollCallList
    | RollCallMark
    | RollCallOthers
    | RollCallAttend
    | VoteCast
    | VoteCount
    | PresenceAnswer
    | FloorGive
    | PaperShow
    | PaperEnd
    | Watch
    | Unwatch,
    Field(discriminator="type"),
]
