"""Appending and reading votes: questions, events, ballots, counts by hand, written opinions."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.rules.model import VoteKind
from scheduler.store.base import is_id
from scheduler.store.vote_tables import vote, vote_ballot, vote_count, vote_event, vote_opinion
from scheduler.votes.model import (
    BallotPaper,
    Choice,
    HandCount,
    Opinion,
    Question,
    QuorumView,
    StopReason,
    Tally,
    VoteEvent,
)


@dataclass(frozen=True, kw_only=True)
class Papers:
    """All that was written down about one vote, oldest first."""

    question: Question
    events: tuple[VoteEvent, ...]
    ballots: tuple[BallotPaper, ...]
    counts: tuple[HandCount, ...]
    opinions: tuple[Opinion, ...]


async def insert_question(connection: AsyncConnection, question: Question) -> None:
    """Store what is voted on."""
    await connection.execute(
        insert(vote).values(
            id=question.id,
            occurrence=question.occurrence,
            agenda_item=question.agenda_item,
            title=question.title,
            kind=question.kind,
            candidate=question.candidate,
            created_at=question.created_at,
            created_by=question.created_by,
        )
    )


async def append_event(connection: AsyncConnection, event: VoteEvent) -> None:
    """Append what happened to a vote."""
    quorum, tally = event.quorum, event.tally
    await connection.execute(
        insert(vote_event).values(
            vote=event.vote,
            act=event.act,
            ballot=event.ballot,
            at=event.at,
            by=event.by,
            reason=event.reason,
            expected_total=quorum.expected_total,
            expected_voting=quorum.expected_voting,
            present_total=quorum.present_total,
            present_voting=quorum.present_voting,
            in_favour=tally.for_,
            against=tally.against,
            abstain=tally.abstain,
            written=tally.written,
            adopted=event.adopted,
        )
    )


async def append_ballot(connection: AsyncConnection, paper: BallotPaper) -> None:
    """Append what a person chose."""
    await connection.execute(
        insert(vote_ballot).values(
            vote=paper.vote,
            ballot=paper.ballot,
            person=paper.person,
            choice=paper.choice,
            presence=paper.presence,
            at=paper.at,
        )
    )


async def append_count(connection: AsyncConnection, count: HandCount) -> None:
    """Append what was counted at a site."""
    await connection.execute(
        insert(vote_count).values(
            vote=count.vote,
            ballot=count.ballot,
            site=count.site,
            in_favour=count.tally.for_,
            against=count.tally.against,
            abstain=count.tally.abstain,
            at=count.at,
            by=count.by,
        )
    )


async def append_opinion(connection: AsyncConnection, opinion: Opinion) -> None:
    """Append an opinion lodged in writing."""
    await connection.execute(
        insert(vote_opinion).values(
            vote=opinion.vote,
            person=opinion.person,
            choice=opinion.choice,
            at=opinion.at,
            by=opinion.by,
        )
    )


async def occurrence_of(connection: AsyncConnection, vote_id: str) -> str | None:
    """Return the meeting a vote belongs to, None for one that does not exist."""
    if not is_id(vote_id):
        return None
    found = await connection.execute(select(vote.c.occurrence).where(vote.c.id == vote_id))
    return found.scalar_one_or_none()


async def papers(connection: AsyncConnection, occurrence: str) -> tuple[Papers, ...]:
    """Read all votes of an occurrence, in the order in which they were prepared."""
    rows = (
        await connection.execute(
            select(vote)
            .where(vote.c.occurrence == occurrence)
            .order_by(vote.c.created_at, vote.c.id)
        )
    ).all()
    ids = [row.id for row in rows]
    if not ids:
        return ()
    events = [_event(row) for row in await _of(connection, vote_event, ids)]
    ballots = [_ballot(row) for row in await _of(connection, vote_ballot, ids)]
    counts = [_count(row) for row in await _of(connection, vote_count, ids)]
    opinions = [_opinion(row) for row in await _of(connection, vote_opinion, ids)]
    return tuple(
        Papers(
            question=_question(row),
            events=tuple(one for one in events if one.vote == row.id),
            ballots=tuple(one for one in ballots if one.vote == row.id),
            counts=tuple(one for one in counts if one.vote == row.id),
            opinions=tuple(one for one in opinions if one.vote == row.id),
        )
        for row in rows
    )


async def _of(connection: AsyncConnection, table: Any, ids: Collection[str]) -> list[Row[Any]]:
    statement = select(table).where(table.c.vote.in_(ids)).order_by(table.c.id)
    return list(await connection.execute(statement))


def _question(row: Row[Any]) -> Question:
    return Question(
        id=row.id,
        occurrence=row.occurrence,
        agenda_item=row.agenda_item,
        title=row.title,
        kind=VoteKind(row.kind),
        candidate=row.candidate,
        created_at=row.created_at,
        created_by=row.created_by,
    )


def _event(row: Row[Any]) -> VoteEvent:
    return VoteEvent(
        vote=row.vote,
        act=row.act,
        ballot=row.ballot,
        at=row.at,
        by=row.by,
        reason=StopReason(row.reason) if row.reason is not None else None,
        quorum=QuorumView(
            expected_total=row.expected_total,
            expected_voting=row.expected_voting,
            present_total=row.present_total,
            present_voting=row.present_voting,
            needed=None,
            reached=None,
        ),
        tally=_tally(row, row.written),
        adopted=row.adopted,
    )


def _tally(row: Row[Any], written: int = 0) -> Tally:
    return Tally(for_=row.in_favour, against=row.against, abstain=row.abstain, written=written)


def _ballot(row: Row[Any]) -> BallotPaper:
    return BallotPaper(
        vote=row.vote,
        ballot=row.ballot,
        person=row.person,
        choice=Choice(row.choice),
        presence=row.presence,
        at=row.at,
    )


def _count(row: Row[Any]) -> HandCount:
    return HandCount(
        vote=row.vote,
        ballot=row.ballot,
        site=row.site,
        tally=_tally(row),
        at=row.at,
        by=row.by,
    )


def _opinion(row: Row[Any]) -> Opinion:
    return Opinion(
        vote=row.vote,
        person=row.person,
        choice=Choice(row.choice),
        at=row.at,
        by=row.by,
    )
