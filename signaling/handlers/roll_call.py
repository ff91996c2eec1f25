"""The roll call (点名) of a site: who sits in the room, who came instead, who came as well."""

from typing import Final

from scheduler.errors import Invalid, Refused
from scheduler.meetings.model import Standing
from signaling.access import Permission
from signaling.floor import Floor
from signaling.protocol import client
from signaling.protocol.server import SignedIn
from signaling.protocol.views import Choice, Others, RollCall, RollCallEntry
from signaling.rooms.room import PRESENT_MARKS, Room
from signaling.sessions.session import Session

ATTENDS: Final = "列席"
"""Why somebody is put on the roster during the roll call, in the words of the record."""


async def list_roll(floor: Floor, session: Session, message: client.RollCallList) -> RollCall:
    """Return the persons of this device's site."""
    room, site = await site_called(floor, session)
    return await _roll(floor, room, site)


async def mark_roll(floor: Floor, session: Session, message: client.RollCallMark) -> RollCall:
    """Tick one of them; those who have a device here are told."""
    room, site = await site_called(floor, session)
    entry = room.entry(message.person)
    if entry is None or message.person not in {
        listed.person for listed in await floor.attendance.marks(room.id, site)
    }:
        raise Refused("not_of_this_site", message.person)
    if message.substitute is not None:
        await floor.directory.person(message.substitute)
        if room.expects(message.substitute):
            raise Refused("substitute_on_roster", message.substitute)
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


async def list_others(floor: Floor, session: Session, message: client.RollCallOthers) -> Others:
    """Return who is not on the roster and may have come: members of the unit that meets, of the
    branches of this village, and of the units of the person who is away."""
    room, site = await site_called(floor, session)
    found = await floor.directory.neighbours_of(
        {room.occurrence.unit}, site, {message.person} if message.person is not None else set()
    )
    return Others(
        persons=tuple(
            Choice(person=one.id, name=one.name) for one in found if not room.expects(one.id)
        )
    )


async def attend(floor: Floor, session: Session, message: client.RollCallAttend) -> RollCall:
    """Put somebody on the roster who came without a vote, and tick them; both are written down."""
    room, site = await site_called(floor, session)
    if not room.expects(message.person):
        await floor.meetings.add_person(
            room.id, message.person, session.author, ATTENDS, Standing.NON_VOTING
        )
    await floor.attendance.mark(room.id, site, message.person, "present", session.author)
    await floor.hub.refresh(room.id)
    return await _roll(floor, room, site)


async def site_called(floor: Floor, session: Session) -> tuple[Room, str]:
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
