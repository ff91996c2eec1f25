"""Conflicts: who or what a planned meeting needs at a time when another meeting does.

They are shown before anything is saved, and looked for again by the transaction that saves. Saving
over them is possible: somebody says why, and that is written down with what was shown.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from scheduler.clock import Clock
from scheduler.directory.model import Device
from scheduler.directory.service import Directory
from scheduler.errors import Conflict
from scheduler.meetings.base import reason_given
from scheduler.meetings.model import AdhocDraft, MeetingType, Occurrence, Roster, Series
from scheduler.meetings.public_days import LONGEST_HOLIDAY, PublicDays, place
from scheduler.meetings.recurrence import Recurrence, at_local, local_day
from scheduler.planning.alternatives import LATER_DAYS, free_times
from scheduler.planning.busy import Busy, Clash, digest
from scheduler.planning.free_busy import FreeBusy, of_series
from scheduler.planning.saved_over import SavedOver
from scheduler.planning.wanted import Wanted
from scheduler.store import acknowledgement_rows, public_day_rows
from scheduler.store.engine import Store

MOST_CHECKED = 12
"""So many coming meetings of a series are looked at."""
FURTHEST = timedelta(days=400)
Stays = Literal["this", "other", "either"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """What was found. `digest` names these conflicts; empty when there are none.

    `wanted` is what was asked for, None where nothing is planned. `given_up` are those of the
    coming meetings that a holiday cancels. `rooms` are all sites with a meeting room, `free_rooms`
    those of them that are free at every planned time; `free_times` are other starts for the first
    of the meetings.
    """

    planned: tuple[Busy, ...]
    wanted: Wanted | None = None
    given_up: tuple[Busy, ...] = ()
    clashes: tuple[Clash, ...]
    digest: str
    rooms: frozenset[str]
    free_rooms: tuple[str, ...]
    free_times: tuple[datetime, ...]


@dataclass(frozen=True, kw_only=True)
class Acknowledgement:
    """Somebody saw the conflicts of this digest, and why the meeting takes place all the same."""

    digest: str
    reason: str


class Conflicts:
    """Looks before a meeting is saved, and writes down who saved over a conflict."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        zone: ZoneInfo,
        precedence: Sequence[str],
    ) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone
        self._precedence = tuple(precedence)
        self._directory = Directory(store, clock, zone)
        self._free_busy = FreeBusy(store, clock, zone)

    async def of_series(self, series: Series, replacing: Collection[str] = ()) -> Check:
        """Check the coming meetings of a series; those of `replacing` series will not take
        place."""
        return await self._of_series(series, replacing, None)

    async def of_following(self, series: Series, first: Occurrence) -> Check:
        """Check the coming meetings of a series that goes on from the meeting `first`, in the place
        of this one and of all behind it; those before it take place."""
        since = first.scheduled_start
        if first.planned_for is not None:
            since = min(since, at_local(first.planned_for, time.min, self._zone))
        return await self._of_series(series, {first.series or ""}, since)

    async def _of_series(
        self, series: Series, replacing: Collection[str], since: datetime | None
    ) -> Check:
        public = await self._public_days()
        coming = await asyncio.to_thread(self._coming, series, public)
        check = await self._check(coming[0], public, series=replacing, since=since)
        return replace(check, given_up=tuple(coming[1]))

    async def of_adhoc(self, draft: AdhocDraft) -> Check:
        """Check one meeting outside any series."""
        officers = {one for one in (draft.host, draft.recorder) if one is not None}
        planned = Busy(
            occurrence=None,
            series=None,
            unit=draft.unit,
            type=MeetingType(draft.type),
            title=draft.title,
            start=draft.start,
            end=draft.start + timedelta(seconds=draft.duration_s),
            persons=frozenset({*draft.persons, *draft.non_voting, *officers}),
            sites=frozenset(draft.sites),
        )
        return await self._check([planned], await self._public_days())

    async def of_move(
        self, meeting: Occurrence, roster: Roster, start: datetime, duration_s: int
    ) -> Check:
        """Check one meeting at another time."""
        officers = {one for one in (meeting.host, meeting.recorder) if one is not None}
        planned = Busy(
            occurrence=meeting.id,
            series=meeting.series,
            unit=meeting.unit,
            type=meeting.type,
            title=meeting.title,
            start=start,
            end=start + timedelta(seconds=duration_s),
            persons=frozenset({entry.person for entry in roster.persons} | officers),
            sites=frozenset(roster.sites),
        )
        return await self._check([planned], await self._public_days(), occurrence=meeting.id)

    def stays(self, clash: Clash) -> Stays:
        """Return which of two meetings the order of precedence keeps."""
        this, other = self._rank(clash.planned.type), self._rank(clash.other.type)
        if this == other:
            return "either"
        return "this" if this < other else "other"

    def require(self, check: Check, given: Acknowledgement | None) -> None:
        """Return when there is no conflict, or when just these were acknowledged.

        Raise Conflict("schedule_conflict") and Invalid("reason_missing").
        """
        if not check.clashes:
            return
        if given is None or given.digest != check.digest:
            raise Conflict("schedule_conflict", f"{len(check.clashes)} conflicts")
        reason_given(given.reason)

    def saving(self, check: Check, given: Acknowledgement | None, by: str | None) -> SavedOver:
        """Return what makes the saving of this plan look again and write down what it saves over.

        Raise Conflict("schedule_conflict") and Invalid("reason_missing") as `require` does.
        """
        self.require(check, given)
        digest, reason = ("", "") if given is None else (given.digest, given.reason)
        return SavedOver(self._free_busy, self._clock, check.wanted, digest, reason, by)

    async def acknowledged(
        self, *, series: str | None = None, occurrence: str | None = None
    ) -> tuple[acknowledgement_rows.Acknowledged, ...]:
        """Return what was acknowledged for a series or for a meeting, oldest first."""
        async with self._store.read() as connection:
            return await acknowledgement_rows.of(connection, series=series, occurrence=occurrence)

    async def _check(
        self,
        planned: Sequence[Busy],
        public: PublicDays,
        *,
        series: Collection[str] = (),
        since: datetime | None = None,
        occurrence: str | None = None,
    ) -> Check:
        rooms = await self._rooms()
        if not planned:
            every = tuple(sorted(rooms))
            return Check(
                planned=(), clashes=(), digest="", rooms=rooms, free_rooms=every, free_times=()
            )
        persons = frozenset[str]().union(*(one.persons for one in planned))
        sites = frozenset[str]().union(*(one.sites for one in planned))
        devices = await self._devices(persons, sites)
        wanted = Wanted(
            planned=tuple(planned),
            devices=devices,
            days=self._days_of(planned),
            replacing=frozenset(series),
            since=since,
            moved=occurrence,
        )
        found = await self._free_busy.busy(
            wanted.persons,
            wanted.sites | rooms,
            wanted.start - timedelta(days=1),
            wanted.end + timedelta(days=LATER_DAYS + 1),
            wanted.days,
        )
        others, torn = wanted.others(found), wanted.torn(found)
        taken = frozenset[str]().union(
            *(other.sites for other in others if any(one.meets(other) for one in planned))
        )
        times: tuple[datetime, ...] = ()
        if torn:
            times = await asyncio.to_thread(
                free_times, planned, others, devices, public, self._clock.now(), self._zone
            )
        return Check(
            planned=wanted.planned,
            wanted=wanted,
            clashes=torn,
            digest=digest(torn),
            rooms=rooms,
            free_rooms=tuple(sorted(rooms - taken)),
            free_times=times,
        )

    def _days_of(self, planned: Sequence[Busy]) -> frozenset[date] | None:
        """Return on which days others can be in the way: a series keeps its days, so that those are
        meant that begin on the same day, or the day before and last over midnight."""
        if len(planned) == 1:
            return None
        on = {local_day(one.start, self._zone) for one in planned}
        before = {day - timedelta(days=1) for day in on}
        return frozenset(on | before | {local_day(one.end, self._zone) for one in planned})

    def _coming(self, series: Series, public: PublicDays) -> tuple[list[Busy], list[Busy]]:
        """Return the coming meetings of a series, and those of them that a holiday cancels."""
        now = self._clock.now()
        recurrence = Recurrence(series.rrule, series.starts_on, series.start_time, self._zone)
        first = max(series.starts_on, local_day(now, self._zone))
        found: list[Busy] = []
        given_up: list[Busy] = []
        for day in recurrence.days(first, first + FURTHEST):
            placing = place(series, day, public, self._zone)
            if placing.end > now:
                one = of_series(series, placing.start, placing.end)
                kept = given_up if placing.cancelled else found
                kept.append(replace(one, holiday=placing.holiday))
            if len(found) == MOST_CHECKED:
                break
        return found, given_up

    async def _public_days(self) -> PublicDays:
        first = local_day(self._clock.now(), self._zone) - 2 * LONGEST_HOLIDAY
        async with self._store.read() as connection:
            return await public_day_rows.days_from(connection, first)

    async def _rooms(self) -> frozenset[str]:
        devices = await self._directory.devices()
        return frozenset(
            one.site
            for one in devices.values()
            if one.kind == "meeting_room" and one.site is not None and not one.revoked
        )

    async def _devices(
        self, persons: Collection[str], sites: Collection[str]
    ) -> tuple[Device, ...]:
        found = [
            *await self._directory.devices_at(sites),
            *await self._directory.devices_held_by(persons),
        ]
        return tuple({one.id: one for one in found if not one.revoked}.values())

    def _rank(self, type_: MeetingType) -> int:
        known = type_ in self._precedence
        return self._precedence.index(type_) if known else len(self._precedence)
