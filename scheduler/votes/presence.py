"""Who is in a meeting at a moment, at which site and by what: what quorum and votes count. Pure."""

from dataclasses import dataclass
from datetime import datetime

from scheduler.attendance.counts import CAME
from scheduler.attendance.evidence import Evidence
from scheduler.attendance.model import Mark, MarkKind
from scheduler.attendance.stays import Stay, stays

CAME_BY_MARK = frozenset({MarkKind.PRESENT, MarkKind.LATE})


@dataclass(frozen=True, slots=True)
class Where:
    """Where a person is: the sites, and the stays of the devices the person is signed in at."""

    sites: frozenset[str]
    stays: frozenset[str]


def present_at(evidence: Evidence, moment: datetime, now: datetime) -> dict[str, Where]:
    """Return who was there at `moment`, by a device or by the roll call of a connected site.

    Somebody for whom a substitute came is not there, and the substitute has no place of their own:
    the substitute takes part without a vote.
    """
    open_stays = stays_at(evidence, moment, now)
    sites: dict[str, set[str]] = {}
    devices: dict[str, set[str]] = {}
    for stay in open_stays:
        for person, since in stay.arrivals:
            if since <= moment:
                devices.setdefault(person, set()).add(stay.presence)
                sites.setdefault(person, set()).update({stay.site} if stay.site else set())
    connected = {stay.site for stay in open_stays if stay.site is not None}
    for mark in _last_marks(evidence, moment).values():
        if mark.mark in CAME_BY_MARK and mark.substitute is None and mark.site in connected:
            sites.setdefault(mark.person, set()).add(mark.site)
    return {
        person: Where(frozenset(sites.get(person, ())), frozenset(devices.get(person, ())))
        for person in sites.keys() | devices.keys()
    }


def stays_at(evidence: Evidence, moment: datetime, now: datetime) -> tuple[Stay, ...]:
    """Return the stays of devices that lasted at `moment`."""
    known = stays(evidence.facts, evidence.occurrence.closed_at or now)
    return tuple(
        stay
        for stay in known
        if stay.interval.start <= moment and (stay.open or moment < stay.interval.end)
    )


def places_at(evidence: Evidence, moment: datetime, now: datetime) -> frozenset[str]:
    """Return the places that are connected: sites, and each device that stands at none. More than
    one is a meeting over video."""
    return frozenset(stay.site or stay.presence for stay in stays_at(evidence, moment, now))


def came(evidence: Evidence, now: datetime) -> frozenset[str]:
    """Return who counts as having come, after the meeting: by the fold and the corrections."""
    _, folded = evidence.folded(now)
    return frozenset(one.person for one in folded.persons if evidence.counted(one)[0] in CAME)


def ever_at(evidence: Evidence, site: str, now: datetime) -> frozenset[str]:
    """Return who was at a site at any time of the meeting."""
    found = {
        person
        for stay in stays(evidence.facts, evidence.occurrence.closed_at or now)
        if stay.site == site
        for person, _ in stay.arrivals
    }
    marks = _last_marks(evidence, now).values()
    return frozenset(
        found | {mark.person for mark in marks if mark.site == site and mark.mark in CAME_BY_MARK}
    )


def _last_marks(evidence: Evidence, moment: datetime) -> dict[str, Mark]:
    """Return the tick of each person that held at the moment: the last one, wherever made."""
    ticks = sorted((mark for mark in evidence.marks if mark.at <= moment), key=lambda one: one.at)
    return {mark.person: mark for mark in ticks}
