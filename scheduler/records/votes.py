"""The votes of a meeting and its quorum, as its record takes them down."""

from scheduler.records.content import Quorum, VoteLine
from scheduler.votes.model import VoteState, VoteView
from scheduler.votes.quorum import Quorums
from scheduler.votes.service import Votes


class RecordedVotes:
    """Takes down the votes that ended; one that was stopped decided nothing, and stands there."""

    def __init__(self, votes: Votes, quorums: Quorums) -> None:
        self._votes = votes
        self._quorums = quorums

    async def votes(self, occurrence: str) -> tuple[VoteLine, ...]:
        """Return the votes that ended, in the order in which they were prepared."""
        ended = (VoteState.CLOSED, VoteState.STOPPED)
        return tuple(_line(one) for one in await self._votes.of(occurrence) if one.state in ended)

    async def quorum(self, occurrence: str) -> Quorum | None:
        """Return the quorum, None for a meeting that needs none."""
        held = await self._quorums.held(occurrence)
        found = held.most
        if found.needed is None:
            return None
        return Quorum(
            expected_voting=found.expected_voting,
            present_voting=held.stayed_voting,
            together=found.present_voting,
            needed=found.needed,
            reached=found.reached,
        )


def _line(vote: VoteView) -> VoteLine:
    return VoteLine(
        id=vote.id,
        item=vote.agenda_item,
        title=vote.title,
        kind=str(vote.kind),
        in_favour=vote.for_,
        against=vote.against,
        abstained=vote.abstain,
        written=vote.written,
        expected_voting=vote.expected_voting,
        present_voting=vote.present_voting,
        adopted=vote.adopted,
    )
