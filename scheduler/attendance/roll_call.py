"""The roll call (点名) of a site: whom it may tick, and what is ticked."""

from collections.abc import Collection
from datetime import datetime

from scheduler.attendance.evidence import Evidence
from scheduler.attendance.model import MarkKind, RollEntry
from scheduler.attendance.stays import stays
from scheduler.errors import Invalid


def known_kind(mark: str) -> MarkKind:
    """Return the mark; raise Invalid("unknown_mark")."""
    try:
        return MarkKind(mark)
    except ValueError as error:
        raise Invalid("unknown_mark", mark[:64]) from error


def entries(
    evidence: Evidence, sites: Collection[str], site: str, now: datetime
) -> tuple[RollEntry, ...]:
    """Return the persons of the roster whom the site may tick, in the order of the roster.

    These are the persons expected there, those whom no other site of the meeting expects, and
    those whom the site has ticked already.
    """
    last = {mark.person: mark for mark in sorted(evidence.marks, key=lambda m: m.at)}
    here = {mark.person: mark for mark in last.values() if mark.site == site}
    others = frozenset(sites) - {site}
    until = evidence.occurrence.closed_at or now
    by_device = {
        person for stay in stays(evidence.facts, until) if stay.open for person, _ in stay.arrivals
    }
    return tuple(
        RollEntry(
            person=entry.person,
            name=entry.name,
            mark=mark.mark if mark else None,
            marked_at=mark.at if mark else None,
            marked_by=mark.by if mark else None,
            substitute=mark.substitute if mark else None,
            here_by_device=entry.person in by_device,
        )
        for entry in evidence.roster
        for mark in [here.get(entry.person)]
        if entry.site not in others or mark is not None
    )
