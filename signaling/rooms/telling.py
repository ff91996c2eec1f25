"""Telling a room, and who follows it from outside, what changed: counts, quorum, votes."""

import asyncio

from signaling.protocol.codec import Frame
from signaling.protocol.server import CountsChanged, Event, QuorumChanged, VotesChanged
from signaling.protocol.views import Counts, VoteView
from signaling.rooms.room import Room
from signaling.rooms.voting import Voting, is_voting
from signaling.rooms.watching import Watching


class Teller:
    """Tells one room what differs from what it was told. `tell` is for a Pulse."""

    def __init__(self, room: Room, voting: Voting, watching: Watching) -> None:
        self._room = room
        self._voting = voting
        self._watching = watching
        self._counts: Counts | None = None
        self._votes: tuple[VoteView, ...] = room.votes
        self._one_at_a_time = asyncio.Lock()
        self._waits_until = 0.0

    def wait_for_return(self, seconds: float) -> None:
        """Stop no vote for a while: after a restart nobody is here, and all are on their way."""
        self._waits_until = asyncio.get_running_loop().time() + seconds

    async def tell(self) -> None:
        """Tell counts and quorum; where a vote is open, end it if it may not go on."""
        room = self._room
        counts = room.counts()
        if counts != self._counts:
            self._counts = counts
            room.broadcast(CountsChanged(counts=counts))
        quorum = room.quorum()
        if quorum != room.quorum_told:
            room.quorum_told = quorum
            self._to_all(QuorumChanged(occurrence=room.id, quorum=quorum))
        if is_voting(room):
            await self.tell_votes()

    async def tell_votes(self) -> None:
        """Read the votes, after stopping those that may not go on, and tell them."""
        async with self._one_at_a_time:
            waits = asyncio.get_running_loop().time() < self._waits_until
            await self._voting.refresh(self._room, enforce=not waits)
            if self._room.votes != self._votes:
                self._votes = self._room.votes
                self._to_all(VotesChanged(occurrence=self._room.id, votes=self._votes))

    def _to_all(self, event: Event) -> None:
        self._room.broadcast(event)
        self._watching.tell(self._room.id, Frame.event(event))
