"""Votes of a meeting: prepared, opened with a quorum, cast, counted, stopped, closed.

Everything is appended. Each writing method is one transaction that holds the meeting's row, so that
a vote is not closed while a ballot is being cast. `by` is the person or device that acts.
"""

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from config.settings import Rules as LocalRules
from scheduler.attendance.evidence import gather
from scheduler.clock import Clock
from scheduler.directory.service import Directory
from scheduler.errors import Conflict, Invalid, NotFound, Refused
from scheduler.meetings.base import existing, reason_given
from scheduler.meetings.model import Occurrence, State
from scheduler.rules.limits import may_vote
from scheduler.rules.model import VoteKind
from scheduler.rules.rulebook import DEFAULTS, election_base
from scheduler.rules.voting import RULES, is_adopted
from scheduler.store import agenda_item_rows, directory_rows, vote_rows
from scheduler.store.engine import Store
from scheduler.store.vote_rows import Papers
from scheduler.votes import tally
from scheduler.votes.checks import known_choice, must_be_open, must_not_be_counted, why_not
from scheduler.votes.model import (
    BallotPaper,
    Choice,
    HandCount,
    Opinion,
    Question,
    StopReason,
    Tally,
    VoteEvent,
    VoteState,
    VoteView,
)
from scheduler.votes.presence import places_at, present_at
from scheduler.votes.quorum import Quorums
from scheduler.votes.states import VoteAct, follow
from scheduler.votes.views import Situation, ballot_of, state_of, view

UNFINISHED = frozenset({State.SCHEDULED, State.OPEN})


