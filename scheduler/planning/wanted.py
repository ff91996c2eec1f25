"""What a plan wants at its times, and what of it others have. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from scheduler.directory.model import Device
from scheduler.planning.busy import Busy, Clash, clashes


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The meetings planned, at least one, with the devices they need.

    Those of `replacing` series (with `since` only those that begin then or later) and the meeting
    `moved` will not take place, so that they are not in the way. With `days` only meetings that
    begin on one of these local days can be.
    """

    planned: tuple[Busy, ...]
    devices: tuple[Device, ...]
    days: frozenset[date] | None = None
    replacing: frozenset[str] = frozenset()
    since: datetime | None = None
    moved: str | None = None

    @property
    def persons(self) -> frozenset[str]:
        """Whom the meetings take, and who holds a device they need."""
        taken = frozenset[str]().union(*(one.persons for one in self.planned))
        return taken | {one.holder for one in self.devices if one.holder is not None}

    @property
    def sites(self) -> frozenset[str]:
        """Which sites the meetings take, and where a device they need stands."""
        taken = frozenset[str]().union(*(one.sites for one in self.planned))
        return taken | {one.site for one in self.devices if one.site is not None}

    @property
    def start(self) -> datetime:
        return min(one.start for one in self.planned)

    @property
    def end(self) -> datetime:
        return max(one.end for one in self.planned)

    def others(self, found: Iterable[Busy]) -> tuple[Busy, ...]:
        """Return those of the meetings found that will take place beside the planned ones."""
        return tuple(
            one
            for one in found
            if not self._is_replaced(one)
            and (one.occurrence is None or one.occurrence != self.moved)
        )

    def _is_replaced(self, one: Busy) -> bool:
        return one.series in self.replacing and (self.since is None or one.start >= self.since)

    def torn(self, found: Iterable[Busy]) -> tuple[Clash, ...]:
        """Return what the planned meetings and others need at the same time."""
        return clashes(self.planned, self.others(found), self.devices)
