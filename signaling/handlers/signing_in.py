"""Who sits at the device."""

from scheduler.attendance.model import How
from scheduler.errors import Refused
from signaling.floor import Floor
from signaling.protocol import client
from signaling.protocol.server import PeerChanged, SignedIn
from signaling.sessions.session import Session


async def sign_in(floor: Floor, session: Session, message: client.SignIn) -> None:
    """Sign a person of the meeting in at this device, by PIN."""
    room, peer = floor.place(session)
    entry = room.entry(message.person)
    if entry is None:
        raise Refused("not_expected", message.person)
    await floor.accounts.check_pin(entry.person, message.pin)
    async with room.door.passing(session.key):
        if peer.id not in room.peers:
            raise Refused("not_in_room")
        await floor.attendance.signed_in(room.id, peer.id, entry.person, How.PIN)
        room.seat(peer, entry.person, entry.name)
    peer.tell(SignedIn(person=entry.person, name=entry.name, votes=entry.votes))
    room.broadcast(PeerChanged(peer=peer.view()))
    floor.hub.ringing(room).joined(session, entry.person)
    floor.hub.changed(room)
