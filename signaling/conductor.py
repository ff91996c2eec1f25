"""What the agenda and the organizers do to a meeting as a whole, and what the devices hear of it.

Every action may be repeated without harm: the agenda does one again after a node died with it.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import structlog

from config.settings import Meeting
from scheduler.attendance.model import Cause
from scheduler.clock import Clock
from scheduler.directory.service import Directory
from scheduler.meetings.due import Kind
from scheduler.meetings.model import Occurrence, State
from scheduler.meetings.service import Meetings
from signaling.protocol.codec import Frame
from signaling.protocol.server import Invited, RingStop, RoomClosed
from signaling.rooms.entrance import Entrance
from signaling.rooms.hub import RoomHub
from signaling.rooms.room import Room
from signaling.sessions.registry import Sessions

log = structlog.get_logger(__name__)

_LONGEST_MEETING = timedelta(days=2)
"""How far back an occurrence may have begun that is still open when the server starts."""


class Conductor:
    """Opens, rings, closes and settles occurrences: in the store first, then to the devices.

    `by` is the person who acts, None for the agenda.
    """

    def __init__(
        self,
        *,
        hub: RoomHub,
        entrance: Entrance,
        sessions: Sessions,
        meetings: Meetings,
        directory: Directory,
        clock: Clock,
        settings: Meeting,
    ) -> None:
        self._hub = hub
        self._entrance = entrance
        self._sessions = sessions
        self._meetings = meetings
        self._directory = directory
        self._clock = clock
        self._ring_for = timedelta(seconds=settings.ring_for_s)

    def actions(self) -> Mapping[Kind, Callable[[str], Awaitable[None]]]:
        """Return what the agenda calls for each kind."""
        return {
            Kind.REMIND: self.remind,
            Kind.OPEN: self.open,
            Kind.RING: self.ring,
            Kind.CLOSE: self.close,
            Kind.SETTLE: self.settle,
        }

    async def remind(self, occurrence: str) -> None:
        """Announce a meeting that begins soon to the devices that are connected."""
        found = await self._meetings.occurrence(occurrence)
        if found.state is not State.SCHEDULED:
            return
        self._tell_called(await self._unopened(found), stop=None)

    async def open(self, occurrence: str, by: str | None = None) -> None:
        """Open the meeting; devices may join. Opened by a person, it rings at once.

        Raises NotFound, or Conflict when it is over or cancelled.
        """
        opened = await self._meetings.open(occurrence, by)
        is_new = self._hub.live(occurrence) is None
        room = await self._hub.open(opened)
        if is_new:
            self._hub.ringing(room).invite()
        if is_new and by is not None:
            self._hub.ringing(room).start(self._ring_for.total_seconds())

    async def ring(self, occurrence: str) -> None:
        """Ring the invited devices that are not in the room."""
        room = await self._room(occurrence)
        if room is not None:
            self._hub.ringing(room).start(self._ring_for.total_seconds())

    async def close(self, occurrence: str, by: str | None = None) -> None:
        """End the meeting: everybody is told and let out. Raises NotFound, Conflict."""
        closed = await self._meetings.close(occurrence, by)
        await self._hub.voting.votes.enforce(occurrence)
        room = self._hub.live(occurrence)
        if room is None:
            return
        self._hub.ringing(room).end("closed")
        room.occurrence = closed
        farewell = RoomClosed(occurrence=occurrence, reason="ended")
        await self._entrance.empty(room, Cause.CLOSED, farewell, closed.closed_at)
        await self._hub.take_down(room)

    async def cancel(
        self, occurrence: str, by: str | None, reason: str, version: int | None = None
    ) -> None:
        """Cancel a meeting that has not opened; who was reminded of it is told."""
        cancelled = await self._meetings.cancel(occurrence, by, reason, version)
        self._tell_called(await self._unopened(cancelled), stop="cancelled")

    async def settle(self, occurrence: str) -> None:
        """Write down the result of a meeting that is closed."""
        await self._meetings.settle(occurrence)
        self._hub.watching.touch(occurrence)

    async def reopen(self) -> None:
        """After a start: make the rooms of the meetings that are open in the store, and go on
        ringing where the call is not over."""
        now = self._clock.now()
        for occurrence in await self._meetings.occurrences(
            now - _LONGEST_MEETING, now + _LONGEST_MEETING, states=[State.OPEN]
        ):
            room = await self._hub.open(occurrence)
            called_at = occurrence.scheduled_start - timedelta(seconds=occurrence.ring_before_s)
            left = called_at + self._ring_for - now
            if timedelta(0) < left <= self._ring_for:
                self._hub.ringing(room).start(left.total_seconds())
        log.info("rooms reopened", rooms=len(list(self._hub)))

    async def _room(self, occurrence: str) -> Room | None:
        """Return the live room, made anew if the meeting is open in the store only."""
        room = self._hub.live(occurrence)
        if room is not None:
            return room
        found = await self._meetings.occurrence(occurrence)
        return await self._hub.open(found) if found.state is State.OPEN else None

    async def _unopened(self, occurrence: Occurrence) -> Room:
        """Return a room that nobody can enter, to know whom the meeting calls."""
        roster = await self._meetings.roster(occurrence.id)
        unit = await self._directory.unit(occurrence.unit)
        return Room(occurrence, roster, unit_name=unit.name, site_names={})

    def _tell_called(self, room: Room, stop: str | None) -> None:
        event = (
            Invited(invitation=room.invitation(ringing=False))
            if stop is None
            else RingStop.model_validate({"occurrence": room.id, "reason": stop})
        )
        frame = Frame.event(event)
        for session in self._sessions:
            if room.invites(session.identity):
                session.post(frame)
