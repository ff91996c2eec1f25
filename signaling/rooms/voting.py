"""The votes of a room: read from the store, stopped when they may not go on, shown to devices."""

from scheduler.attendance.presence_checks import PresenceChecks
from scheduler.votes.model import VoteState
from scheduler.votes.model import VoteView as Stored
from scheduler.votes.quorum import Quorums
from scheduler.votes.service import Votes
from signaling.protocol.views import VoteSite, VoteView
from signaling.rooms.room import Room


class Voting:
    """What rooms ask of the services of quorum, votes and presence checks."""

    def __init__(self, votes: Votes, quorums: Quorums, checks: PresenceChecks) -> None:
        self.votes = votes
        self.quorums = quorums
        self.checks = checks

    async def read(self, room: Room) -> None:
        """Fill a new room with the rule of its meeting and its votes."""
        room.rule = self.quorums.rule(room.occurrence)
        await self._read_votes(room)

    async def refresh(self, room: Room, *, enforce: bool) -> None:
        """Stop the votes that may not go on (with `enforce`), and read all of them again."""
        if enforce and not room.closed and is_voting(room):
            await self.votes.enforce(room.id)
        await self._read_votes(room)

    async def _read_votes(self, room: Room) -> None:
        room.votes = shown(await self.votes.of(room.id))
        chosen = await self.votes.choices(room.id) if is_voting(room) else {}
        room.choices = {vote: dict(choices) for vote, choices in chosen.items()}


def is_voting(room: Room) -> bool:
    """Say whether a vote is open in the room, as far as it knows."""
    return any(vote.state == "open" for vote in room.votes)


def shown(votes: tuple[Stored, ...]) -> tuple[VoteView, ...]:
    """Return the votes as devices see them, without those that were withdrawn."""
    return tuple(_shown(vote) for vote in votes if vote.state is not VoteState.WITHDRAWN)


def _shown(vote: Stored) -> VoteView:
    decided = vote.state is VoteState.CLOSED
    running = vote.state is VoteState.OPEN
    return VoteView.model_validate(
        {
            "vote": vote.id,
            "agenda_item": vote.agenda_item,
            "title": vote.title,
            "kind": vote.kind.value,
            "candidate": vote.candidate,
            "secret": vote.secret,
            "state": vote.state.value,
            "ballot": vote.ballot,
            "stopped_reason": vote.stopped_reason.value if vote.stopped_reason else None,
            "expected_voting": vote.expected_voting,
            "present_voting": vote.present_voting,
            "needed": vote.needed,
            "votes_needed": vote.votes_needed,
            "cast": vote.for_ + vote.against + vote.abstain,
            "in_favour": vote.for_ if decided else None,
            "against": vote.against if decided else None,
            "abstain": vote.abstain if decided else None,
            "written": vote.written if decided else None,
            "adopted": vote.adopted,
            "sites": tuple(
                VoteSite(site=one.site, voters=one.voters, counted=one.for_ is not None)
                for one in vote.sites
                if running
            ),
        }
    )
