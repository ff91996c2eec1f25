"""The neighbours of a village, which no directory knows.

Somebody may write them down. Until then they are the villages of the same township, in the order of
the directory: whether they lie next to each other is not known, and the page says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scheduler.clock import Clock
from scheduler.directory.model import OrgUnit
from scheduler.directory.service import Directory
from scheduler.errors import Invalid
from scheduler.store import neighbour_rows
from scheduler.store.engine import Store

VILLAGES = frozenset({"village", "community"})
MOST = 60


@dataclass(frozen=True, kw_only=True)
class Neighbourhood:
    """The neighbours of a village; `source` says whether somebody named them."""

    village: OrgUnit
    neighbours: tuple[OrgUnit, ...]
    source: Literal["table", "township"]


class Neighbours:
    """Reads and writes who is whose neighbour."""

    def __init__(self, store: Store, clock: Clock, directory: Directory) -> None:
        self._store = store
        self._clock = clock
        self._directory = directory

    async def of(self, unit: str) -> Neighbourhood:
        """Return the neighbours; raise NotFound("unknown_unit"), Invalid("not_a_village")."""
        village = await self._directory.unit(unit)
        if village.kind not in VILLAGES:
            raise Invalid("not_a_village", unit[:64])
        async with self._store.read() as connection:
            named = await neighbour_rows.of(connection, unit)
        if named:
            units = {one.id: one for one in await self._directory.units(ids=named)}
            return Neighbourhood(
                village=village, neighbours=tuple(units[one] for one in named), source="table"
            )
        units_below = await self._directory.units("admin")
        near = tuple(
            one
            for one in units_below
            if one.parent == village.parent and one.id != unit and one.kind in VILLAGES
        )
        return Neighbourhood(village=village, neighbours=near, source="township")

    async def name(self, unit: str, neighbours: Sequence[str], by: str | None) -> Neighbourhood:
        """Write the neighbours down; without any they are those of the township again.

        Raise NotFound, Invalid("not_a_village" | "own_neighbour" | "too_many_neighbours").
        """
        if len(neighbours) > MOST:
            raise Invalid("too_many_neighbours", f"at most {MOST}")
        if unit in neighbours or len(set(neighbours)) != len(neighbours):
            raise Invalid("own_neighbour", unit[:64])
        for one in (unit, *neighbours):
            if (await self._directory.unit(one)).kind not in VILLAGES:
                raise Invalid("not_a_village", one[:64])
        async with self._store.begin() as connection:
            await neighbour_rows.put(connection, unit, neighbours, self._clock.now(), by)
        return await self.of(unit)
