"""Rules of the two trees: known parents of the same tree, no circles."""

from collections.abc import Iterable, Mapping

from scheduler.directory.imports import vocabulary
from scheduler.directory.imports.cells import allowed_words
from scheduler.directory.imports.overlay import Overlay
from scheduler.directory.imports.report import BadRows
from scheduler.directory.model import UNIT_KINDS
from scheduler.store.directory_import import TableRow

_SHOWN = 10
_DEEPEST = 32


def check_units(overlay: Overlay, bad: BadRows) -> None:
    """Report what is wrong with the units given, also where a stored one makes it so."""
    rows = {row["id"]: row for row in overlay.rows("unit")}
    for (unit,), given in overlay.given["unit"].items():
        row, stored = given.row, overlay.stored["unit"].get((unit,))
        if row["kind"] not in UNIT_KINDS[row["tree"]]:
            words = {kind: vocabulary.UNIT_KINDS[kind] for kind in UNIT_KINDS[row["tree"]]}
            given.line.report(bad, "kind", "kind_of_other_tree", allowed=allowed_words(words))
        if stored and stored["tree"] != row["tree"]:
            given.line.report(bad, "tree", "tree_changed")
        parent = rows.get(row["parent"])
        if parent and parent["tree"] != row["tree"]:
            given.line.report(bad, "parent", "other_tree", id=row["parent"])
    found = circles({unit: row["parent"] for unit, row in rows.items()})
    if not found:
        _check_depth(rows.values(), overlay, bad)
    for circle in found:
        ids = " → ".join([*circle[:_SHOWN], circle[0] if len(circle) <= _SHOWN else "…"])
        for unit in circle:
            if given_unit := overlay.given["unit"].get((unit,)):
                given_unit.line.report(bad, "parent", "cycle", ids=ids)


def _check_depth(rows: Iterable[TableRow], overlay: Overlay, bad: BadRows) -> None:
    """Refuse a tree so deep that it is no tree of offices, before every question walks it."""
    depths: dict[str | None, int] = {}
    for row in parents_first(rows):
        depths[row["id"]] = depths.get(row["parent"], 0) + 1
        if depths[row["id"]] > _DEEPEST and (given := overlay.given["unit"].get((row["id"],))):
            given.line.report(bad, "parent", "too_deep", limit=_DEEPEST)


def circles(parents: Mapping[str, str | None]) -> list[list[str]]:
    """Return the circles among the units, each once, from child to parent, the least id first."""
    found: list[list[str]] = []
    walked: dict[str, int] = {}  # unit → the walk that came by
    for number, start in enumerate(parents):
        way: list[str] = []
        unit: str | None = start
        while unit is not None and unit in parents and unit not in walked:
            walked[unit] = number
            way.append(unit)
            unit = parents[unit]
        if unit is not None and walked.get(unit) == number:
            circle = way[way.index(unit) :]
            first = circle.index(min(circle))
            found.append(circle[first:] + circle[:first])
    return found


def parents_first(rows: Iterable[TableRow]) -> list[TableRow]:
    """Return the units in an order in which each comes after its parent; no circles."""
    waiting = {row["id"]: row for row in rows}
    ordered: list[TableRow] = []
    while waiting:
        _, row = waiting.popitem()
        way = [row]
        while (parent := waiting.pop(way[-1]["parent"], None)) is not None:
            way.append(parent)
        ordered += reversed(way)
    return ordered
