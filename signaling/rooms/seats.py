"""Who sits at a device, as far as the rules of the meeting tell: pure decisions."""

from scheduler.accounts import Identity
from scheduler.attendance.model import How
from scheduler.meetings.model import RosterPerson, SignIn
from signaling.protocol.views import Choice
from signaling.rooms.peer import Peer
from signaling.rooms.room import Room


def signed_in_by_joining(room: Room, identity: Identity) -> tuple[RosterPerson, How] | None:
    """Return the person whom joining itself signs in: by account, or as the device's holder.

    A meeting room has no holder: it is connected and not counted until its roll call.
    """
    user = room.entry(identity.person.id) if identity.person is not None else None
    if user is not None:
        return user, How.ACCOUNT
    device = identity.device
    if device is None or device.holder is None or device.kind == "meeting_room":
        return None
    holder = room.entry(device.holder)
    if holder is None or room.occurrence.sign_in != SignIn.DEVICE:
        return None
    return holder, How.DEVICE


def may_sign_in(room: Room, peer: Peer) -> tuple[Choice, ...]:
    """Return whom a PIN may sign in here, as the page lists them: the holder, then the site's."""
    device = peer.identity.device
    if device is None or device.kind == "meeting_room":
        return ()
    listed = [room.entry(device.holder)] if device.holder is not None else []
    listed += room.of_site(peer.site) if peer.site is not None else []
    return tuple(
        Choice(person=person, name=name)
        for person, name in {entry.person: entry.name for entry in listed if entry}.items()
        if person not in peer.people
    )
