"""The quorum of a meeting: both denominators, and who of them is there."""

from collections.abc import Collection, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from config.settings import Rules as LocalRules
from scheduler.attendance.evidence import Evidence, gather
from scheduler.attendance.intervals import Intervals
from scheduler.clock import Clock
from scheduler.directory.service import Directory
from scheduler.errors import NotFound
from scheduler.meetings.model import Occurrence, RosterPerson, State
from scheduler.meetings.recurrence import local_day
from scheduler.meetings.voting_rights import committee_of, with_rights
from scheduler.rules.model import TypeRule
from scheduler.rules.rulebook import DEFAULTS, rules_on
from scheduler.store import occurrence_rows, roster_rows
from scheduler.store.engine import Store
from scheduler.votes.model import HeldQuorum, QuorumView
from scheduler.votes.presence import came, ever_at, present_at
from scheduler.votes.together import stays_of, together


def quorum_of(
    rule: TypeRule | None,
    roster: Collection[RosterPerson],
    present: Collection[str],
    committee: Collection[str] = (),
) -> QuorumView:
    """Count a roster against those present; `rule` None has no quorum. All of `committee` are
    expected and in E, also who of it was not invited."""
    expected, voting = _expected(roster, committee), _voting(roster, committee)
    return _view(rule, expected, voting, len(expected & set(present)), len(voting & set(present)))


def quorum_held(
    rule: TypeRule | None,
    roster: Collection[RosterPerson],
    stays: Mapping[str, Intervals],
    committee: Collection[str] = (),
) -> QuorumView:
    """Count the most of a roster who were there at one time, else as `quorum_of`."""
    expected, voting = _expected(roster, committee), _voting(roster, committee)
    return _view(rule, expected, voting, together(stays, expected), together(stays, voting))


def _view(
    rule: TypeRule | None,
    expected: Collection[str],
    voting: Collection[str],
    present_total: int,
    present_voting: int,
) -> QuorumView:
    share = rule.quorum.share if rule is not None and rule.quorum is not None else None
    return QuorumView(
        expected_total=len(expected),
        expected_voting=len(voting),
        present_total=present_total,
        present_voting=present_voting,
        needed=share.least(len(voting)) if share is not None else None,
        reached=None
        if share is None
        else bool(voting) and share.reached(present_voting, len(voting)),
    )


def _expected(roster: Collection[RosterPerson], committee: Collection[str] = ()) -> frozenset[str]:
    expected = frozenset(entry.person for entry in roster if entry.standing == "expected")
    return expected | _uninvited(roster, committee)


def _voting(roster: Collection[RosterPerson], committee: Collection[str] = ()) -> frozenset[str]:
    voting = frozenset(entry.person for entry in roster if entry.votes)
    return voting | _uninvited(roster, committee)


def _uninvited(roster: Collection[RosterPerson], committee: Collection[str]) -> frozenset[str]:
    return frozenset(committee) - {entry.person for entry in roster}


def main_site(
    occurrence: Occurrence, roster: Collection[RosterPerson], sites: Collection[str]
) -> str | None:
    """Return the main site (主会场): where the host is expected, else the first one invited."""
    host = next((e.site for e in roster if e.person == occurrence.host and e.site), None)
    return host or next(iter(sites), None)


