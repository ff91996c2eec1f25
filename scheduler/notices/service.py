"""Notices: who has to be told what, found by comparing the meetings with what was told before.

Nothing that changes a meeting needs to know of notices, and none is forgotten: whatever happened
while nobody looked, a person is told the difference between what they know and what holds.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from scheduler.clock import Clock
from scheduler.directory.service import LOCAL_ZONE
from scheduler.meetings.recurrence import local_day
from scheduler.notices import records
from scheduler.notices.model import Channel, Delivery, Notice, NoticeKind, NoticeState
from scheduler.store import notice_rows
from scheduler.store.engine import Store

REMINDING: Final = frozenset({Channel.SMS, Channel.WEBHOOK})
"""Channels that remind; a calendar that took an invitation by mail does so by itself."""


class Notices:
    """Writes what is to be told, and keeps the queue of messages."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        channels: Collection[Channel],
        *,
        invite_before: timedelta,
        remind_before: timedelta,
        zone: ZoneInfo = LOCAL_ZONE,
    ) -> None:
        """`remind_before` of zero: no reminders."""
        self._store = store
        self._clock = clock
        self._channels = tuple(sorted(channels))
        self._invite_before = invite_before
        self._remind_before = remind_before
        self._zone = zone

    async def write(self) -> int:
        """Write the notices of everybody who does not know what holds; return how many."""
        count = 0
        for channel in self._channels:
            for step in (self._call_off, self._invite, self._remind):
                while written := await step(channel):
                    count += written
            async with self._store.begin() as connection:
                count += await records.write(connection, channel, self._clock.now(), self._today())
        return count

    def _today(self) -> date:
        return local_day(self._clock.now(), self._zone)

    async def of(self, occurrence: str) -> tuple[Delivery, ...]:
        """Return every notice of an occurrence, the oldest first."""
        async with self._store.read() as connection:
            return await notice_rows.of_occurrence(connection, occurrence)

    async def take(self, lease: timedelta, most: int) -> tuple[Notice, ...]:
        """Take notices that are due; they come again when the lease runs out."""
        async with self._store.begin() as connection:
            return await notice_rows.take(connection, self._clock.now(), lease, most)

    async def next_ready(self) -> datetime | None:
        """Return when the next notice may be taken, None where none is due."""
        async with self._store.read() as connection:
            return await notice_rows.next_ready(connection)

    async def finish(self, taken: Notice, state: NoticeState, error: str | None = None) -> None:
        """Record how a notice ended."""
        async with self._store.begin() as connection:
            await notice_rows.finish(connection, taken, state, self._clock.now(), error)

    async def put_off(self, taken: Notice, pause: timedelta, error: str) -> None:
        """Record that sending failed; it is tried again after the pause."""
        async with self._store.begin() as connection:
            await notice_rows.put_off(connection, taken, self._clock.now() + pause, error)

    async def _call_off(self, channel: Channel) -> int:
        now = self._clock.now()
        async with self._store.begin() as connection:
            rows = await notice_rows.not_called_off(connection, channel, now)
            for row in rows:
                kind, sequence = NoticeKind.CANCELLATION, row.sequence + 1
                await notice_rows.write(connection, row, channel, kind, sequence, now)
        return len(rows)

    async def _invite(self, channel: Channel) -> int:
        now = self._clock.now()
        async with self._store.begin() as connection:
            until = now + self._invite_before
            rows = await notice_rows.not_invited(connection, channel, now, until)
            for row in rows:
                again = row.sequence is not None
                changed = again and not row.cancelled
                kind = NoticeKind.CHANGE if changed else NoticeKind.INVITATION
                sequence = row.sequence + 1 if again else 0
                await notice_rows.write(connection, row, channel, kind, sequence, now)
                if row.start <= now + self._remind_before:  # told just now: no reminder on top
                    await notice_rows.reminded(connection, row, channel)
        return len(rows)

    async def _remind(self, channel: Channel) -> int:
        if channel not in REMINDING or not self._remind_before:
            return 0
        now = self._clock.now()
        async with self._store.begin() as connection:
            until = now + self._remind_before
            rows = await notice_rows.not_reminded(connection, channel, now, until)
            for row in rows:
                kind = NoticeKind.REMINDER
                await notice_rows.write(connection, row, channel, kind, row.sequence, now)
                await notice_rows.reminded(connection, row, channel)
        return len(rows)
