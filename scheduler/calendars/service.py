"""Calendar feeds: issued, withdrawn, found by their token, and what they show."""

from datetime import UTC, date, datetime, time
from uuid import uuid4
from zoneinfo import ZoneInfo

from scheduler.accounts.tokens import fingerprint, new_token
from scheduler.calendars.events import events
from scheduler.calendars.model import Content, Event, Feed, FeedKind
from scheduler.clock import Clock
from scheduler.errors import Conflict, NotFound
from scheduler.meetings.drafts import LONGEST
from scheduler.meetings.recurrence import at_local, local_day
from scheduler.meetings.series import SERIES_CHANGED
from scheduler.store import calendar_rows, occurrence_rows, public_day_rows, series_rows
from scheduler.store.engine import Store

MOST_FEEDS = 30
"""Feeds of one person. Whoever needs more has forgotten the old ones."""
_EVER_AFTER = datetime(9999, 1, 1, tzinfo=UTC)


class Calendars:
    """Whoever has the address of a feed reads it: calendar programs do not sign in."""

    def __init__(self, store: Store, clock: Clock, zone: ZoneInfo) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone

    async def issue(self, kind: FeedKind, subject: str, by: str) -> tuple[Feed, str]:
        """Return a new feed and its token, which is told this once.

        The caller has checked that `by` may see the subject. Raise
        Conflict("too_many_calendar_feeds").
        """
        token = new_token()
        feed = Feed(
            id=uuid4().hex,
            kind=kind,
            subject=subject,
            issued_by=by,
            issued_at=self._clock.now(),
        )
        async with self._store.begin() as connection:
            if len(await calendar_rows.issued_by(connection, by)) >= MOST_FEEDS:
                raise Conflict("too_many_calendar_feeds", f"at most {MOST_FEEDS}")
            await calendar_rows.put(connection, feed, fingerprint(token))
        return feed, token

    async def issued_by(self, person: str) -> tuple[Feed, ...]:
        """Return the feeds that a person asked for, oldest first."""
        async with self._store.read() as connection:
            return await calendar_rows.issued_by(connection, person)

    async def revoke(self, feed: str, by: str) -> None:
        """Make the address of a feed of `by` void; raise NotFound("unknown_calendar_feed")."""
        async with self._store.begin() as connection:
            if not await calendar_rows.drop(connection, feed, by):
                raise NotFound("unknown_calendar_feed", feed[:64])

    async def find(self, token: str) -> Feed:
        """Return the feed of a token; raise NotFound("unknown_calendar_feed")."""
        async with self._store.read() as connection:
            found = await calendar_rows.find(connection, fingerprint(token))
        if found is None:
            raise NotFound("unknown_calendar_feed")
        return found

    async def events(self, feed: Feed) -> tuple[Event, ...]:
        """Return what the feed shows: this year, the one before, and all to come."""
        return events(await self._content(feed), self._zone)

    async def _content(self, feed: Feed) -> Content:
        first = date(local_day(self._clock.now(), self._zone).year - 1, 1, 1)
        start = at_local(first, time.min, self._zone)
        async with self._store.read() as connection:
            occurrences = await occurrence_rows.touching(
                connection,
                start,
                _EVER_AFTER,
                start - LONGEST,
                units=[feed.subject] if feed.kind is FeedKind.UNIT else None,
                person=feed.subject if feed.kind is FeedKind.PERSON else None,
                site=feed.subject if feed.kind is FeedKind.SITE else None,
            )
            going_on = await calendar_rows.series_that_expect(connection, feed.kind, feed.subject)
            return Content(
                first=first,
                occurrences=occurrences,
                series=await series_rows.series_of(connection, going_on),
                public_days=await public_day_rows.days_from(connection, first),
                laid_out_to=await calendar_rows.laid_out_to(connection, going_on, SERIES_CHANGED),
                changed_at=await calendar_rows.changed_at(
                    connection, going_on, [one.id for one in occurrences]
                ),
            )
