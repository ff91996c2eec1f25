"""The log of attendance: facts are appended when they happen and never changed."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.attendance.appending import Entry, append
from scheduler.attendance.evidence import gather
from scheduler.attendance.model import (
    Attended,
    Cause,
    Correction,
    FactKind,
    How,
    Mark,
    RollEntry,
)
from scheduler.attendance.results import write_result
from scheduler.attendance.roll_call import entries, known_kind
from scheduler.clock import Clock
from scheduler.directory.service import LOCAL_ZONE
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.meetings.model import Occurrence, State
from scheduler.store import attendance_rows, directory_rows, occurrence_rows, roster_rows
from scheduler.store.base import is_id
from scheduler.store.engine import Store

REASON_LENGTH = 200
LONGEST_STAY = timedelta(days=3)
"""A meeting lasts a day at most, is opened at most half a day before and closed soon after."""


class AttendanceLog:
    """Appends facts for one run of one node. `node` names the node, `boot` this run of it.

    `presence` is an id chosen by signaling: one device staying in one occurrence without a break.
    What a method writes is committed when it returns; repeating one does no harm to the fold.
    Facts that come together are committed together. `written` counts the facts this run has
    committed, by kind.
    """

    def __init__(
        self, store: Store, clock: Clock, node: str, boot: str, zone: ZoneInfo = LOCAL_ZONE
    ) -> None:
        self._store = store
        self._clock = clock
        self._node = node
        self._boot = boot
        self._zone = zone
        self._appending = store.batches(self._append)
        self.written: Counter[FactKind] = Counter(dict.fromkeys(FactKind, 0))

    async def joined(
        self, occurrence: str, presence: str, device: str | None, person: str | None
    ) -> None:
        """A device came in; with `person` that person is signed in by it. Raise NotFound."""
        await self._appending.call(
            Entry(
                occurrence=occurrence,
                kind=FactKind.JOINED,
                presence=presence,
                at=self._clock.now(),
                device=device,
                person=person,
            )
        )

    async def signed_in(self, occurrence: str, presence: str, person: str, how: How | str) -> None:
        """A person said to sit at the device; counts from now while the presence lasts."""
        await self._appending.call(
            Entry(
                occurrence=occurrence,
                kind=FactKind.SIGNED_IN,
                presence=presence,
                at=self._clock.now(),
                person=person,
                cause=How(how),
            )
        )

    async def left(
        self, occurrence: str, presence: str, cause: Cause | str, at: datetime | None = None
    ) -> None:
        """The device went, now or at `at`."""
        await self._appending.call(self._leaving(occurrence, presence, cause, at))

    async def left_together(
        self, occurrence: str, ends: Mapping[str, datetime | None], cause: Cause | str
    ) -> None:
        """Several presences ended, each at its time or now, in one transaction."""
        leaving = [self._leaving(occurrence, one, cause, at) for one, at in ends.items()]
        for outcome in await self._append(leaving):
            if outcome is not None:
                raise outcome

    async def mark(
        self,
        occurrence: str,
        site: str,
        person: str,
        mark: str,
        by: str | None,
        substitute: str | None = None,
    ) -> None:
        """Tick a person of the roster at a site, while the meeting is open or not yet settled.

        With a substitute the person is away, as marked or absent, and the substitute is counted
        in the person's stead (without a vote). Raise Invalid, NotFound, Conflict.
        """
        kind = known_kind(mark)
        async with self._store.begin() as connection:
            found = await _begun(connection, occurrence)
            if found.state is State.SETTLED:
                raise Conflict("occurrence_over", occurrence)
            roster = await roster_rows.persons(connection, occurrence)
            if person not in {entry.person for entry in roster}:
                raise Invalid("not_on_roster", person[:64])
            if substitute == person:
                raise Invalid("substitute_is_the_person", person[:64])
            if not await directory_rows.sites(connection, ids={site}):
                raise NotFound("unknown_site", site[:64])
            if substitute is not None:
                await _known_person(connection, substitute)
            ticked = Mark(
                site=site,
                person=person,
                mark=kind,
                at=self._clock.now(),
                by=by,
                substitute=substitute,
            )
            await attendance_rows.append_mark(connection, occurrence, ticked)

    async def marks(self, occurrence: str, site: str) -> tuple[RollEntry, ...]:
        """Return the persons the site may tick, with their last tick: those expected there, those
        expected at no site of the meeting, and those who were ticked there."""
        async with self._store.read() as connection:
            found = await _existing(connection, occurrence)
            [evidence] = await gather(connection, [found], self._clock.now())
            sites = await roster_rows.sites(connection, occurrence)
            return entries(evidence, sites, site, self._clock.now())

    async def all_marks(self, occurrence: str) -> tuple[Mark, ...]:
        """Return every tick of the occurrence's roll calls, the oldest first."""
        async with self._store.read() as connection:
            found = await attendance_rows.marks(connection, [occurrence])
        return tuple(sorted(found.get(occurrence, ()), key=lambda mark: mark.at))

    async def correct(
        self,
        occurrence: str,
        person: str,
        state: str,
        minutes: float | None,
        author: str,
        reason: str,
    ) -> Correction:
        """Append a correction of somebody on the roster or in the meeting; reports show it beside
        what the facts say, and count it. Raise Invalid, NotFound, Conflict."""
        if state not in list(Attended):
            raise Invalid("unknown_attendance_state", state[:64])
        if not reason.strip() or len(reason) > REASON_LENGTH or "\0" in reason:
            raise Invalid("reason_missing", f"1 to {REASON_LENGTH} characters")
        async with self._store.begin() as connection:
            found = await _begun(connection, occurrence)
            now = self._clock.now()
            [evidence] = await gather(connection, [found], now)
            frame, folded = evidence.folded(now)
            if person not in {attendance.person for attendance in folded.persons}:
                raise Invalid("not_on_roster", person[:64])
            longest = max(frame.planned, found.scheduled_end - found.scheduled_start)
            most = longest.total_seconds() / 60
            if minutes is not None and not (math.isfinite(minutes) and 0 <= minutes <= most):
                raise Invalid("minutes_out_of_range", f"0 to {most:.0f}")
            correction = Correction(
                person=person,
                state=Attended(state),
                minutes=minutes,
                author=author,
                reason=reason.strip(),
                at=now,
            )
            await attendance_rows.append_correction(connection, occurrence, correction)
            if found.state is State.SETTLED:
                await write_result(connection, found, now, self._zone)
        return correction

    async def keep_alive(self) -> None:
        """Write down that this run is alive. Call it at the start and every second."""
        async with self._store.begin() as connection:
            await attendance_rows.write_alive(connection, self._node, self._boot, self._clock.now())

    async def recover(self) -> int:
        """End the presences that former runs of this node left open, when they were last alive.

        Return how many. Call it once at the start, before anybody joins.
        """
        async with self._store.begin() as connection:
            now = self._clock.now()
            boots = await attendance_rows.unrecovered_boots(connection, self._node, self._boot)
            leaving: list[Entry] = []
            for boot, alive_at in boots:
                left_open = await attendance_rows.open_presences(
                    connection, boot, alive_at - LONGEST_STAY
                )
                leaving += [
                    self._leaving(occurrence, presence, Cause.SERVER_LOST, max(alive_at, last))
                    for occurrence, presence, last in left_open
                ]
                await attendance_rows.write_recovered(connection, boot, now)
            await self._append_in(connection, leaving)
        return len(leaving)

    def _leaving(
        self, occurrence: str, presence: str, cause: Cause | str, at: datetime | None
    ) -> Entry:
        return Entry(
            occurrence=occurrence,
            kind=FactKind.LEFT,
            presence=presence,
            at=at or self._clock.now(),
            cause=Cause(cause),
        )

    async def _append(self, entries: Sequence[Entry]) -> list[Exception | None]:
        async with self._store.begin() as connection:
            outcomes = await self._append_in(connection, entries)
        for entry, outcome in zip(entries, outcomes, strict=True):
            self.written[entry.kind] += outcome is None
        return outcomes

    async def _append_in(
        self, connection: AsyncConnection, entries: Sequence[Entry]
    ) -> list[Exception | None]:
        now = self._clock.now()
        outcomes, settled = await append(connection, entries, boot=self._boot, now=now)
        for occurrence in settled:  # stragglers, such as an end found after a crash
            await write_result(connection, occurrence, now, self._zone)
        return outcomes


async def _existing(connection: AsyncConnection, occurrence: str) -> Occurrence:
    found = await occurrence_rows.read_one(connection, occurrence)
    if found is None:
        raise NotFound("unknown_occurrence", occurrence[:64])
    return found


async def _begun(connection: AsyncConnection, occurrence: str) -> Occurrence:
    """Return an occurrence that was opened, locked; raise Conflict("occurrence_not_open")."""
    found = await occurrence_rows.read_one(connection, occurrence, lock=True)
    if found is None:
        raise NotFound("unknown_occurrence", occurrence[:64])
    if found.opened_at is None:
        raise Conflict("occurrence_not_open", occurrence)
    return found


async def _known_person(connection: AsyncConnection, person: str) -> None:
    if not is_id(person) or not await directory_rows.persons(connection, ids={person}):
        raise NotFound("unknown_person", person[:64])
