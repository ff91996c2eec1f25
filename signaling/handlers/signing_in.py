"""Who sits at the device, and who sits in the room."""

from scheduler.attendance.model import How
from scheduler.errors import Invalid, Refused
from signaling.access import Permission
from signaling.floor import Floor
from signaling.protocol import client
from signaling.protocol.server import PeerChanged, RollCall, RollCallEntry, SignedIn
from signaling.rooms.room import PRESENT_MARKS, Room
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
    peer.tell(SignedIn(person=entry.person, name=entry.name))
    room.broadcast(PeerChanged(peer=peer.view()))
    floor.hub.ringing(room).joined(session, entry.person)
    floor.hub.changed(room)


async def list_roll(floor: Floor, session: Session, message: client.RollCallList) -> RollCall:
    """Return the persons of this device's site."""
    room, site = await _site_called(floor, session)
    return await _roll(floor, room, site)


async def mark_roll(floor: Floor, session: Session, message: client.RollCallMark) -> RollCall:
    """Tick one of them; those who have a device here are told."""
    room, site = await _site_called(floor, session)
    entry = room.entry(message.person)
    if entry is None or message.person not in {
        listed.person for listed in await floor.attendance.marks(room.id, site)
    }:
        raise Refused("not_of_this_site", message.person)
    if message.substitute is not None:
        await floor.directory.person(message.substitute)
    await floor.attendance.mark(
        room.id, site, message.person, message.mark, session.author, message.substitute
    )
    room.mark(site, message.person, message.mark, message.substitute)
    if message.mark in PRESENT_MARKS and message.substitute is None:
        for peer in room.peers.values():
            device = peer.identity.device
            if device is not None and device.holder == message.person:
                peer.tell(SignedIn(person=entry.person, name=entry.name))
    floor.hub.changed(room)
    return await _roll(floor, room, site)


async def _site_called(floor: Floor, session: Session) -> tuple[Room, str]:
    """Return the room and the site whose roll this device may call."""
    room, peer = floor.place(session)
    if peer.site is None:
        raise Invalid("no_site")
    await floor.access.require(session.identity, Permission.ROLL_CALL, site=peer.site)
    return room, peer.site


async def _roll(floor: Floor, room: Room, site: str) -> RollCall:
    entries = await floor.attendance.marks(room.id, site)
    named = await floor.directory.persons({e.substitute for e in entries if e.substitute})
    return RollCall(
        site=site,
        entries=tuple(
            RollCallEntry(
                person=entry.person,
                name=entry.name,
                mark=entry.mark.value if entry.mark is not None else None,
                substitute=named[entry.substitute].name if entry.substitute in named else None,
                here_by_device=entry.here_by_device,
            )
            for entry in entries
        ),
    )
