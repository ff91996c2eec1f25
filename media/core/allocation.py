"""What each picture slot of a receiver gets out of its budget: a pure function.

In this order, as far as the budget reaches: the main picture's lowest layer and its layers below
the highest; the small pictures in the order of the slots, first with fewer frames and then with
all of their lowest layer; and the main picture's highest layer. Without the main picture there are
no small ones, and a small one does not begin before those of lower slots. Rates breathe: what is
new needs room to spare, and what is shown already stays until it is too much by more than a
little.
"""

from collections.abc import Iterator, Sequence
from math import inf
from typing import NamedTuple, Protocol

UPGRADE_ROOM, KEEP_ROOM = 1.15, 0.9
OVERHEAD = 1.06
"""Headers and ciphers make so much of payload bits of pictures."""


class Wanted(NamedTuple):
    """One picture slot that has something to show."""

    rates: Sequence[float | None]
    """Payload bit/s of the layers from low to high, None = silent."""
    current: int | None
    """The layer that is shown, or about to be."""
    small: int = 0
    """What a small picture gets at best: the first that flows from here on."""


class Plan(NamedTuple):
    layers: tuple[int | None, ...]
    """By slot; None = not affordable, or nothing flows (or nothing is wanted)."""
    least: float
    """Bit/s of the main picture's lowest layer."""
    next: float
    """Bit/s in total at which the most important thing that is missing could be sent; infinite
    where nothing is missing."""
    easiest: float
    """The same of the cheapest thing that is missing."""
    demand: float
    """Bit/s of everything there is, with room to spare."""


NOTHING = Plan((), 0.0, inf, inf, 0.0)


def lowest(rates: Sequence[float | None]) -> int | None:
    """Return the lowest layer that flows, None where none does."""
    return next((index for index, rate in enumerate(rates) if rate is not None), None)


def highest(rates: Sequence[float | None]) -> int | None:
    """Return the highest layer that flows, None where none does."""
    return next((i for i in range(len(rates) - 1, -1, -1) if rates[i] is not None), None)


def smallest(rates: Sequence[float | None], small: int) -> int | None:
    """Return what a small picture is shown with where there is room: the first layer that flows
    from `small` on, or else the highest that does."""
    for index, rate in enumerate(rates):
        if index >= small and rate is not None:
            return index
    return highest(rates)


class Shown(Protocol):
    """A source, and what a line without a limit gets of it."""

    @property
    def highest(self) -> int | None: ...
    @property
    def smallest(self) -> int | None: ...


def unlimited(slots: Sequence[Shown | None]) -> tuple[int | None, ...]:
    """Choose for a line without a limit: all of the main picture, and all small ones."""
    return tuple(
        None if slot is None else (slot.smallest if index else slot.highest)
        for index, slot in enumerate(slots)
    )


def plan(slots: Sequence[Wanted | None], budget: float) -> Plan:
    """Divide `budget` bit/s; slot 0 is the main picture."""
    spent = least = demand = 0.0
    following = easiest = inf
    chosen: list[int | None] = [None] * len(slots)
    costs = [0.0] * len(slots)
    blocked = False
    for index, layer, cost in _in_order(slots):
        wanted = slots[index]
        current = None if wanted is None else wanted.current
        new = current is None or layer > current
        total = spent - costs[index] + cost * (UPGRADE_ROOM if new else KEEP_ROOM)
        if index == 0 and least == 0.0:
            least += cost
        if total <= budget and not (blocked and new):
            spent += cost - costs[index]
            chosen[index], costs[index] = layer, cost
            continue
        needed = spent - costs[index] + cost * UPGRADE_ROOM
        following = needed if following == inf else following
        easiest = min(easiest, needed)
        if index == 0 and chosen[0] is None:
            break
        blocked = blocked or index > 0
    for index, slot in enumerate(slots):
        if slot is not None:
            top = _small(slot) if index else highest(slot.rates)
            demand += _cost(slot.rates, top) * UPGRADE_ROOM
    return Plan(tuple(chosen), least, following, easiest, demand)


def _in_order(slots: Sequence[Wanted | None]) -> Iterator[tuple[int, int, float]]:
    """Yield (slot, layer, cost of that layer) by importance."""
    main = slots[0] if slots else None
    last: int | None = None
    if main is not None:
        flowing = [layer for layer, rate in enumerate(main.rates) if rate is not None]
        if flowing and flowing[-1] != _small(main):
            last = flowing.pop()
        for layer in flowing:
            yield 0, layer, _cost(main.rates, layer)
    for best in (_lowest, _small):
        for index, slot in enumerate(slots):
            small = best(slot) if index and slot is not None else None
            if small is not None and slot is not None:
                yield index, small, _cost(slot.rates, small)
    if main is not None and last is not None:
        yield 0, last, _cost(main.rates, last)


def _lowest(slot: Wanted) -> int | None:
    return lowest(slot.rates)


def _small(slot: Wanted) -> int | None:
    return smallest(slot.rates, slot.small)


def _cost(rates: Sequence[float | None], layer: int | None) -> float:
    rate = None if layer is None else rates[layer]
    return 0.0 if rate is None else rate * OVERHEAD
