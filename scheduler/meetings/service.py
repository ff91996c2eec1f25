"""Meetings: series, their occurrences, rosters and leave, as the rest of the house calls them."""

from collections.abc import Callable, Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from config.settings import Meeting
from scheduler.clock import Clock
from scheduler.meetings.model import (
    AdhocDraft,
    Leave,
    Occurrence,
    Roster,
    RosterChange,
    Series,
    SeriesDraft,
    Standing,
    State,
)
from scheduler.store.engine import Store


class Meetings:
    """The schedule. `agenda_changed` is called after due actions were added or moved.

    Every writing method is one transaction. `by` is the person (or device) who acts, None for the
    agenda.
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

    # Series

    async def create_series(self, draft: SeriesDraft, by: str | None = None) -> Series:
        """Store a series and lay out its occurrences up to the horizon; raise Invalid, NotFound."""
        raise NotImplementedError

    async def change_series(
        self, series: str, draft: SeriesDraft, by: str | None = None, version: int | None = None
    ) -> Series:
        """Replace a series; its occurrences that have not opened follow.

        Raise Conflict("series_changed") when `version` is not the stored one.
        """
        raise NotImplementedError

    async def series(self, series: str) -> Series:
        """Return one series; raise NotFound("unknown_series")."""
        raise NotImplementedError

    async def all_series(self, units: Collection[str] | None = None) -> tuple[Series, ...]:
        """Return the series of the units (all when None), by unit and start time."""
        raise NotImplementedError

    async def lay_out(self, until: datetime | None = None) -> int:
        """Create the missing occurrences of active series up to `until` (default: the horizon),
        with rosters and due actions. Return how many. Repeating it adds nothing."""
        raise NotImplementedError

    # Occurrences

    async def create_adhoc(self, draft: AdhocDraft, by: str | None = None) -> Occurrence:
        """Store one meeting outside any series; raise Invalid, NotFound."""
        raise NotImplementedError

    async def occurrence(self, occurrence: str) -> Occurrence:
        """Return one occurrence; raise NotFound("unknown_occurrence")."""
        raise NotImplementedError

    async def occurrences(
        self,
        start: datetime,
        end: datetime,
        *,
        units: Collection[str] | None = None,
        person: str | None = None,
        site: str | None = None,
        states: Collection[State] | None = None,
    ) -> tuple[Occurrence, ...]:
        """Return the occurrences whose schedule touches [start, end), in order of start.

        `person` and `site` keep those on whose roster they are (or which the person hosts or
        records).
        """
        raise NotImplementedError

    async def open(self, occurrence: str, by: str | None = None) -> Occurrence:
        """Open: the roster is fixed, devices may join. Harmless when open already."""
        raise NotImplementedError

    async def close(self, occurrence: str, by: str | None = None) -> Occurrence:
        """Close: nobody may join any more; settling becomes due. Harmless when closed already."""
        raise NotImplementedError

    async def settle(self, occurrence: str) -> Occurrence:
        """Write down the result of the attendance. Harmless when settled already."""
        raise NotImplementedError

    async def cancel(self, occurrence: str, by: str | None, reason: str) -> Occurrence:
        """Cancel an occurrence that has not opened. Harmless when cancelled already."""
        raise NotImplementedError

    async def move(
        self, occurrence: str, start: datetime, duration_s: int, by: str | None = None
    ) -> Occurrence:
        """Give an occurrence that has not opened another time."""
        raise NotImplementedError

    async def invited(self, device: str) -> tuple[Occurrence, ...]:
        """Return the open occurrences that expect the device's site or holder."""
        raise NotImplementedError

    async def invited_person(self, person: str) -> tuple[Occurrence, ...]:
        """Return the open occurrences that the person is expected in, hosts or records."""
        raise NotImplementedError

    # Rosters and leave

    async def roster(self, occurrence: str) -> Roster:
        """Return who and which sites are expected."""
        raise NotImplementedError

    async def add_person(
        self,
        occurrence: str,
        person: str,
        by: str | None,
        reason: str,
        standing: Standing = Standing.EXPECTED,
    ) -> Roster:
        """Add a person to the roster (or change the standing) and write the change down."""
        raise NotImplementedError

    async def remove_person(
        self, occurrence: str, person: str, by: str | None, reason: str
    ) -> Roster:
        """Take a person off the roster and write the change down."""
        raise NotImplementedError

    async def roster_changes(self, occurrence: str) -> tuple[RosterChange, ...]:
        """Return every change of the roster that somebody made, oldest first."""
        raise NotImplementedError

    async def request_leave(
        self, occurrence: str, person: str, reason: str, by: str | None
    ) -> Leave:
        """Ask for leave before the meeting starts; raise Conflict("leave_too_late")."""
        raise NotImplementedError

    async def approve_leave(
        self, occurrence: str, person: str, reason: str | None, by: str | None
    ) -> Leave:
        """Approve a leave; with a reason also one that nobody asked for in writing."""
        raise NotImplementedError

    async def decline_leave(self, occurrence: str, person: str, by: str | None) -> Leave:
        """Decline a leave that was asked for."""
        raise NotImplementedError

    async def leaves(self, occurrence: str) -> tuple[Leave, ...]:
        """Return the leaves asked for, by person."""
        raise NotImplementedError
