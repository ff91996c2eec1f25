"""What the signaling process and a media worker say to each other.

One JSON object a frame on a unix socket. Every command has a reply of its own type; events come
unasked. Media knows no person, role or meeting: a router is a room, a transport is one
participant's connection, and both ids are chosen by the caller.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_OFFER_CHARS = 400_000
"""Longest SDP accepted; 25 video slots of Chromium 156 are 137 KB."""

Kind = Literal["audio", "video"]
Id = Annotated[str, Field(min_length=1, max_length=64)]


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Slot(Message):
    """One receive-only place of a transport; `transport` is whose source fills it, if anyone's.

    `slot` counts the recvonly sections of its kind in the offer, from 0. Video slot 0 is the main
    picture. `paused` says that the source is there but not sent (muted, or not affordable).
    """

    slot: int
    kind: Kind
    transport: str | None = None
    paused: bool = False


# Commands ------------------------------------------------------------------------------------


class OpenRouter(Message):
    type: Literal["open_router"] = "open_router"
    router: Id


class CloseRouter(Message):
    type: Literal["close_router"] = "close_router"
    router: Id


class ConnectTransport(Message):
    """Take an offer of a participant. The same transport id again replaces its connection."""

    type: Literal["connect_transport"] = "connect_transport"
    router: Id
    transport: Id
    offer: str = Field(max_length=MAX_OFFER_CHARS)


class RestartIce(Message):
    """Draw new ICE credentials for a transport whose network changed (RFC 8445 §9). Its media go
    on the old way until a check with the new ones nominates another."""

    type: Literal["restart_ice"] = "restart_ice"
    router: Id
    transport: Id


class CloseTransport(Message):
    type: Literal["close_transport"] = "close_transport"
    router: Id
    transport: Id


class SetMuted(Message):
    """What the participant says it does not send now; a muted voice never becomes the speaker."""

    type: Literal["set_muted"] = "set_muted"
    router: Id
    transport: Id
    audio: bool
    video: bool


class GiveFloor(Message):
    """Pin a transport to everybody's main slot; None gives the choice back to the voices."""

    type: Literal["give_floor"] = "give_floor"
    router: Id
    transport: str | None


class LeadRouter(Message):
    """Decide from now on for all workers that the room is on; harmless where it does already."""

    type: Literal["lead_router"] = "lead_router"
    router: Id


class OfferPipe(Message):
    """Make one end of a pipe to another worker with the same room. This end leads."""

    type: Literal["offer_pipe"] = "offer_pipe"
    router: Id
    pipe: Id


class PipeOffered(Message):
    """Where an offered pipe is to be joined, by a worker of the same machine: the door and its
    token for what the ends say to each other, an address for packets, and keys for these."""

    type: Literal["pipe_offered"] = "pipe_offered"
    door: str
    token: str = Field(repr=False)
    keys: str = Field(repr=False)
    host: str
    port: int
    video_codec: Literal["vp8", "h264"] | None


class JoinPipe(Message):
    """Make the other end of an offered pipe. This end follows what the other one decides."""

    type: Literal["join_pipe"] = "join_pipe"
    router: Id
    pipe: Id
    offered: PipeOffered


class ClosePipe(Message):
    type: Literal["close_pipe"] = "close_pipe"
    router: Id
    pipe: Id


class GetStats(Message):
    """Ask for counters of the worker, its routers and their transports.

    `detail` adds a dump of every router: all producers, layers and slots of all its transports.
    """

    type: Literal["get_stats"] = "get_stats"
    detail: bool = False


Command = Annotated[
    OpenRouter
    | CloseRouter
    | ConnectTransport
    | RestartIce
    | CloseTransport
    | SetMuted
    | GiveFloor
    | LeadRouter
    | OfferPipe
    | JoinPipe
    | ClosePipe
    | GetStats,
    Field(discriminator="type"),
]

# Replies -------------------------------------------------------------------------------------


class Done(Message):
    type: Literal["done"] = "done"


class Connected(Message):
    type: Literal["connected"] = "connected"
    answer: str
    slots: tuple[Slot, ...]


class IceRestarted(Message):
    type: Literal["ice_restarted"] = "ice_restarted"
    ufrag: str
    password: str


class Stats(Message):
    type: Literal["stats"] = "stats"
    stats: dict[str, object]


class Refused(Message):
    """The command was not carried out; `code` is one of unknown_router, unknown_transport,
    invalid_sdp, unsupported_sdp, full, no_pipe, internal."""

    type: Literal["refused"] = "refused"
    code: str
    detail: str


Answer = Done | Connected | IceRestarted | PipeOffered | Stats
"""What a command that was carried out is answered with."""

Reply = Annotated[Answer | Refused, Field(discriminator="type")]

# Events --------------------------------------------------------------------------------------


class TransportStateChanged(Message):
    """`connected` when DTLS is up; `disconnected` when nothing valid came for 5 s, `connected`
    again when it resumes; `failed` after 30 s of silence, a failed handshake, or when the peer
    closed it (a page that was left). A failed transport sends and receives no more."""

    type: Literal["transport_state"] = "transport_state"
    router: str
    transport: str
    state: Literal["connected", "disconnected", "failed"]


class SlotsChanged(Message):
    """The whole assignment of one transport, after a change of it."""

    type: Literal["slots"] = "slots"
    router: str
    transport: str
    slots: tuple[Slot, ...]


class SpeakerChanged(Message):
    type: Literal["speaker"] = "speaker"
    router: str
    transport: str | None


class LayersWanted(Message):
    """Which simulcast layers of its camera a participant should send now, by RID.

    In the beginning of a connection all are wanted. To send more than is wanted is harmless.
    """

    type: Literal["layers_wanted"] = "layers_wanted"
    router: str
    transport: str
    layers: dict[str, bool]


class PipeLost(Message):
    """The other end of a pipe is gone, and what was behind it."""

    type: Literal["pipe_lost"] = "pipe_lost"
    router: str
    pipe: str


RoomEvent = TransportStateChanged | SlotsChanged | SpeakerChanged | LayersWanted
"""What concerns a room as a whole, on however many workers it is."""

Event = Annotated[RoomEvent | PipeLost, Field(discriminator="type")]
