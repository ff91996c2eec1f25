"""Study hours (学时) of a year, and makeup study (补课): the attendance stays what it was."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from config.settings import Rules as LocalRules
from config.settings import Study as StudySettings
from scheduler.attendance import people
from scheduler.attendance.people import Who
from scheduler.branch_clock.study_model import (
    Act,
    Entry,
    Makeup,
    MakeupState,
    StudyReport,
    StudyRow,
    Way,
)
from scheduler.branch_clock.study_rules import StudyRule, requirement_of, rules_of
from scheduler.clock import Clock
from scheduler.directory.model import COMMITTEE_POSTS
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.meetings.base import TEXT_LENGTH
from scheduler.meetings.model import MeetingType
from scheduler.meetings.recurrence import local_day
from scheduler.rules.rulebook import rules_on
from scheduler.store import directory_rows, occurrence_rows, study_rows
from scheduler.store.engine import Store
from scheduler.store.study_rows import Missed

EARLIEST_YEAR, LATEST_YEAR = 2000, 2200


@dataclass
class _Sums:
    lectures: int = 0
    minutes: float = 0.0
    makeup_minutes: float = 0.0
    hours: float = 0.0
    entries: list[Entry] = field(default_factory=list)


class Study:
    """Counts hours of study and keeps the book of makeups."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        local: LocalRules,
        settings: StudySettings,
        zone: ZoneInfo,
    ) -> None:
        self._store = store
        self._clock = clock
        self._local = local
        self._settings = settings
        self._zone = zone

    def today(self) -> date:
        """Return the local day."""
        return local_day(self._clock.now(), self._zone)

    async def hours(
        self,
        year: int,
        *,
        units: Collection[str] | None = None,
        persons: Collection[str] | None = None,
    ) -> StudyReport:
        """Report the members of the units at the end of the year (or today), or these persons.

        Raise Invalid("year_out_of_range").
        """
        on = self._end_of(year)
        async with self._store.read() as connection:
            who = await self._who(connection, on, units, persons)
            sums = {person: _Sums() for person in who}
            lectures = 0
            for rule, first, last in rules_of(year):
                per_hour = self._minutes(rule)
                studied = await study_rows.studied(connection, first, last, rule.types, who)
                for person, (number, minutes) in studied.items():
                    sums[person].lectures += number
                    sums[person].minutes += minutes
                    sums[person].hours += minutes / per_hour
                for person, minutes in await self._made_up(connection, rule, first, last, who):
                    sums[person].makeup_minutes += minutes
                    sums[person].hours += minutes / per_hour
                lectures += await study_rows.meetings(connection, first, last, rule.types, who)
            leaders = await self._leaders(connection, year, on, who)
        required = requirement_of(year)
        rows = [
            StudyRow(
                person=one.person,
                name=one.name,
                unit=one.unit,
                unit_name=one.unit_name,
                leader=one.person in leaders,
                lectures=sums[one.person].lectures,
                minutes=sums[one.person].minutes,
                makeup_minutes=sums[one.person].makeup_minutes,
                hours=round(sums[one.person].hours, 2),
                required=None
                if required is None
                else (required.leaders if one.person in leaders else required.members),
            )
            for one in who.values()
        ]
        rows.sort(key=lambda row: (row.unit, row.person))
        return StudyReport(
            year=year,
            minutes_per_hour=tuple((first, self._minutes(one)) for one, first, _ in rules_of(year)),
            lectures=lectures,
            attendances=sum(row.lectures for row in rows),
            headcount=sum(row.lectures > 0 for row in rows),
            rows=tuple(rows),
        )

    async def makeups(
        self,
        year: int,
        *,
        units: Collection[str] | None = None,
        persons: Collection[str] | None = None,
    ) -> tuple[Makeup, ...]:
        """Return what the members of the units, or these persons, missed in a year and have to
        make up or made up, the newest first; raise Invalid("year_out_of_range")."""
        on = self._end_of(year)
        async with self._store.read() as connection:
            who = await self._who(connection, on, units, persons)
            said = await study_rows.entries(connection, who)
            missed = await study_rows.missed(
                connection, date(year, 1, 1), date(year, 12, 31), list(MeetingType), who
            )
        return tuple(
            self._makeup(one, days, who[one.person], said.get((one.occurrence, one.person), ()))
            for one in missed
            if (days := self._days(one)) is not None
        )

    async def done(
        self, occurrence: str, person: str, way: str, minutes: float | None, by: str
    ) -> Makeup:
        """Say that somebody made a meeting up, by replay or reading; `minutes` left out is the
        whole length. It counts when somebody else has confirmed it.

        Raise NotFound, Invalid, or Conflict("makeup_confirmed").
        """
        if way not in list(Way):
            raise Invalid("unknown_makeup_way", way[:64])
        missed, said = await self._missed(occurrence, person)
        if said and said[-1].act is Act.CONFIRMED:
            raise Conflict("makeup_confirmed", occurrence)
        length = missed.length_minutes
        if minutes is not None and not 0 < minutes <= length:
            raise Invalid("minutes_out_of_range", f"0 to {length:.0f}")
        credited = length if minutes is None else minutes
        return await self._append(missed, said, Act.DONE, Way(way), credited, by, "")

    async def decide(
        self, occurrence: str, person: str, confirmed: bool, reason: str, by: str
    ) -> Makeup:
        """Confirm a makeup, or decline it with a reason.

        Raise NotFound, Invalid("makeup_confirmed_by_oneself" | "reason_missing"), or
        Conflict("makeup_not_done").
        """
        if by == person:
            raise Invalid("makeup_confirmed_by_oneself", occurrence[:64])
        reason = reason.strip()
        if len(reason) > TEXT_LENGTH or "\0" in reason or (not confirmed and not reason):
            raise Invalid("reason_missing", f"1 to {TEXT_LENGTH} characters")
        missed, said = await self._missed(occurrence, person)
        if not said or said[-1].act is not Act.DONE:
            raise Conflict("makeup_not_done", occurrence)
        act = Act.CONFIRMED if confirmed else Act.DECLINED
        return await self._append(missed, said, act, said[-1].way, said[-1].minutes, by, reason)

    async def _append(
        self,
        missed: Missed,
        said: tuple[Entry, ...],
        act: Act,
        way: Way | None,
        minutes: float | None,
        by: str,
        reason: str,
    ) -> Makeup:
        entry = Entry(
            occurrence=missed.occurrence,
            person=missed.person,
            act=act,
            way=way,
            minutes=minutes,
            at=self._clock.now(),
            by=by,
            reason=reason,
        )
        async with self._store.begin() as connection:
            # Whoever else says something of this meeting waits, and is told what was said before.
            await occurrence_rows.read_one(connection, missed.occurrence, lock=True)
            key = (missed.occurrence, missed.person)
            if (await study_rows.entries(connection, [missed.person])).get(key, ()) != said:
                raise Conflict("makeup_changed", missed.occurrence)
            await study_rows.append(connection, entry)
            who = await people.who(connection, [missed.person], self.today())
        days = self._days(missed)
        assert days is not None
        return self._makeup(missed, days, who[missed.person], (*said, entry))

    async def _missed(self, occurrence: str, person: str) -> tuple[Missed, tuple[Entry, ...]]:
        async with self._store.read() as connection:
            if await occurrence_rows.read_one(connection, occurrence) is None:
                raise NotFound("unknown_occurrence", occurrence[:64])
            found = await study_rows.missed(
                connection, date.min, date.max, list(MeetingType), [person], occurrence
            )
            said = await study_rows.entries(connection, [person])
        if not found or self._days(found[0]) is None:
            raise Invalid("nothing_to_make_up", occurrence[:64])
        return found[0], said.get((occurrence, person), ())

    def _days(self, missed: Missed) -> int | None:
        """Return in how many days a meeting is made up, None where it is not."""
        rule = rules_on(missed.day, self._local).get(missed.type)
        return None if rule is None else rule.makeup_due_days

    def _makeup(self, missed: Missed, days: int, one: Who, said: tuple[Entry, ...]) -> Makeup:
        due = missed.day + timedelta(days=days)
        last = said[-1].act if said else None
        done_on = [local_day(each.at, self._zone) for each in said if each.act is Act.DONE]
        if last is Act.CONFIRMED:
            state = MakeupState.CONFIRMED
        elif last is Act.DONE:
            state = MakeupState.DONE
        else:
            state = MakeupState.OVERDUE if self.today() > due else MakeupState.OWED
        return Makeup(
            occurrence=missed.occurrence,
            type=MeetingType(missed.type),
            title=missed.title,
            day=missed.day,
            person=missed.person,
            name=one.name,
            unit=one.unit,
            missed_as=missed.state,
            due=due,
            state=state,
            late=bool(done_on) and last is not Act.DECLINED and done_on[-1] > due,
            entries=said,
        )

    async def _made_up(
        self,
        connection: AsyncConnection,
        rule: StudyRule,
        first: date,
        last: date,
        who: Collection[str],
    ) -> list[tuple[str, float]]:
        """Return person and minutes of each confirmed makeup of a meeting held in these days."""
        said = await study_rows.entries(connection, who)
        if not said:
            return []
        missed = await study_rows.missed(connection, first, last, rule.types, who)
        found = []
        for one in missed:
            entries = said.get((one.occurrence, one.person), ())
            if entries and entries[-1].act is Act.CONFIRMED:
                minutes = entries[-1].minutes
                found.append((one.person, one.length_minutes if minutes is None else minutes))
        return found

    async def _who(
        self,
        connection: AsyncConnection,
        on: date,
        units: Collection[str] | None,
        persons: Collection[str] | None,
    ) -> dict[str, Who]:
        if persons is None:
            rows = await directory_rows.memberships(connection, on, unit_ids=units)
            persons = [row.person for row in rows if row.kind == "home"]
        return await people.who(connection, persons, on)

    async def _leaders(
        self, connection: AsyncConnection, year: int, on: date, who: Collection[str]
    ) -> frozenset[str]:
        """Return the secretaries, who was on a committee in the year, and who was expected in a
        meeting of one, which is all that is known where nobody writes committees down."""
        first, last = date(year, 1, 1), date(year, 12, 31)
        grants = await directory_rows.grants(connection, on, role="branch_secretary")
        committee = await study_rows.on_committees(connection, first, last, who)
        posts = await directory_rows.posts(connection, first, last, person_ids=who)
        elected = {row.person for row in posts if row.post in COMMITTEE_POSTS}
        return committee | elected | {row.person for row in grants}

    def _minutes(self, rule: StudyRule) -> int:
        return self._settings.minutes_per_hour or rule.minutes

    def _end_of(self, year: int) -> date:
        if not EARLIEST_YEAR <= year <= LATEST_YEAR:
            raise Invalid("year_out_of_range", str(year)[:10])
        return min(date(year, 12, 31), self.today())
