"""Coming into a meeting, hanging up, declining its call."""

from scheduler.errors import Conflict
from signaling.access import Permission
from signaling.floor import Floor
from signaling.protocol import client
from signaling.protocol.views import RoomView
from signaling.rooms.views import room_view
from signaling.sessions.session import Session


async def join(floor: Floor, session: Session, message: client.Join) -> RoomView:
    """Let the device in if the meeting calls it, or if a role of its person reaches the meeting."""
    room = floor.hub.live(message.occurrence)
    if room is None:
        await floor.meetings.occurrence(message.occurrence)
        raise Conflict("occurrence_not_open", message.occurrence)
    place = floor.hub.place_of(session)
    if place is not None and place[0] is not room:
        raise Conflict("already_in_room", place[0].id)
    if not room.invites(session.identity):
        await floor.access.require(
            session.identity, Permission.MEETING_JOIN, occurrence=room.occurrence
        )
    peer = await floor.entrance.join(room, session)
    return room_view(room, peer, floor.ice_servers(session))


async def leave(floor: Floor, session: Session, message: client.Leave) -> None:
    """Hang up."""
    place = floor.hub.place_of(session)
    if place is not None:
        await floor.entrance.leave(*place, "left")


async def decline(floor: Floor, session: Session, message: client.Decline) -> None:
    """Fall silent; the invitation stays."""
    room = floor.hub.live(message.occurrence)
    if room is not None:
        floor.hub.ringing(room).answered(session)


async def ping(floor: Floor, session: Session, message: client.Ping) -> None:
    """Being answered is all."""
