"""What the parts of the schedule share."""

from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from config.settings import Meeting
from scheduler.clock import Clock
from scheduler.directory.service import Directory
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.meetings.choosing import Choosing
from scheduler.meetings.model import Occurrence
from scheduler.store import occurrence_rows
from scheduler.store.engine import Store

TEXT_LENGTH = 200


class Part:
    """One part of the schedule.

    Every writing method is one transaction; `saving` is what else belongs to it. `by` is the person
    (or device) who acts, None for the agenda. `agenda_changed` is called after due actions were
    added or moved.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        defaults: Meeting,
        zone: ZoneInfo,
        agenda_changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.agenda_changed = agenda_changed
        self._store = store
        self._clock = clock
        self._defaults = defaults
        self._zone = zone
        self._directory = Directory(store, clock, zone)
        self._choosing = Choosing(store, clock, self._directory)

    async def _homes(self, persons: Iterable[str]) -> dict[str, str]:
        """Return where persons sit. Not to be asked inside a transaction: it opens its own."""
        return await self._directory.home_sites(list(persons))


async def existing(
    connection: AsyncConnection,
    occurrence: str,
    *,
    lock: bool = False,
    version: int | None = None,
) -> Occurrence:
    """Return an occurrence; raise NotFound("unknown_occurrence"), and
    Conflict("occurrence_changed") when `version` is not the stored one."""
    found = await occurrence_rows.read_one(connection, occurrence, lock=lock)
    if found is None:
        raise NotFound("unknown_occurrence", occurrence[:64])
    if version is not None and version != found.version:
        raise Conflict("occurrence_changed", occurrence)
    return found


def reason_given(reason: str) -> str:
    """Return a reason somebody typed, trimmed; raise Invalid("reason_missing")."""
    trimmed = reason.strip()
    if not trimmed or len(trimmed) > TEXT_LENGTH or "\0" in trimmed:
        raise Invalid("reason_missing", f"1 to {TEXT_LENGTH} characters")
    return trimmed


def aware(moment: datetime) -> datetime:
    """Return the moment; raise Invalid("time_without_zone") where it has no zone."""
    if moment.utcoffset() is None:
        raise Invalid("time_without_zone")
    return moment
