"""Alerts: before a period ends, after it ended without its meetings, and for long absence."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from sqlalchemy.ext.asyncio import AsyncConnection

from config.settings import Alerts as AlertSettings
from config.settings import Rules as LocalRules
from scheduler.branch_clock.alert_model import Alert, AlertKind, Condition
from scheduler.branch_clock.duties import OWED_BY, DuePeriod, periods_of_year
from scheduler.branch_clock.tree import Tree, read_tree
from scheduler.clock import Clock
from scheduler.errors import NotFound
from scheduler.meetings.model import MeetingType
from scheduler.meetings.recurrence import day_bounds, local_day
from scheduler.store import alert_rows, clock_rows, directory_rows
from scheduler.store.engine import Store

LOOKED_BACK = relativedelta(months=18)
"""Meetings before that tell nothing of an absence."""
STILL_EXPECTED = relativedelta(months=3)
"""Who has not been expected for so long has gone elsewhere."""


class Alerts:
    """Looks what should be alerted; lists what stands. Looking again changes nothing twice."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        local: LocalRules,
        settings: AlertSettings,
        zone: ZoneInfo,
    ) -> None:
        self._store = store
        self._clock = clock
        self._local = local
        self._settings = settings
        self._zone = zone

    async def look(self) -> tuple[int, int]:
        """Raise what is new and resolve what is over; return how many of each."""
        now = self._clock.now()
        today = local_day(now, self._zone)
        async with self._store.read() as connection:
            conditions = [
                *await self._periods(connection, today),
                *await self._absences(connection, today),
            ]
        found = {one.key: one for one in conditions}
        async with self._store.begin() as connection:
            known = await alert_rows.read_keys(connection)
            new = {key: one for key, one in found.items() if key not in known}
            again = [key for key in found if known.get(key) is False]
            over = [key for key, stands in known.items() if stands and key not in found]
            await alert_rows.raise_new(connection, new, now)
            await alert_rows.raise_again(connection, again, now)
            await alert_rows.resolve(connection, over, now)
        return len(new) + len(again), len(over)

    async def standing(self, units: Collection[str] | None) -> tuple[Alert, ...]:
        """Return the alerts of these units (all when None), the newest first."""
        async with self._store.read() as connection:
            return await alert_rows.standing(connection, units)

    async def unit_of(self, key: str) -> str:
        """Return the unit of an alert; raise NotFound("unknown_alert")."""
        async with self._store.read() as connection:
            unit = await alert_rows.unit_of(connection, key)
        if unit is None:
            raise NotFound("unknown_alert", key[:64])
        return unit

    async def see(self, key: str, by: str) -> None:
        """Write down who looked at an alert first."""
        async with self._store.begin() as connection:
            await alert_rows.see(connection, key, self._clock.now(), by)

    async def _periods(self, connection: AsyncConnection, today: date) -> list[Condition]:
        """Find what is missing in the periods that end soon and in those that ended last."""
        tree = await read_tree(connection, today, today.year)
        soon, over = self._looked_at(today)
        found: list[Condition] = []
        for kind, due in {AlertKind.DUE_SOON: soon, AlertKind.LATE: over}.items():
            plan = {one: (period,) for one, period in due.items()}
            held = {
                (cell.unit, cell.type): cell.held + cell.waiting
                for cell in await clock_rows.cells(connection, plan, tree.units)
            }
            ahead = {}
            if kind is AlertKind.DUE_SOON:
                spans = {
                    one: day_bounds(period.first, period.last, self._zone)
                    for one, period in due.items()
                }
                ahead = await clock_rows.planned(connection, spans)
            for unit, one, period in _owed(tree, due):
                enough = held.get((unit, one), 0) + ahead.get((unit, one), 0)
                if enough < period.at_least:
                    found.append(
                        Condition(
                            kind=kind,
                            unit=unit,
                            type=one,
                            person=None,
                            first=period.first,
                            last=period.last,
                            number=period.at_least - enough,
                        )
                    )
        return found

    def _looked_at(
        self, today: date
    ) -> tuple[dict[MeetingType, DuePeriod], dict[MeetingType, DuePeriod]]:
        """Return by type the period that ends soon, and the one that ended last."""
        soon, over = {}, {}
        for kind in {kind for kinds in OWED_BY.values() for kind in kinds}:
            periods = [
                period
                for year in (today.year - 1, today.year, today.year + 1)
                for period in periods_of_year(kind, year, self._local)
            ]
            ended = [period for period in periods if period.last < today]
            going_on = [period for period in periods if period.first <= today <= period.last]
            if ended:
                over[kind] = ended[-1]
            for period in going_on:
                if period.last - today < timedelta(days=self._settings.due_before_days):
                    soon[kind] = period
        return soon, over

    async def _absences(self, connection: AsyncConnection, today: date) -> list[Condition]:
        absences = await alert_rows.absences(
            connection,
            today - LOOKED_BACK,
            today - relativedelta(months=self._settings.absent_months),
            today - STILL_EXPECTED,
        )
        persons = {one.person for one in absences}
        homes = {
            row.person: row.unit
            for row in await directory_rows.memberships(connection, today, person_ids=persons)
            if row.kind == "home"
        }
        return [
            Condition(
                kind=AlertKind.LONG_ABSENT,
                unit=homes[one.person],
                type=None,
                person=one.person,
                first=one.first,
                last=None,
                number=one.meetings,
            )
            for one in absences
            if one.person in homes
        ]


def _owed(
    tree: Tree, due: dict[MeetingType, DuePeriod]
) -> Iterator[tuple[str, MeetingType, DuePeriod]]:
    for unit in tree.units.values():
        for kind in OWED_BY.get(unit.kind, ()):
            if kind in due and unit.terms.owes(kind, due[kind]):
                yield unit.id, kind, due[kind]
