"""Which branches have no committee, and on which days: what is due of committees is not due of
them. Pure."""

from bisect import insort
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from scheduler.directory.model import SMALLEST_COMMITTEE
from scheduler.rules.table import COMMITTEE

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def shared(self, first: date, last: date) -> int:
        """Return how many of its days lie between two, both included."""
        return max(0, (min(self.last, last) - max(self.first, first)).days + 1)


@dataclass(frozen=True, slots=True)
class Held:
    """What a person was in a branch, a full member or on its committee; `until` None: still is."""

    person: str
    since: date
    until: date | None

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


def without_committee(
    members: Collection[Held], committee: Collection[Held], within: Days
) -> tuple[Days, ...]:
    """Return on which days a branch has too few full members for a committee, and none is written
    down all the same.

    Days for which no full member is written down are not among them: of such a branch nobody knows
    how large it is.
    """
    found: list[Days] = []
    for stretch in _stretches((*members, *committee), within):
        number = sum(one.on(stretch.first) for one in members)
        elected = {one.person for one in committee if one.on(stretch.first)}
        if not 0 < number < COMMITTEE.full_members or len(elected) >= SMALLEST_COMMITTEE:
            continue
        if found and found[-1].last + _DAY == stretch.first:
            found[-1] = Days(found[-1].first, stretch.last)
        else:
            found.append(stretch)
    return tuple(found)


def _stretches(held: Collection[Held], within: Days) -> Iterator[Days]:
    """Cut days where anything begins or ends."""
    begins = [within.first]
    for one in held:
        for day in (one.since, *(() if one.until is None else (one.until + _DAY,))):
            if day in within and day not in begins:
                insort(begins, day)
    for first, following in zip(begins, (*begins[1:], within.last + _DAY), strict=True):
        yield Days(first, following - _DAY)
