"""Rooms and peers as the media workers see them: routers and transports, by the same ids."""

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog

from media import messages as media
from media.handle import CommandRefused, WorkerUnavailable
from media.pool import Lost
from signaling.protocol.server import MediaLayers, MediaRestart, MediaState, Slots, Speaker
from signaling.protocol.views import SlotView
from signaling.rooms.peer import Peer
from signaling.rooms.room import Room

log = structlog.get_logger(__name__)


class MediaWorker(Protocol):
    """What the stage asks of media.pool.Workers."""

    async def request(self, command: media.Command) -> media.Answer: ...


class Stage:
    """Carries offers, mutes and the floor to the worker, and slots and speakers back to peers.

    A room lives without a worker: only its media wait. `find` returns a live room by its id.
    """

    def __init__(self, worker: MediaWorker, find: Callable[[str], Room | None]) -> None:
        self._worker = worker
        self._find = find

    async def open(self, room: Room) -> None:
        """Open the room's router; without a worker it is opened when there is one again."""
        await self._try(media.OpenRouter(router=room.id))

    async def close(self, room: Room) -> None:
        """Close the room's router with all its transports."""
        await self._try(media.CloseRouter(router=room.id))

    async def connect(self, room: Room, peer: Peer, offer: str) -> str:
        """Take a peer's offer and return the answer; `peer.slots` is then the assignment.

        Raises CommandRefused (invalid_sdp, unsupported_sdp, full, …) or WorkerUnavailable.
        """
        command = media.ConnectTransport(router=room.id, transport=peer.id, offer=offer)
        try:
            reply = await self._worker.request(command)
        except CommandRefused as refusal:
            if refusal.code != "unknown_router":
                raise
            await self._worker.request(media.OpenRouter(router=room.id))
            reply = await self._worker.request(command)
        if not isinstance(reply, media.Connected):
            raise WorkerUnavailable(f"{reply.type} is no answer to an offer")
        peer.has_media, peer.lost_media = True, False
        if peer.id not in room.peers:  # it left while the worker was busy with its offer
            await self.disconnect(room, peer)
            raise WorkerUnavailable("the peer has left")
        peer.slots, peer.layers = _slots(room, reply.slots), {}
        return reply.answer

    async def restart_ice(self, room: Room, peer: Peer) -> media.IceRestarted:
        """Draw new ICE credentials for a peer. Raises CommandRefused or WorkerUnavailable."""
        reply = await self._worker.request(media.RestartIce(router=room.id, transport=peer.id))
        if not isinstance(reply, media.IceRestarted):
            raise WorkerUnavailable(f"{reply.type} is no answer to a restart")
        return reply

    async def disconnect(self, room: Room, peer: Peer) -> None:
        """Close a peer's transport."""
        if peer.has_media:
            peer.has_media = False
            await self._try(media.CloseTransport(router=room.id, transport=peer.id))

    async def mute(self, room: Room, peer: Peer) -> None:
        """Tell the worker what the peer does not send."""
        if peer.has_media:
            await self._try(
                media.SetMuted(
                    router=room.id,
                    transport=peer.id,
                    audio=peer.audio_muted,
                    video=peer.video_muted,
                )
            )

    async def give_floor(self, room: Room) -> None:
        """Pin `room.floor` to everybody's main slot; without media of its own it gets it later."""
        peer = room.peers.get(room.floor) if room.floor is not None else None
        if peer is None or peer.has_media:
            await self._try(media.GiveFloor(router=room.id, transport=room.floor))

    def on_event(self, event: media.RoomEvent) -> None:
        """Take an event of the worker; it is passed on in order with the worker's replies.

        A reply wakes whoever waits for it by way of the loop's queue, so events queue up too: an
        answer to an offer must not overtake, or be overtaken by, a change of its slots.
        """
        asyncio.get_running_loop().call_soon(self._apply, event)

    async def restart(self, lost: Lost) -> None:
        """A worker is gone with these transports, by room: open the routers that are gone with it
        and ask for new offers."""
        for name, transports in lost.items():
            room = self._find(name)
            if room is None:
                continue
            await self.open(room)
            for peer in room.peers.values():
                if peer.has_media and peer.id in transports:
                    peer.has_media, peer.lost_media = False, True
                    peer.media_state, peer.slots, peer.layers = None, (), {}
                    peer.tell(MediaRestart())
            if room.speaker in transports:
                room.speaker = None
                room.broadcast(Speaker(peer=None))
            if room.floor is not None:
                await self.give_floor(room)  # it may have been on its way to the worker

    def _apply(self, event: media.RoomEvent) -> None:
        room = self._find(event.router)
        if room is None:
            return
        if isinstance(event, media.SpeakerChanged):
            room.speaker = event.transport if event.transport in room.peers else None
            room.broadcast(Speaker(peer=room.speaker))
            return
        peer = room.peers.get(event.transport)
        if peer is None:
            return
        if isinstance(event, media.SlotsChanged):
            peer.slots = _slots(room, event.slots)
            peer.tell(Slots(slots=peer.slots))
        elif isinstance(event, media.LayersWanted):
            peer.layers = event.layers
            peer.tell(MediaLayers(layers=event.layers))
        elif event.state != peer.media_state:
            peer.media_state = event.state
            peer.tell(MediaState(state=event.state))

    async def _try(self, command: media.Command) -> None:
        """Ask the worker for something a room can live without."""
        try:
            await self._worker.request(command)
        except (CommandRefused, WorkerUnavailable) as error:
            log.warning("media command failed", command=command.type, reason=str(error))


def _slots(room: Room, slots: tuple[media.Slot, ...]) -> tuple[SlotView, ...]:
    return tuple(
        SlotView(
            slot=slot.slot,
            kind=slot.kind,
            peer=slot.transport if slot.transport in room.peers else None,
            paused=slot.paused,
        )
        for slot in slots
    )
