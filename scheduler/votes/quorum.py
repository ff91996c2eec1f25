"""The quorum of a meeting: both denominators, and who of them is there."""

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from config.settings import Rules as LocalRules
from scheduler.attendance.evidence import Evidence, gather
from scheduler.clock import Clock
from scheduler.directory.service import Directory
from scheduler.errors import NotFound
from scheduler.meetings.model import Occurrence, RosterPerson, State
from scheduler.meetings.recurrence import local_day
from scheduler.meetings.voting_rights import with_rights
from scheduler.rules.model import TypeRule
from scheduler.rules.rulebook import DEFAULTS, rules_on
from scheduler.store import occurrence_rows, roster_rows
from scheduler.store.engine import Store
from scheduler.votes.model import QuorumView
from scheduler.votes.presence import came, ever_at, present_at


def quorum_of(
    rule: TypeRule | None, roster: Collection[RosterPerson], present: Collection[str]
) -> QuorumView:
    """Count a roster against those present; `rule` None has no quorum."""
    expected = [entry for entry in roster if entry.standing == "expected"]
    voting = [entry for entry in expected if entry.votes]
    present_voting = sum(entry.person in present for entry in voting)
    share = rule.quorum.share if rule is not None and rule.quorum is not None else None
    return QuorumView(
        expected_total=len(expected),
        expected_voting=len(voting),
        present_total=sum(entry.person in present for entry in expected),
        present_voting=present_voting,
        needed=share.least(len(voting)) if share is not None else None,
        reached=None
        if share is None
        else bool(voting) and share.reached(present_voting, len(voting)),
    )


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
        """Count as it stands: who is there now while the meeting is open, who came afterwards.

        Raise NotFound("unknown_occurrence").
        """
        now = self._clock.now()
        async with self._store.read() as connection:
            found = await occurrence_rows.read_one(connection, occurrence)
            if found is None:
                raise NotFound("unknown_occurrence", occurrence[:64])
            [evidence] = await gather(connection, [found], now)
            return await self.count(connection, evidence, now)

    async def count(
        self, connection: AsyncConnection, evidence: Evidence, now: datetime
    ) -> QuorumView:
        """Count what was gathered already."""
        roster = await self.roster(connection, evidence)
        present = await self.present(connection, evidence, now)
        return quorum_of(self.rule(evidence.occurrence), roster, present)

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
        """Return who is there in the sense of the rules: where joining by video does not count,
        those at the main site."""
        occurrence = evidence.occurrence
        live = occurrence.state is State.OPEN
        where = present_at(evidence, now, now) if live else {}
        present = frozenset(where) if live else came(evidence, now)
        rule = self.rule(occurrence)
        if rule is None or rule.video_counts:
            return present
        sites = await roster_rows.sites(connection, occurrence.id)
        main = main_site(occurrence, evidence.roster, sites)
        if main is None:
            return frozenset()
        if live:
            return frozenset(person for person in present if main in where[person].sites)
        return present & ever_at(evidence, main, now)
