"""From facts to stays: who was behind which device, from when to when. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from scheduler.attendance.model import Fact, FactKind, Interval


@dataclass(frozen=True, kw_only=True, slots=True)
class Stay:
    """One presence: a device in the meeting over one interval, and who signed in at it when."""

    presence: str
    site: str | None
    room: bool
    interval: Interval
    open: bool  # still there at the end of what is known
    arrivals: tuple[tuple[str, datetime], ...]  # person, from when; each person once


def stays(facts: Collection[Fact], until: datetime) -> tuple[Stay, ...]:
    """Return the stays known at `until`, whatever the order and repetition of the facts.

    A presence without `joined` is no stay. Of several ends the first counts. Without an end it
    lasts until `until`, but no longer than its node is known to have lived.
    """
    by_presence: defaultdict[str, list[Fact]] = defaultdict(list)
    for fact in sorted(set(facts), key=_order):
        by_presence[fact.presence].append(fact)
    found = (_stay(presence, own, until) for presence, own in sorted(by_presence.items()))
    return tuple(stay for stay in found if stay is not None)


def _order(fact: Fact) -> tuple[datetime, str, str, str, str, bool, str]:
    known = fact.known_until.isoformat() if fact.known_until else ""
    return (
        fact.at,
        fact.kind,
        fact.person or "",
        fact.device or "",
        fact.site or "",
        fact.room,
        known,
    )


def _stay(presence: str, facts: list[Fact], until: datetime) -> Stay | None:
    joined = [fact for fact in facts if fact.kind is FactKind.JOINED]
    if not joined:
        return None
    first = joined[0]
    start = first.at
    ends = [fact.at for fact in facts if fact.kind is FactKind.LEFT]
    alive = min((fact.known_until for fact in facts if fact.known_until), default=until)
    end = max(start, min(until, *(ends or [alive])))
    return Stay(
        presence=presence,
        site=first.site,
        room=first.room,
        interval=Interval(start, end),
        open=not ends and alive >= until >= start,
        arrivals=tuple(_arrivals(facts, start, end)),
    )


def _arrivals(
    facts: Iterable[Fact], start: datetime, end: datetime
) -> Iterable[tuple[str, datetime]]:
    seen: set[str] = set()
    for fact in facts:
        if fact.kind is FactKind.LEFT or fact.person is None or fact.person in seen:
            continue
        seen.add(fact.person)
        at = max(start, fact.at)
        if at <= end:
            yield fact.person, at
