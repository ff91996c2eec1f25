"""Saving a plan: looked at again where nobody else can save another one meanwhile."""

from dataclasses import asdict

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.clock import Clock
from scheduler.errors import Conflict
from scheduler.meetings.base import reason_given
from scheduler.planning.busy import Clash, digest
from scheduler.planning.free_busy import FreeBusy
from scheduler.planning.wanted import Wanted
from scheduler.store import acknowledgement_rows, planning_lock


class SavedOver:
    """What belongs to the transaction that saves a plan (`scheduler.meetings.saving.Saving`).

    `acknowledged` is the digest of the conflicts somebody saw, empty for none. Where others stand
    in the way by now, nothing is saved. The conflicts that are saved over are written down with it.
    """

    def __init__(
        self,
        free_busy: FreeBusy,
        clock: Clock,
        wanted: Wanted | None,
        acknowledged: str,
        reason: str,
        by: str | None,
    ) -> None:
        self._free_busy = free_busy
        self._clock = clock
        self._wanted = wanted
        self._acknowledged = acknowledged
        self._reason = reason
        self._by = by
        self._torn: tuple[Clash, ...] = ()

    async def before(self, connection: AsyncConnection) -> None:
        """Look again; raise Conflict("schedule_conflict")."""
        await planning_lock.hold(connection)
        wanted = self._wanted
        if wanted is None:
            return
        found = await self._free_busy.busy_in(
            connection, wanted.persons, wanted.sites, wanted.start, wanted.end, wanted.days
        )
        self._torn = wanted.torn(found)
        if self._torn and digest(self._torn) != self._acknowledged:
            raise Conflict("schedule_conflict", f"{len(self._torn)} conflicts by now")

    async def after(
        self,
        connection: AsyncConnection,
        *,
        series: str | None = None,
        occurrence: str | None = None,
    ) -> None:
        """Write down who saved over conflicts; without any there is nothing to write."""
        if self._torn:
            await acknowledgement_rows.write(
                connection,
                series=series,
                occurrence=occurrence,
                at=self._clock.now(),
                by=self._by,
                reason=reason_given(self._reason),
                conflicts=[_by_ids(clash) for clash in self._torn],
            )


def _by_ids(clash: Clash) -> dict[str, object]:
    """Return a conflict as it is written down: without names."""
    return {
        "start": clash.planned.start.isoformat(),
        "occurrence": clash.other.occurrence,
        "series": clash.other.series,
        "other_start": clash.other.start.isoformat(),
        **{key: value for key, value in asdict(clash).items() if key not in ("planned", "other")},
    }
