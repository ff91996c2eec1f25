"""Tokens for programs that speak WHIP or WHEP: one token, one occurrence, one of the two."""

from datetime import datetime, timedelta

from scheduler.accounts.model import StreamScope
from scheduler.accounts.tokens import fingerprint, new_token
from scheduler.clock import Clock
from scheduler.errors import Conflict, Invalid
from scheduler.meetings.model import Occurrence, State
from scheduler.store import stream_token_rows
from scheduler.store.account_tables import LABEL_LENGTH
from scheduler.store.engine import Store

AFTER_THE_MEETING = timedelta(days=1)
"""How long after the planned end a token holds when nothing else is said."""
_OVER = (State.CLOSED, State.SETTLED, State.CANCELLED)


class StreamTokens:
    """Issues and withdraws tokens; whom one speaks for, scheduler/accounts/identities.py tells."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def issue(
        self,
        occurrence: Occurrence,
        scope: StreamScope,
        label: str,
        lifetime: timedelta | None = None,
    ) -> tuple[str, datetime]:
        """Return a new token, which is told this once, and when it expires.

        Raise Conflict("occurrence_over"), or Invalid("label_malformed") for a label that is
        empty, longer than LABEL_LENGTH or not to be read.
        """
        label = " ".join(label.split())
        if not 0 < len(label) <= LABEL_LENGTH or not label.isprintable():
            raise Invalid("label_malformed")
        if occurrence.state in _OVER:
            raise Conflict("occurrence_over", occurrence.id)
        now = self._clock.now()
        until = max(occurrence.scheduled_end, now) + AFTER_THE_MEETING
        expires_at = now + lifetime if lifetime is not None else until
        token = new_token()
        async with self._store.begin() as connection:
            await stream_token_rows.put(
                connection, fingerprint(token), occurrence.id, scope, label, expires_at
            )
        return token, expires_at

    async def withdraw(self, occurrence: str) -> int:
        """Make all tokens of an occurrence void; return how many there were."""
        async with self._store.begin() as connection:
            return await stream_token_rows.drop_all_of(connection, occurrence)
