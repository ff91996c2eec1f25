"""When persons and places are taken: plain values, and what of them meets at the same time."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from scheduler.directory.model import Device
from scheduler.meetings.model import MeetingType


@dataclass(frozen=True, kw_only=True)
class Busy:
    """A meeting with those of the persons and sites asked about that it takes.

    Without `occurrence` it is a day of a series that is not laid out yet, or one being planned.
    `holiday` is what it gave way to. Start and end are aware UTC.
    """

    occurrence: str | None
    series: str | None
    unit: str
    type: MeetingType
    title: str
    start: datetime
    end: datetime
    persons: frozenset[str]
    sites: frozenset[str]
    holiday: str | None = None

    def meets(self, other: "Busy") -> bool:
        """Return whether both take place at some same moment; ends are not included."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, kw_only=True)
class Clash:
    """A planned meeting and another one at the same time, with what both need.

    `devices` are those that one needs at a site and the other in the hands of a person.
    """

    planned: Busy
    other: Busy
    persons: tuple[str, ...]
    sites: tuple[str, ...]
    devices: tuple[str, ...]


def clashes(
    planned: Sequence[Busy], others: Iterable[Busy], devices: Collection[Device]
) -> tuple[Clash, ...]:
    """Return what cannot be at two places at once, in order of time."""
    found = [
        clash
        for one in planned
        for other in others
        if one.meets(other)
        for clash in _between(one, other, devices)
    ]
    return tuple(sorted(found, key=lambda c: (c.planned.start, c.other.start, _identity(c.other))))


def _between(one: Busy, other: Busy, devices: Collection[Device]) -> Iterator[Clash]:
    persons, sites = one.persons & other.persons, one.sites & other.sites
    torn = [
        device.id
        for device in devices
        if _needs(one, device)
        and _needs(other, device)
        and device.site not in sites  # what is told already
        and device.holder not in persons
    ]
    if persons or sites or torn:
        yield Clash(
            planned=one,
            other=other,
            persons=tuple(sorted(persons)),
            sites=tuple(sorted(sites)),
            devices=tuple(sorted(torn)),
        )


def _needs(one: Busy, device: Device) -> bool:
    return device.site in one.sites or device.holder in one.persons


def digest(found: Sequence[Clash]) -> str:
    """Return what names exactly these clashes, whoever looks and whenever; empty without any."""
    if not found:
        return ""
    lines = [
        "|".join(
            (
                clash.planned.start.isoformat(),
                _identity(clash.other),
                *clash.persons,
                *clash.sites,
                *clash.devices,
            )
        )
        for clash in found
    ]
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()[:32]


def _identity(one: Busy) -> str:
    return one.occurrence or f"{one.series}@{one.start.isoformat()}"


def at(one: Busy, start: datetime) -> Busy:
    """Return the same meeting at another time."""
    return replace(one, start=start, end=start + (one.end - one.start))
