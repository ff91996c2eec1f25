"""The presence check: a calm question during the meeting, answered with one tap, or not at all.

Answers are facts for the organizer to look at. They decide nothing: whoever does not answer is as
present as before.
"""

import uuid

from scheduler.clock import Clock
from scheduler.errors import Conflict, NotFound
from scheduler.meetings.base import existing
from scheduler.meetings.model import State
from scheduler.store import presence_check_rows
from scheduler.store.engine import Store
from scheduler.store.presence_check_rows import Answer, PresenceCheck


class PresenceChecks:
    """Asks and writes answers down. Every writing method is one transaction."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def ask(self, occurrence: str, by: str | None) -> PresenceCheck:
        """Ask everybody who is there; raise Conflict("occurrence_not_open")."""
        async with self._store.begin() as connection:
            found = await existing(connection, occurrence, lock=True)
            if found.state is not State.OPEN:
                raise Conflict("occurrence_not_open", occurrence)
            check = PresenceCheck(
                id=uuid.uuid4().hex, occurrence=occurrence, at=self._clock.now(), by=by
            )
            await presence_check_rows.insert_check(connection, check)
            return check

    async def answer(self, check: str, person: str, presence: str) -> None:
        """Write down that a person answered at a device; again is harmless.

        Raise NotFound("unknown_presence_check"), Conflict("occurrence_not_open").
        """
        async with self._store.begin() as connection:
            occurrence = await presence_check_rows.occurrence_of(connection, check)
            if occurrence is None:
                raise NotFound("unknown_presence_check", check[:64])
            found = await existing(connection, occurrence)
            if found.state is not State.OPEN:
                raise Conflict("occurrence_not_open", occurrence)
            answer = Answer(person=person, presence=presence, at=self._clock.now())
            await presence_check_rows.append_answer(connection, check, answer)

    async def of(self, occurrence: str) -> tuple[PresenceCheck, ...]:
        """Return the checks of a meeting with their answers, oldest first; raise NotFound."""
        async with self._store.read() as connection:
            await existing(connection, occurrence)
            return await presence_check_rows.checks(connection, occurrence)
