"""The Party tree as the clock walks it: units with their names on a day and what they owe."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.branch_clock.committees import Days, Held, without_committee
from scheduler.branch_clock.duties import OWED_BY, Life, Terms
from scheduler.rules.table import COMMITTEE
from scheduler.store import clock_rows, committee_rows, directory_rows


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the Party tree."""

    id: str
    kind: str
    name: str
    parent: str | None
    terms: Terms


class Tree:
    """All units of the Party tree, by id."""

    def __init__(self, units: Collection[Unit]) -> None:
        self.units = {one.id: one for one in units}
        self._children: defaultdict[str, list[str]] = defaultdict(list)
        for one in units:
            if one.parent is not None:
                self._children[one.parent].append(one.id)

    def below(self, unit: str) -> tuple[str, ...]:
        """Return the units right below one."""
        return tuple(self._children.get(unit, ()))

    def topmost(self, units: Collection[str]) -> tuple[str, ...]:
        """Return those units of the tree that lie below none of the others, by id."""
        known = {one for one in units if one in self.units}
        return tuple(sorted(one for one in known if not known & set(self._above(one))))

    def owing(self, tops: Collection[str]) -> tuple[tuple[Unit, str], ...]:
        """Return the units that owe meetings, each with the unit of `tops` it lies below."""
        return tuple(
            (unit, top) for top in tops for unit in self._subtree(top) if unit.kind in OWED_BY
        )

    def _above(self, unit: str) -> Iterator[str]:
        seen = {unit}
        parent = self.units[unit].parent
        while parent is not None and parent in self.units and parent not in seen:
            yield parent
            seen.add(parent)
            parent = self.units[parent].parent

    def _subtree(self, top: str) -> Iterator[Unit]:
        waiting, seen = [top], {top}
        while waiting:
            unit = waiting.pop()
            yield self.units[unit]
            fresh = [one for one in self._children.get(unit, ()) if one not in seen]
            seen.update(fresh)
            waiting += fresh


async def read_tree(connection: AsyncConnection, on: date, year: int) -> Tree:
    """Read the Party tree with the names of a day, and what its units owe in a year and around
    its ends."""
    lives = await clock_rows.lives(connection)
    small = await _without_committee(connection, year)
    return Tree(
        [
            Unit(
                row.id,
                row.kind,
                row.name,
                row.parent,
                Terms(Life(*lives.get(row.id, (None, None))), small.get(row.id, ())),
            )
            for row in await directory_rows.units(connection, on)
            if row.tree == "party"
        ]
    )


def around(year: int) -> Days:
    """Return the days in which whatever is looked at with a year lies: its periods, and those that
    ended last on its first day."""
    return Days(date(year - 1, 12, 1), date(year + 1, 1, 31))


async def _without_committee(connection: AsyncConnection, year: int) -> dict[str, tuple[Days, ...]]:
    within = around(year)
    members, posts = await committee_rows.of_small_branches(
        connection, within.first, within.last, COMMITTEE.full_members
    )
    held: defaultdict[str, tuple[list[Held], list[Held]]] = defaultdict(lambda: ([], []))
    for place, rows in enumerate((members, posts)):
        for row in rows:
            held[row.unit][place].append(Held(row.person, row.since, row.until))
    found = {unit: without_committee(*both, within) for unit, both in held.items()}
    return {unit: days for unit, days in found.items() if days}
