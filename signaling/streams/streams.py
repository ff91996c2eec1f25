"""Streams come in, restart their ICE, and go."""

import asyncio
import secrets

import structlog

from media.handle import CommandRefused, WorkerUnavailable
from scheduler.accounts import Accounts, Identity, StreamScope
from scheduler.errors import Conflict, Invalid, NotFound, Refused
from signaling.rooms.entrance import Entrance
from signaling.rooms.errands import Errands
from signaling.rooms.hub import RoomHub
from signaling.rooms.room import Room
from signaling.streams.fragment import read_fragment, write_fragment
from signaling.streams.offers import (
    in_one_stream,
    read_offer,
    refuses_a_section,
    with_candidates_everywhere,
)
from signaling.streams.pace import Pace
from signaling.streams.peer import StreamPeer, StreamSession

log = structlog.get_logger(__name__)

AT_ONCE: dict[StreamScope, int] = {"whip": 1, "whep": 8}
"""Streams that one token may have; the oldest gives way. An encoder that lost its power is back
before its old connection has failed, and must not stand in the room twice."""


class Streams:
    """Finds streams in their rooms; of itself it only keeps how often each key asked for one."""

    def __init__(self, hub: RoomHub, entrance: Entrance, errands: Errands) -> None:
        self._hub = hub
        self._entrance = entrance
        self._errands = errands
        self._pace = Pace()

    def count(self, identity: Identity) -> None:
        """Count an offer before it is read; raise Refused("stream_too_often" | "not_allowed")."""
        if identity.stream is None:
            raise Refused("not_allowed")
        self._pace.take(identity.stream.id, asyncio.get_running_loop().time())

    async def open(self, identity: Identity, token: str, text: str) -> tuple[StreamPeer, str]:
        """Let a stream into the room of its `token`; return it and the answer to its offer.

        Raises Refused for who has no stream token, Conflict("occurrence_not_open" |
        "media_full" | "media_unavailable"), Invalid("stream_offer_invalid" |
        "stream_offer_not_acceptable").
        """
        grant = identity.stream
        if grant is None:
            raise Refused("not_allowed")
        offer = read_offer(text, grant.scope)
        room = self._hub.live(grant.occurrence)
        if room is None:
            raise Conflict("occurrence_not_open", grant.occurrence)
        sends = grant.scope == "whip"
        peer = StreamPeer(
            id=secrets.token_hex(8),
            session=StreamSession(identity, token, lambda: self._lost(room, peer)),
            kind="desktop",
            place=grant.label,
            site=None,
            audio_muted=not (sends and offer.audio),
            video_muted=not (sends and offer.video),
            recorded=False,
            ice=offer.ice,
        )
        await self._entrance.admit(room, peer)
        try:
            answer = await self._connect(room, peer, offer.text)
        except BaseException:
            # As an errand: who asked may have hung up, which cancels everything that is awaited.
            self._errands.run(self._entrance.leave(room, peer, "left"))
            raise
        peer.answer = answer
        peer.renew_etag()
        for older in self._of_token(room, peer)[: -AT_ONCE[grant.scope]]:
            self._errands.run(self._entrance.leave(room, older, "replaced"))
        answer = with_candidates_everywhere(answer)
        return peer, answer if sends else in_one_stream(answer)

    async def patch(
        self, identity: Identity, stream: str, condition: str | None, text: str
    ) -> tuple[StreamPeer, str | None]:
        """Take a fragment: candidates (returns None with the stream), or a restart of ICE (returns
        the server's fragment). `condition` is the value of If-Match.

        Raises NotFound("unknown_stream"), Invalid("stream_fragment_invalid" |
        "stream_condition_missing" | "stream_changed"), Conflict("media_unavailable").
        """
        room, peer = self._find(identity, stream)
        fragment = read_fragment(text)
        if condition is None:
            raise Invalid("stream_condition_missing")
        tags = {tag.strip() for tag in condition.split(",")}
        # With quotes an asterisk is a tag like any other, but so it stands in RFC 9725's example.
        if not tags & {"*", '"*"', peer.etag}:
            raise Invalid("stream_changed")
        if fragment.ice is None or fragment.ice == peer.ice:
            return peer, None
        try:
            fresh = await self._hub.stage.restart_ice(room, peer)
        except (CommandRefused, WorkerUnavailable) as error:
            raise Conflict("media_unavailable", str(error)) from error
        peer.ice = fragment.ice
        peer.renew_etag()
        log.info("stream restarted ICE", meeting=room.id, peer=peer.id)
        return peer, write_fragment(peer.answer, fresh.ufrag, fresh.password)

    async def close(self, identity: Identity, stream: str) -> None:
        """Let a stream out. Raises NotFound("unknown_stream"), also when it has gone already."""
        room, peer = self._find(identity, stream)
        # Begun, it is carried through, also when who asked does not wait for the answer.
        await asyncio.shield(self._entrance.leave(room, peer, "left"))

    async def end_void(self, accounts: Accounts) -> None:
        """Let out the streams whose token has expired or was withdrawn."""
        for room in self._hub:
            for peer in _streams_in(room):
                try:
                    await accounts.identify(peer.session.credential)
                except Refused:
                    await self._entrance.leave(room, peer, "removed")

    async def _connect(self, room: Room, peer: StreamPeer, offer: str) -> str:
        try:
            answer = await self._hub.stage.connect(room, peer, offer)
        except CommandRefused as error:
            if error.code == "full":
                raise Conflict("media_full") from error
            if error.code == "invalid_sdp":
                raise Invalid("stream_offer_invalid", error.detail) from error
            if error.code == "unsupported_sdp":
                raise Invalid("stream_offer_not_acceptable", error.detail) from error
            raise Conflict("media_unavailable", str(error)) from error
        except WorkerUnavailable as error:
            raise Conflict("media_unavailable", str(error)) from error
        if refuses_a_section(answer):
            raise Invalid("stream_offer_not_acceptable", "a codec this room does not use")
        return answer

    def _find(self, identity: Identity, stream: str) -> tuple[Room, StreamPeer]:
        """Return a stream that came by this very token."""
        grant = identity.stream
        room = self._hub.live(grant.occurrence) if grant is not None else None
        peer = room.peers.get(stream) if room is not None else None
        if room is None or not isinstance(peer, StreamPeer) or peer.grant != grant:
            raise NotFound("unknown_stream", stream[:64])
        return room, peer

    def _of_token(self, room: Room, peer: StreamPeer) -> list[StreamPeer]:
        """Return all streams of the same token, the oldest first."""
        return [other for other in _streams_in(room) if other.session.who == peer.session.who]

    def _lost(self, room: Room, peer: StreamPeer) -> None:
        self._errands.run(self._entrance.leave(room, peer, "lost"))


def _streams_in(room: Room) -> list[StreamPeer]:
    return [peer for peer in room.peers.values() if isinstance(peer, StreamPeer)]
