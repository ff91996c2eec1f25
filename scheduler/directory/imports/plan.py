"""From lines and the store to what is to be written. Pure: the same input, the same plan."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scheduler.directory.imports.kinds import KINDS
from scheduler.directory.imports.lines import Line
from scheduler.directory.imports.overlay import Overlay
from scheduler.directory.imports.report import BadRows, Counts
from scheduler.directory.imports.rules import (
    check_devices,
    check_memberships,
    check_posts,
    check_references,
    check_roles,
)
from scheduler.directory.imports.units import check_units, parents_first
from scheduler.store.directory_import import TABLES, TableRow


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows to create and to change, by table, and the counts of lines by kind of file."""

    created: Mapping[str, Sequence[TableRow]]
    changed: Mapping[str, Sequence[TableRow]]
    counts: Mapping[str, Counts]


def make_plan(
    lines: Sequence[Line], loaded: Mapping[str, Iterable[TableRow]], bad: BadRows
) -> Plan:
    """Check the lines against each other and the store; the plan is of use if nothing is bad."""
    overlay = Overlay(loaded)
    overlay.lay(lines, bad)
    check_references(lines, overlay, bad)
    check_units(overlay, bad)
    check_devices(overlay, bad)
    check_memberships(lines, overlay, bad)
    check_posts(lines, overlay, bad)
    check_roles(overlay, bad)
    if bad.total:
        return Plan({}, {}, {})
    return _differences(lines, overlay)


_NEW, _CHANGED = 2, 1


def _differences(lines: Sequence[Line], overlay: Overlay) -> Plan:
    created: dict[str, list[TableRow]] = {name: [] for name in TABLES}
    changed: dict[str, list[TableRow]] = {name: [] for name in TABLES}
    effect: dict[int, int] = {}
    for name in TABLES:
        stored_rows = overlay.stored[name]
        for key, given in overlay.given[name].items():
            stored = stored_rows.get(key)
            if stored is None:
                created[name].append(given.row)
                mark = _NEW if given.is_main else _CHANGED
            elif stored != given.row:
                changed[name].append(given.row)
                mark = _CHANGED
            else:
                continue
            effect[id(given.line)] = max(mark, effect.get(id(given.line), 0))
    created["unit"] = parents_first(created["unit"])
    return Plan(created, changed, _count(lines, effect))


def _count(lines: Sequence[Line], effect: Mapping[int, int]) -> dict[str, Counts]:
    tally = {kind.name: [0, 0, 0] for kind in KINDS}
    for line in lines:
        tally[line.heading.kind.name][effect.get(id(line), 0)] += 1
    return {
        name: Counts(created=new, changed=changed, unchanged=same)
        for name, (same, changed, new) in tally.items()
        if same or changed or new
    }
