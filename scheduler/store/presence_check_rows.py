"""Appending and reading presence checks and their answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.store.base import is_id
from scheduler.store.vote_tables import presence_answer, presence_check


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A person said to be there, on the device whose stay is `presence`."""

    person: str
    presence: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PresenceCheck:
    """Somebody asked who is there. Each person's first answer is kept; nothing follows from it."""

    id: str
    occurrence: str
    at: datetime
    by: str | None
    answers: tuple[Answer, ...] = ()


async def insert_check(connection: AsyncConnection, check: PresenceCheck) -> None:
    """Store that somebody asked."""
    await connection.execute(
        insert(presence_check).values(
            id=check.id, occurrence=check.occurrence, at=check.at, by=check.by
        )
    )


async def append_answer(connection: AsyncConnection, check: str, answer: Answer) -> None:
    """Append that a person answered."""
    await connection.execute(
        insert(presence_answer).values(
            presence_check=check, person=answer.person, presence=answer.presence, at=answer.at
        )
    )


async def occurrence_of(connection: AsyncConnection, check: str) -> str | None:
    """Return the meeting a check belongs to, None for one that does not exist."""
    if not is_id(check):
        return None
    statement = select(presence_check.c.occurrence).where(presence_check.c.id == check)
    return (await connection.execute(statement)).scalar_one_or_none()


async def checks(connection: AsyncConnection, occurrence: str) -> tuple[PresenceCheck, ...]:
    """Read the checks of an occurrence with their answers, oldest first."""
    statement = (
        select(presence_check)
        .where(presence_check.c.occurrence == occurrence)
        .order_by(presence_check.c.at, presence_check.c.id)
    )
    rows = (await connection.execute(statement)).all()
    answers = await _answers(connection, [row.id for row in rows])
    return tuple(
        PresenceCheck(
            id=row.id,
            occurrence=row.occurrence,
            at=row.at,
            by=row.by,
            answers=tuple(answers.get(row.id, {}).values()),
        )
        for row in rows
    )


async def _answers(
    connection: AsyncConnection, checks: Sequence[str]
) -> dict[str, dict[str, Answer]]:
    """Read the first answer of each person, by check."""
    statement = (
        select(presence_answer)
        .where(presence_answer.c.presence_check.in_(checks))
        .order_by(presence_answer.c.id)
    )
    found: dict[str, dict[str, Answer]] = {}
    for row in await connection.execute(statement):
        answer = Answer(person=row.person, presence=row.presence, at=row.at)
        found.setdefault(row.presence_check, {}).setdefault(row.person, answer)
    return found