class Quorums:
    """Counts from what is stored; writes nothing. `local` is the section `[rules]`."""

    def __init__(
        self, store: Store, clock: Clock, zone: ZoneInfo, local: LocalRules = DEFAULTS
    ) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone
        self._local = local
        self._directory = Directory(store, clock, zone)

    def rule(self, occurrence: Occurrence) -> TypeRule | None:
        """Return the rule of the meeting's type on its day."""
        day = local_day(occurrence.scheduled_start, self._zone)
        return rules_on(day, self._local).get(occurrence.type)

    async def of(self, occurrence: str) -> QuorumView:
        """Count as it stands: who is there now while the meeting is open, afterwards the most who
        were there at one time.

        Raise NotFound("unknown_occurrence").
        """
        now = self._clock.now()
        async with self._store.read() as connection:
            return await self.count(connection, await self._evidence(connection, occurrence), now)

    async def held(self, occurrence: str) -> HeldQuorum:
        """Count for the record, while the meeting is open as it has been so far.

        Raise NotFound("unknown_occurrence").
        """
        now = self._clock.now()
        async with self._store.read() as connection:
            evidence = await self._evidence(connection, occurrence)
            roster = await self.roster(connection, evidence)
            return HeldQuorum(
                most=await self._most(connection, evidence, roster, now),
                stayed_voting=len(_voting(roster) & await self._came(connection, evidence, now)),
            )

    async def count(
        self, connection: AsyncConnection, evidence: Evidence, now: datetime
    ) -> QuorumView:
        """Count what was gathered already, in the sense of `of`."""
        roster = await self.roster(connection, evidence)
        if evidence.occurrence.state is not State.OPEN:
            return await self._most(connection, evidence, roster, now)
        present = await self.present(connection, evidence, now)
        committee = await self._committee(connection, evidence.occurrence)
        return quorum_of(self.rule(evidence.occurrence), roster, present, committee)

    async def roster(
        self, connection: AsyncConnection, evidence: Evidence
    ) -> tuple[RosterPerson, ...]:
        """Return the roster with voting rights: those fixed at the opening, before it today's."""
        if evidence.occurrence.opened_at is not None:
            return evidence.roster
        today = self._directory.today()
        return await with_rights(connection, evidence.occurrence, evidence.roster, today)

    async def present(
        self, connection: AsyncConnection, evidence: Evidence, now: datetime
    ) -> frozenset[str]:
        """Return who is there now in the sense of the rules: where joining by video does not
        count, those at the main site. Nobody, where the meeting is not open."""
        if evidence.occurrence.state is not State.OPEN:
            return frozenset()
        where = present_at(evidence, now, now)
        if self._video_counts(evidence.occurrence):
            return frozenset(where)
        main = await self._main_site(connection, evidence)
        return frozenset(person for person, place in where.items() if main in place.sites)

    async def _most(
        self,
        connection: AsyncConnection,
        evidence: Evidence,
        roster: Collection[RosterPerson],
        now: datetime,
    ) -> QuorumView:
        rule = self.rule(evidence.occurrence)
        committee = await self._committee(connection, evidence.occurrence)
        if self._video_counts(evidence.occurrence):
            return quorum_held(rule, roster, stays_of(evidence, now), committee)
        main = await self._main_site(connection, evidence)
        stays = {} if main is None else stays_of(evidence, now, main)
        return quorum_held(rule, roster, stays, committee)

    async def _came(
        self, connection: AsyncConnection, evidence: Evidence, now: datetime
    ) -> frozenset[str]:
        """Return who counts as present (实到) in the sense of the rules."""
        if self._video_counts(evidence.occurrence):
            return came(evidence, now)
        main = await self._main_site(connection, evidence)
        return frozenset() if main is None else came(evidence, now) & ever_at(evidence, main, now)

    async def _committee(
        self, connection: AsyncConnection, occurrence: Occurrence
    ) -> frozenset[str]:
        """Return the committee that meets, as on the day of the meeting."""
        day = local_day(occurrence.opened_at or occurrence.scheduled_start, self._zone)
        return await committee_of(connection, occurrence, day)

    def _video_counts(self, occurrence: Occurrence) -> bool:
        rule = self.rule(occurrence)
        return rule is None or rule.video_counts

    async def _main_site(self, connection: AsyncConnection, evidence: Evidence) -> str | None:
        sites = await roster_rows.sites(connection, evidence.occurrence.id)
        return main_site(evidence.occurrence, evidence.roster, sites)

    async def _evidence(self, connection: AsyncConnection, occurrence: str) -> Evidence:
        found = await occurrence_rows.read_one(connection, occurrence)
        if found is None:
            raise NotFound("unknown_occurrence", occurrence[:64])
        [evidence] = await gather(connection, [found], self._clock.now())
        return evidence
