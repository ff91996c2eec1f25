"""Coming in and going out, with the facts of attendance."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Literal

import structlog

from scheduler.attendance.log import AttendanceLog
from scheduler.attendance.model import Cause, How
from scheduler.directory.service import Directory
from scheduler.errors import Conflict, DomainError
from scheduler.meetings.model import RosterPerson
from signaling.access import Access, Permission
from signaling.protocol.server import PeerChanged, PeerJoined, PeerLeft, RoomClosed
from signaling.rooms.errands import Errands
from signaling.rooms.hub import RoomHub
from signaling.rooms.peer import Peer, Rights
from signaling.rooms.room import Room
from signaling.rooms.seats import signed_in_by_joining
from signaling.sessions.session import EndReason, Session

log = structlog.get_logger(__name__)

LeaveReason = Literal["left", "lost", "replaced", "removed"]
RETRY_S = (0.1, 0.5, 2.0)
"""Pauses before a fact is written once more when the store failed."""

_WHY_LEFT: dict[EndReason, LeaveReason] = {
    "expired": "lost",
    "replaced": "replaced",
    "revoked": "removed",
    "signed_out": "removed",
    "removed": "removed",
    "server_stopping": "lost",
}


class Entrance:
    """Lets devices into rooms and out of them.

    A fact is written before a join is answered. A leave is announced at once and its fact
    written after, again if need be: the device is gone, whether the store is well or not.
    """

    def __init__(
        self,
        hub: RoomHub,
        attendance: AttendanceLog,
        directory: Directory,
        access: Access,
        errands: Errands,
    ) -> None:
        self._hub = hub
        self._attendance = attendance
        self._directory = directory
        self._access = access
        self._errands = errands
        self.joins = 0

    async def join(self, room: Room, session: Session) -> Peer:
        """Let a device in and write it down; again returns the peer that is in already.

        Raises Conflict("occurrence_not_open") when the meeting ended meanwhile.
        """
        rights = await self._rights(room, session)
        place = await self._place(room, session)
        async with room.door.passing(session.key):
            if room.closed or session.over is not None:
                raise Conflict("occurrence_not_open", room.id)
            found = room.peer_of(session)
            if found is not None:
                return found
            seated = signed_in_by_joining(room, session.identity)
            peer = _new_peer(room, session, place, rights, seated)
            try:
                await self._write_joined(room, peer, seated)
            except asyncio.CancelledError:
                # It may be written all the same, and would be a stay without an end.
                self._errands.run(self._write_left(room, peer, Cause.LOST, None))
                raise
            ghosts = [p for p in room.peers.values() if _is_ghost_of(p, session)]
            room.add(peer)
        self.joins += 1
        for ghost in ghosts:
            self._errands.run(self.leave(room, ghost, "replaced", ghost.session.away_since))
        room.broadcast(PeerJoined(peer=peer.view()), besides=peer)
        self._hub.ringing(room).joined(session, peer.person)
        self._hub.changed(room)
        log.info("peer joined", meeting=room.id, peer=peer.id, who=session.who)
        self._let_out_if_over(room, peer)
        return peer

    async def admit(self, room: Room, peer: Peer) -> None:
        """Let in a peer that is no device of the directory: announced like all, counted nowhere.

        Raises Conflict("occurrence_not_open").
        """
        async with room.door.passing(peer.session.key):
            if room.closed:
                raise Conflict("occurrence_not_open", room.id)
            room.add(peer)
        room.broadcast(PeerJoined(peer=peer.view()), besides=peer)
        self._hub.changed(room)
        log.info("peer joined", meeting=room.id, peer=peer.id, who=peer.session.who)

    async def leave(
        self, room: Room, peer: Peer, reason: LeaveReason, at: datetime | None = None
    ) -> None:
        """Let a device out; `at` is when it was last there, if not now."""
        async with room.door.passing(peer.session.key):
            if not room.remove(peer):
                return
            room.broadcast(PeerLeft(peer=peer.id, reason=reason))
            if room.speaker == peer.id:
                room.speaker = None
            if room.floor == peer.id:
                room.floor = None
            self._hub.changed(room)
            log.info("peer left", meeting=room.id, peer=peer.id, reason=reason)
            if peer.recorded:
                await self._write_left(room, peer, Cause(reason), at)
        self._hub.changed(room)  # again: votes are counted from what is written down
        await self._hub.stage.disconnect(room, peer)

    async def empty(
        self, room: Room, cause: Cause, farewell: RoomClosed | None, at: datetime | None
    ) -> None:
        """Let everybody out because the meeting or the server ends; nobody comes in after."""
        async with room.door.alone():
            room.closed = True
            if farewell is not None:
                room.broadcast(farewell)
            peers = list(room.peers.values())
            for peer in peers:
                room.remove(peer)
            ends = {peer.id: peer.session.away_since or at for peer in peers if peer.recorded}
            if ends:
                await self._record(lambda: self._attendance.left_together(room.id, ends, cause))
        self._hub.watching.touch(room.id)

    def away(self, session: Session) -> None:
        """Show the others that a device's line is broken, or is back."""
        place = self._hub.place_of(session)
        if place is not None:
            room, peer = place
            room.broadcast(PeerChanged(peer=peer.view()), besides=peer)

    def ended(self, session: Session, reason: EndReason) -> None:
        """Let out the device of a session that is over."""
        self._errands.run(self._hub.watching.forget(session))
        place = self._hub.place_of(session)
        if place is not None and reason != "server_stopping":
            room, peer = place
            self._errands.run(self.leave(room, peer, _WHY_LEFT[reason], session.away_since))

    def _let_out_if_over(self, room: Room, peer: Peer) -> None:
        """A session may end while its join is being written down; `ended` found no peer then."""
        if peer.session.over is not None:
            self._errands.run(self.leave(room, peer, _WHY_LEFT[peer.session.over]))

    async def _write_left(self, room: Room, peer: Peer, cause: Cause, at: datetime | None) -> None:
        await self._record(lambda: self._attendance.left(room.id, peer.id, cause, at))

    async def _record(self, write: Callable[[], Awaitable[None]]) -> None:
        for pause in RETRY_S:
            try:
                return await write()
            except DomainError as error:
                log.error("attendance fact refused", reason=str(error))
                return None
            except Exception:
                log.exception("attendance fact not written, trying again")
                await asyncio.sleep(pause)
        try:
            await write()
        except Exception:
            # The presence stays open in the log until the next start of this node ends it.
            log.exception("attendance fact lost")

    async def _rights(self, room: Room, session: Session) -> Rights:
        identity, device = session.identity, session.identity.device
        site = device.site if device is not None else None
        return Rights(
            call_roll=site is not None
            and await self._access.allows(identity, Permission.ROLL_CALL, site=site),
            give_floor=await self._access.allows(
                identity, Permission.FLOOR_GIVE, occurrence=room.occurrence
            ),
            show_papers=await self._access.allows(
                identity, Permission.PAPERS_SHOW, occurrence=room.occurrence
            ),
        )

    async def _place(self, room: Room, session: Session) -> str:
        """Return what stands under the picture: the room, the village, or whose phone it is."""
        device, person = session.identity.device, session.identity.person
        if device is None:
            return person.name if person is not None else ""
        holder = room.entry(device.holder) if device.holder is not None else None
        if device.kind in {"mobile", "desktop"} and (person or holder):
            return person.name if person else holder.name if holder else ""
        if device.kind == "meeting_room" or device.site is None:
            return device.name
        if device.site in room.site_names:
            return room.site_names[device.site]
        return (await self._directory.site(device.site)).name

    async def _write_joined(
        self, room: Room, peer: Peer, seated: tuple[RosterPerson, How] | None
    ) -> None:
        device = peer.identity.device
        device_id = device.id if device is not None else None
        by_device = seated[0].person if seated is not None and seated[1] is How.DEVICE else None
        await self._attendance.joined(room.id, peer.id, device_id, by_device)
        if seated is not None and by_device is None:
            await self._attendance.signed_in(room.id, peer.id, seated[0].person, seated[1])


def _new_peer(
    room: Room,
    session: Session,
    place: str,
    rights: Rights,
    seated: tuple[RosterPerson, How] | None,
) -> Peer:
    device = session.identity.device
    return Peer(
        id=secrets.token_hex(8),
        session=session,
        kind=device.kind if device is not None else "mobile",
        place=place,
        site=device.site if device is not None else None,
        people={seated[0].person: seated[0].name} if seated is not None else {},
        rights=rights,
    )


def _is_ghost_of(peer: Peer, session: Session) -> bool:
    """Say whether a peer is the broken line of who now comes in anew."""
    return not peer.session.is_there and peer.session.who == session.who