class Votes:
    """The votes of all meetings. `local` is the section `[rules]` of the settings."""

    def __init__(
        self, store: Store, clock: Clock, zone: ZoneInfo, local: LocalRules = DEFAULTS
    ) -> None:
        self._store = store
        self._clock = clock
        self._local = local
        self._quorums = Quorums(store, clock, zone, local)
        self._directory = Directory(store, clock, zone)

    async def of(self, occurrence: str) -> tuple[VoteView, ...]:
        """Return all votes of a meeting in the order in which they were prepared; raise NotFound.
        Those that were withdrawn are among them."""
        async with self._store.read() as connection:
            found = await existing(connection, occurrence)
            return await self._views(connection, found)

    async def choices(self, occurrence: str) -> dict[str, dict[str, Choice]]:
        """Return what was chosen on devices in each vote that is open now, by person."""
        async with self._store.read() as connection:
            return {
                papers.question.id: {
                    person: one.choice
                    for person, one in tally.ballots_of(papers, ballot_of(papers)).items()
                }
                for papers in await vote_rows.papers(connection, occurrence)
                if state_of(papers) is VoteState.OPEN
            }

    async def meeting_of(self, vote: str) -> str:
        """Return the meeting a vote belongs to; raise NotFound("unknown_vote")."""
        async with self._store.read() as connection:
            return await _meeting_of(connection, vote)

    async def prepare(
        self,
        occurrence: str,
        title: str,
        kind: str,
        by: str | None,
        *,
        agenda_item: str | None = None,
        candidate: str | None = None,
    ) -> VoteView:
        """Put a question on the list, before the meeting or during it.

        Raise Invalid("unknown_vote_kind" | "vote_not_of_this_meeting" | "vote_not_of_this_branch"
        | "candidate_missing" | "unknown_agenda_item"), Conflict.
        """
        if kind not in list(VoteKind):
            raise Invalid("unknown_vote_kind", kind[:64])
        rule = RULES[VoteKind(kind)]
        if rule.one_candidate and candidate is None:
            raise Invalid("candidate_missing", kind)
        async with self._store.begin() as connection:
            found = await existing(connection, occurrence, lock=True)
            if found.state is State.CANCELLED:
                raise Conflict("occurrence_cancelled", occurrence)
            if found.state not in UNFINISHED:
                raise Conflict("occurrence_over", occurrence)
            await self._allowed(connection, found, rule.kind)
            if agenda_item is not None:
                await _must_be_an_item(connection, occurrence, agenda_item)
            question = Question(
                id=uuid.uuid4().hex,
                occurrence=occurrence,
                agenda_item=agenda_item,
                title=reason_given(title),
                kind=rule.kind,
                candidate=reason_given(candidate) if candidate is not None else None,
                created_at=self._clock.now(),
                created_by=by,
            )
            await vote_rows.insert_question(connection, question)
            return await self._view(connection, found, question.id)

    async def lodge(self, vote: str, person: str, choice: str, by: str | None) -> None:
        """Lodge an absentee's written opinion, before the meeting begins; the last one holds.

        Raise Invalid("opinion_not_allowed" | "not_a_voter"), Conflict("opinion_too_late").
        """
        chosen = known_choice(choice)
        async with self._store.begin() as connection:
            found, papers = await self._locked(connection, vote)
            if not RULES[papers.question.kind].written:
                raise Invalid("opinion_not_allowed", papers.question.kind)
            now = self._clock.now()
            if now >= found.scheduled_start or state_of(papers) is not VoteState.PREPARED:
                raise Conflict("opinion_too_late", vote)
            situation = await self._situation(connection, found, now)
            if person not in situation.room.voters:
                raise Invalid("not_a_voter", person[:64])
            opinion = Opinion(vote=vote, person=person, choice=chosen, at=now, by=by)
            await vote_rows.append_opinion(connection, opinion)

    async def open(self, vote: str, by: str | None) -> VoteView:
        """Open a vote, for a new ballot where an earlier one was stopped. Harmless when open.

        Raise Conflict("occurrence_not_open" | "another_vote_open" | "quorum_missing" |
        "vote_secret_over_video" | "vote_over"), Invalid when the rules allow no such vote here.
        """
        async with self._store.begin() as connection:
            found, papers = await self._locked(connection, vote)
            if follow(state_of(papers), VoteAct.OPEN, vote) is None:
                return await self._view(connection, found, vote)
            if found.state is not State.OPEN:
                raise Conflict("occurrence_not_open", found.id)
            kind = papers.question.kind
            await self._allowed(connection, found, kind)
            others = await vote_rows.papers(connection, found.id)
            if any(state_of(other) is VoteState.OPEN for other in others):
                raise Conflict("another_vote_open", vote)
            now = self._clock.now()
            situation = await self._situation(connection, found, now)
            reason = why_not(kind, situation)
            if reason is StopReason.OVER_VIDEO:
                raise Conflict("vote_secret_over_video", vote)
            if reason is not None:
                raise Conflict("quorum_missing", vote)
            await self._append(
                connection, papers, situation, VoteAct.OPEN, now, by, ballot=ballot_of(papers) + 1
            )
            return await self._view(connection, found, vote)

    async def cast(self, vote: str, person: str, choice: str, presence: str) -> None:
        """Write down what a person chose on the device whose stay is `presence`; the last choice
        of the person holds, on whichever device.

        Raise Conflict("vote_not_open" | "vote_counted_by_hand"), Refused("not_a_voter" |
        "not_signed_in_here"), Invalid("vote_secret_on_paper").
        """
        chosen = known_choice(choice)
        async with self._store.begin() as connection:
            found, papers = await self._locked(connection, vote)
            must_be_open(papers)
            if RULES[papers.question.kind].secret:
                raise Invalid("vote_secret_on_paper", vote)
            now = self._clock.now()
            situation = await self._situation(connection, found, now)
            if person not in situation.room.voters:
                raise Refused("not_a_voter", person[:64])
            where = situation.room.where.get(person)
            if where is None or presence not in where.stays:
                raise Refused("not_signed_in_here", person[:64])
            ballot = ballot_of(papers)
            paper = BallotPaper(
                vote=vote, ballot=ballot, person=person, choice=chosen, presence=presence, at=now
            )
            must_not_be_counted(papers, paper, situation, now)
            await vote_rows.append_ballot(connection, paper)

    async def count(
        self, vote: str, site: str, in_favour: int, against: int, abstain: int, by: str | None
    ) -> VoteView:
        """Write down what was counted by hand at a site; the last count of a site holds.

        Raise Invalid("count_negative" | "count_exceeds_present"), Conflict("vote_not_open").
        """
        counted = Tally(for_=in_favour, against=against, abstain=abstain)
        if min(in_favour, against, abstain) < 0:
            raise Invalid("count_negative", vote)
        async with self._store.begin() as connection:
            found, papers = await self._locked(connection, vote)
            must_be_open(papers)
            now = self._clock.now()
            situation = await self._situation(connection, found, now)
            ballot = ballot_of(papers)
            free = tally.free_at(papers, ballot, situation.room, site)
            if counted.cast > free:
                raise Invalid("count_exceeds_present", f"{counted.cast} of {free}")
            if free:
                await vote_rows.append_count(
                    connection,
                    HandCount(vote=vote, ballot=ballot, site=site, tally=counted, at=now, by=by),
                )
            return await self._view(connection, found, vote)

    async def close(self, vote: str, by: str | None) -> VoteView:
        """Close a vote and decide it. Harmless when closed.

        Where the quorum is gone at this moment it is stopped instead, and nothing is decided.
        """
        async with self._store.begin() as connection:
            found, papers = await self._locked(connection, vote)
            if follow(state_of(papers), VoteAct.CLOSE, vote) is None:
                return await self._view(connection, found, vote)
            now = self._clock.now()
            situation = await self._situation(connection, found, now)
            reason = why_not(papers.question.kind, situation)
            act = VoteAct.CLOSE if reason is None else VoteAct.STOP
            author = by if reason is None else None
            await self._append(connection, papers, situation, act, now, author, reason=reason)
            return await self._view(connection, found, vote)

    async def withdraw(self, vote: str, by: str | None) -> VoteView:
        """Take a question off the list that is not open and was not decided."""
        async with self._store.begin() as connection:
            found, papers = await self._locked(connection, vote)
            if follow(state_of(papers), VoteAct.WITHDRAW, vote) is not None:
                now = self._clock.now()
                situation = await self._situation(connection, found, now)
                await self._append(connection, papers, situation, VoteAct.WITHDRAW, now, by)
            return await self._view(connection, found, vote)

    async def enforce(self, occurrence: str) -> tuple[str, ...]:
        """Stop the votes that may not go on: the quorum is lost, a secret vote is over video, or
        the meeting has ended. Return which; call it when somebody came or went."""
        stopped = []
        async with self._store.begin() as connection:
            found = await existing(connection, occurrence, lock=True)
            for papers in await vote_rows.papers(connection, occurrence):
                if state_of(papers) is not VoteState.OPEN:
                    continue
                now = self._clock.now()
                situation = await self._situation(connection, found, now)
                reason = why_not(papers.question.kind, situation)
                if found.state is not State.OPEN:
                    reason = StopReason.MEETING_ENDED
                if reason is not None:
                    await self._append(
                        connection, papers, situation, VoteAct.STOP, now, None, reason=reason
                    )
                    stopped.append(papers.question.id)
        return tuple(stopped)

    async def _allowed(
        self, connection: AsyncConnection, occurrence: Occurrence, kind: VoteKind
    ) -> None:
        """Refuse what the type of the meeting or the kind of the unit does not decide."""
        rule = self._quorums.rule(occurrence)
        if rule is None or kind not in rule.votes:
            raise Invalid("vote_not_of_this_meeting", kind)
        today = self._directory.today()
        [unit] = await directory_rows.units(connection, today, ids={occurrence.unit})
        if not may_vote(unit.kind, kind):
            raise Invalid("vote_not_of_this_branch", kind)

    async def _locked(self, connection: AsyncConnection, vote: str) -> tuple[Occurrence, Papers]:
        found = await existing(connection, await _meeting_of(connection, vote), lock=True)
        papers = {one.question.id: one for one in await vote_rows.papers(connection, found.id)}
        return found, papers[vote]

    async def _situation(
        self, connection: AsyncConnection, occurrence: Occurrence, now: datetime
    ) -> Situation:
        [evidence] = await gather(connection, [occurrence], now)
        quorum = await self._quorums.count(connection, evidence, now)
        present = await self._quorums.present(connection, evidence, now)
        where = present_at(evidence, now, now) if occurrence.state is State.OPEN else {}
        roster = await self._quorums.roster(connection, evidence)
        return Situation(
            evidence=evidence,
            quorum=quorum,
            room=tally.Room(
                voters=frozenset(entry.person for entry in roster if entry.votes),
                where={person: place for person, place in where.items() if person in present},
            ),
            places=len(places_at(evidence, now, now)) if occurrence.state is State.OPEN else 0,
        )

    async def _append(
        self,
        connection: AsyncConnection,
        papers: Papers,
        situation: Situation,
        act: VoteAct,
        now: datetime,
        by: str | None,
        *,
        ballot: int | None = None,
        reason: StopReason | None = None,
    ) -> None:
        question = papers.question
        number = ballot_of(papers) if ballot is None else ballot
        written = RULES[question.kind].written
        result = tally.count(papers, number, situation.room, written=written)
        adopted = None
        if act is VoteAct.CLOSE:
            adopted = is_adopted(
                question.kind,
                situation.quorum.expected_voting,
                situation.quorum.present_voting,
                result.for_,
                election_of=election_base(self._local),
            )
        event = VoteEvent(
            vote=question.id,
            act=act,
            ballot=number,
            at=now,
            by=by,
            reason=reason,
            quorum=situation.quorum,
            tally=result,
            adopted=adopted,
        )
        await vote_rows.append_event(connection, event)

    async def _view(
        self, connection: AsyncConnection, occurrence: Occurrence, vote: str
    ) -> VoteView:
        views = await self._views(connection, occurrence)
        return next(one for one in views if one.id == vote)

    async def _views(
        self, connection: AsyncConnection, occurrence: Occurrence
    ) -> tuple[VoteView, ...]:
        all_papers = await vote_rows.papers(connection, occurrence.id)
        if not all_papers:
            return ()
        situation = await self._situation(connection, occurrence, self._clock.now())
        base = election_base(self._local)
        return tuple(view(papers, situation, base) for papers in all_papers)


async def _must_be_an_item(connection: AsyncConnection, occurrence: str, item: str) -> None:
    if item not in {one.id for one in await agenda_item_rows.of(connection, occurrence)}:
        raise Invalid("unknown_agenda_item", item[:64])


async def _meeting_of(connection: AsyncConnection, vote: str) -> str:
    found = await vote_rows.occurrence_of(connection, vote)
    if found is None:
        raise NotFound("unknown_vote", vote[:64])
    return found
