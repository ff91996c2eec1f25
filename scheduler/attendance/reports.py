"""Reports of attendance: of one occurrence, live too, and of persons over a period."""

from collections.abc import Collection
from datetime import date
from zoneinfo import ZoneInfo

from scheduler.attendance.model import Counts, OccurrenceReport, PeriodReport
from scheduler.clock import Clock
from scheduler.store.engine import Store


class Reports:
    """Folds what is stored; writes nothing."""

    def __init__(self, store: Store, clock: Clock, zone: ZoneInfo) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone

    async def occurrence(self, occurrence: str) -> OccurrenceReport:
        """Report one occurrence as it stands now; raise NotFound("unknown_occurrence")."""
        raise NotImplementedError

    async def counts(self, occurrence: str) -> Counts:
        """The numbers of `occurrence` alone."""
        raise NotImplementedError

    async def period(
        self,
        start: date,
        end: date,
        *,
        units: Collection[str] | None = None,
        persons: Collection[str] | None = None,
    ) -> PeriodReport:
        """Report each person over the meetings held from `start` to `end` (local days, both
        included), of the units and of the persons given; raise Invalid("period_reversed")."""
        raise NotImplementedError
