"""The store with the files laid over it: what the directory would be."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scheduler.directory.imports.kinds import Kind, Target
from scheduler.directory.imports.lines import Line
from scheduler.directory.imports.report import BadRows
from scheduler.store.directory_import import TABLES, TableRow

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """A row that a line of a file asks for."""

    line: Line
    row: TableRow
    is_main: bool  # the first row of its line: the line counts as created with it


class Overlay:
    """`stored` and `given` rows by table and key.

    `declared` has the ids of lines with a bad cell too, so that one mistake is reported once and
    not again in every line that refers to it.
    """

    def __init__(self, loaded: Mapping[str, Iterable[TableRow]]) -> None:
        self.stored: dict[str, dict[Key, TableRow]] = {}
        for name, table in TABLES.items():
            keys = [column.name for column in table.primary_key]
            self.stored[name] = {
                tuple(row[key] for key in keys): row for row in loaded.get(name, ())
            }
        self.given: dict[str, dict[Key, Given]] = {name: {} for name in TABLES}
        self.declared: dict[str, set[Any]] = {
            name: {key[0] for key in self.stored[name]} for name in ("unit", "site", "person")
        }

    def lay(self, lines: Iterable[Line], bad: BadRows) -> None:
        """Lay the lines over the store; report those that stand there twice."""
        for line in lines:
            kind = line.heading.kind
            defaults = {column.field: column.default for column in kind.columns}
            for target in kind.targets:
                self._declare(target, line)
                if line.whole:
                    self._lay(kind, target, line, defaults, bad)

    def rows(self, table: str) -> Iterator[TableRow]:
        """Yield the rows of the table as they would be."""
        given = self.given[table]
        for key, row in self.stored[table].items():
            if key not in given:
                yield row
        for each in given.values():
            yield each.row

    def _declare(self, target: Target, line: Line) -> None:
        declared = self.declared.get(target.table)
        if declared is not None and "id" in line.values:
            declared.add(line.values["id"])

    def _lay(
        self, kind: Kind, target: Target, line: Line, defaults: dict[str, Any], bad: BadRows
    ) -> None:
        values = defaults | line.values
        key = tuple(values[target.columns[column]] for column in target.key)
        given, stored = self.given[target.table], self.stored[target.table].get(key)
        first = given.get(key)
        if first is not None:
            place = f"{first.line.file}:{first.line.number}"
            line.report(bad, target.columns[target.key[0]], "duplicate", first=place)
            return
        row = {
            column: stored[column] if stored and field not in line.values else values[field]
            for column, field in target.columns.items()
        }
        given[key] = Given(line, row, target is kind.targets[0])
