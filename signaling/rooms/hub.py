"""The rooms open on this node."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import structlog

from scheduler.attendance.log import AttendanceLog
from scheduler.attendance.reports import Reports
from scheduler.directory.service import Directory
from scheduler.meetings.model import Occurrence
from scheduler.meetings.service import Meetings
from signaling.protocol.codec import Frame
from signaling.protocol.server import PapersChanged
from signaling.protocol.views import Invitation
from signaling.rooms.peer import Peer
from signaling.rooms.pulse import Pulse
from signaling.rooms.ringing import Ringing
from signaling.rooms.room import Room
from signaling.rooms.stage import MediaWorker, Stage
from signaling.rooms.telling import Teller
from signaling.rooms.voting import Voting, is_voting
from signaling.rooms.watching import Watching
from signaling.sessions.registry import Sessions
from signaling.sessions.session import Session

log = structlog.get_logger(__name__)

COUNTS_INTERVAL_S = 0.5


@dataclass(frozen=True, slots=True)
class _Open:
    room: Room
    ringing: Ringing
    teller: Teller
    counting: Pulse


class RoomHub:
    """Finds live rooms, opens them with what the store knows of them, and takes them down.

    It opens no meeting and closes none: the Conductor does, and calls `open` and `take_down`.
    """

    def __init__(
        self,
        *,
        sessions: Sessions,
        meetings: Meetings,
        directory: Directory,
        attendance: AttendanceLog,
        reports: Reports,
        worker: MediaWorker,
        voting: Voting,
    ) -> None:
        self._sessions = sessions
        self._meetings = meetings
        self._directory = directory
        self._attendance = attendance
        self._reports = reports
        self._open: dict[str, _Open] = {}
        self._opening = asyncio.Lock()
        self.stage = Stage(worker, self.live)
        self.watching = Watching(reports, self.live)
        self.voting = voting

    def live(self, occurrence: str) -> Room | None:
        """Return the room of an occurrence that is open here."""
        entry = self._open.get(occurrence)
        return entry.room if entry is not None else None

    def __iter__(self) -> Iterator[Room]:
        return iter([entry.room for entry in self._open.values()])

    def ringing(self, room: Room) -> Ringing:
        """Return the call of a live room."""
        return self._open[room.id].ringing

    def place_of(self, session: Session) -> tuple[Room, Peer] | None:
        """Return where a session is."""
        for room in self:
            peer = room.peer_of(session)
            if peer is not None:
                return room, peer
        return None

    def invitations(self, session: Session) -> tuple[Invitation, ...]:
        """Return the open meetings that call a device."""
        found = (entry.ringing.invitation(session) for entry in self._open.values())
        return tuple(invitation for invitation in found if invitation is not None)

    async def open(self, occurrence: Occurrence) -> Room:
        """Return the room of an open occurrence, made from the store if it is not live yet."""
        async with self._opening:
            found = self.live(occurrence.id)
            if found is not None:
                return found
            roster = await self._meetings.roster(occurrence.id)
            sites = await self._directory.sites(roster.sites)
            room = Room(
                occurrence,
                roster,
                unit_name=(await self._directory.unit(occurrence.unit)).name,
                site_names={site.id: site.name for site in sites.values()},
            )
            await self._read_attendance(room)
            await self.voting.read(room)
            teller = Teller(room, self.voting, self.watching)
            counting = Pulse(COUNTS_INTERVAL_S, teller.tell)
            await self.stage.open(room)
            self._open[room.id] = _Open(room, Ringing(room, self._sessions), teller, counting)
            if is_voting(room):  # this node was restarted in the middle of it
                teller.wait_for_return(self._sessions.grace_s)
                loop = asyncio.get_running_loop()
                loop.call_later(self._sessions.grace_s, self.voted, room)
            self.watching.touch(room.id)
            log.info("room opened", meeting=room.id)
            return room

    async def take_down(self, room: Room) -> None:
        """Forget a room, whose peers are gone."""
        entry = self._open.pop(room.id, None)
        if entry is not None:
            await entry.counting.stop()
            await self.stage.close(room)
            self.watching.touch(room.id)
            log.info("room closed", meeting=room.id)

    async def refresh(self, occurrence: str) -> None:
        """Read list and roll calls of a live room again, after they were changed elsewhere."""
        room = self.live(occurrence)
        if room is not None:
            room.set_roster(await self._meetings.roster(occurrence))
            await self._read_attendance(room)
            self.changed(room)
        self.watching.touch(occurrence)

    def changed(self, room: Room) -> None:
        """Note that somebody came, went, or was counted: counts and watchers follow soon."""
        entry = self._open.get(room.id)
        if entry is not None:
            entry.counting.touch()
            self.watching.touch(room.id)

    async def votes_changed(self, occurrence: str) -> None:
        """Tell a live room its votes at once, after somebody prepared, opened or ended one."""
        entry = self._open.get(occurrence)
        if entry is not None:
            await entry.teller.tell_votes()

    def papers_changed(self, occurrence: str) -> None:
        """Tell a live room, and who follows it, that its agenda or papers are others now."""
        event = PapersChanged(occurrence=occurrence)
        room = self.live(occurrence)
        if room is not None:
            room.broadcast(event)
        self.watching.tell(occurrence, Frame.event(event))

    def voted(self, room: Room) -> None:
        """Note that somebody voted or was counted: how many did, follows soon."""
        entry = self._open.get(room.id)
        if entry is not None:
            entry.counting.touch()

    def snapshot(self) -> list[dict[str, object]]:
        """Return the live rooms with their peers, ids only, for the debug page."""
        return [
            {
                "occurrence": room.id,
                "counts": room.counts().model_dump(),
                "speaker": room.speaker,
                "floor": room.floor,
                "peers": [
                    {
                        "peer": peer.id,
                        "who": peer.session.who,
                        "kind": peer.kind,
                        "site": peer.site,
                        "connected": peer.session.is_there,
                        "media": peer.media_state if peer.has_media else None,
                        "audio_muted": peer.audio_muted,
                        "video_muted": peer.video_muted,
                        "events": peer.session.seq,
                    }
                    for peer in room.peers.values()
                ],
            }
            for room in self
        ]

    async def stop(self) -> None:
        """Forget all rooms; the meetings stay open in the store."""
        await self.watching.stop()
        for room in self:
            await self.take_down(room)

    async def _read_attendance(self, room: Room) -> None:
        report = await self._reports.occurrence(room.id)
        room.arrived |= {row.person for row in report.rows if row.first is not None}
        for tick in await self._attendance.all_marks(room.id):
            room.mark(tick.site, tick.person, tick.mark.value, tick.substitute)
