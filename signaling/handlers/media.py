"""Picture and sound: offers, mutes, the floor."""

from scheduler.errors import NotFound
from signaling.access import Permission
from signaling.floor import Floor
from signaling.protocol import client
from signaling.protocol.server import Floor as FloorGiven
from signaling.protocol.server import PeerChanged
from signaling.protocol.views import IceCredentials, MediaAnswer
from signaling.sessions.session import Session


async def offer(floor: Floor, session: Session, message: client.MediaOffer) -> MediaAnswer:
    """Connect the device's media."""
    room, peer = floor.place(session)
    answer = await floor.hub.stage.connect(room, peer, message.sdp)
    if peer.audio_muted or peer.video_muted:
        floor.errands.run(floor.hub.stage.mute(room, peer))
    if room.floor == peer.id:
        floor.errands.run(floor.hub.stage.give_floor(room))
    return MediaAnswer(sdp=answer, slots=peer.slots)


async def restart_ice(
    floor: Floor, session: Session, message: client.MediaRestartIce
) -> IceCredentials:
    """Let the device's connection go on by another way; its slots and streams stay."""
    room, peer = floor.place(session)
    fresh = await floor.hub.stage.restart_ice(room, peer)
    return IceCredentials(ufrag=fresh.ufrag, password=fresh.password)


async def mute(floor: Floor, session: Session, message: client.MediaMute) -> None:
    """Note what the device does not send, and show it to the others."""
    room, peer = floor.place(session)
    if (peer.audio_muted, peer.video_muted) == (message.audio, message.video):
        return
    peer.audio_muted, peer.video_muted = message.audio, message.video
    room.broadcast(PeerChanged(peer=peer.view()))
    await floor.hub.stage.mute(room, peer)


async def give_floor(floor: Floor, session: Session, message: client.FloorGive) -> None:
    """Put a peer on everybody's main picture, or give the choice back to the voices."""
    room, _ = floor.place(session)
    await floor.access.require(session.identity, Permission.FLOOR_GIVE, occurrence=room.occurrence)
    if message.peer is not None and message.peer not in room.peers:
        raise NotFound("unknown_peer", message.peer)
    room.floor = message.peer
    room.broadcast(FloorGiven(peer=room.floor))
    await floor.hub.stage.give_floor(room)
