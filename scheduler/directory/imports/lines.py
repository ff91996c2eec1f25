"""From sheets to lines: every cell read and checked by itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scheduler.directory.files.opening import files_of, sheets_of
from scheduler.directory.files.sheet import Sheet, Unreadable
from scheduler.directory.imports.cells import BadCell, Value, check_text
from scheduler.directory.imports.heading import Heading, recognise
from scheduler.directory.imports.kinds import complete
from scheduler.directory.imports.report import BadRows


@dataclass(slots=True)
class Line:
    """One line of a file. `values` has the fields of the columns the file has; where `whole` is
    false, some cell was bad and its field is missing.
    """

    file: str
    number: int
    heading: Heading
    values: dict[str, Value]
    whole: bool

    def report(self, bad: BadRows, field: str | None, code: str, **params: object) -> None:
        """Report what is wrong in the field."""
        column = self.heading.label(field) if field else None
        bad.add(self.file, self.number, column, code, **params)


def read_lines(paths: Iterable[Path], bad: BadRows) -> list[Line]:
    """Read all files; what cannot be read is reported."""
    lines: list[Line] = []
    files = list(files_of(paths))
    if not files:
        bad.add("-", None, None, "nothing_to_read")
    for path in files:
        empty = True
        try:
            for sheet in sheets_of(path):
                first = next(sheet.lines, None)
                if first is not None:
                    empty = False
                    lines.extend(_lines_of(sheet, first, bad))
        except Unreadable as trouble:
            bad.add(path.name, trouble.line, None, trouble.code, **trouble.params)
        else:
            if empty:  # a workbook may have empty sheets besides
                bad.add(path.name, None, None, "file_empty")
    return lines


def _lines_of(sheet: Sheet, first: tuple[int, list[str]], bad: BadRows) -> Iterator[Line]:
    heading = recognise(sheet.name, *first, bad)
    if heading is None:
        return
    try:
        for number, cells in sheet.lines:
            yield _read(sheet.name, number, cells, heading, bad)
    except Unreadable as trouble:
        bad.add(sheet.name, trouble.line, None, trouble.code, **trouble.params)


def _read(file: str, number: int, cells: list[str], heading: Heading, bad: BadRows) -> Line:
    values: dict[str, Value] = {}
    before = bad.total
    for position, column in enumerate(heading.columns):
        if column is None:
            continue
        text = cells[position] if position < len(cells) else ""
        if not text:
            if column.optional:
                values[column.field] = column.default
            else:
                bad.add(file, number, heading.labels[position], "value_missing")
            continue
        try:
            check_text(text)
            values[column.field] = column.read(text)
        except BadCell as trouble:
            label = heading.labels[position]
            bad.add(file, number, label, trouble.code, **trouble.params)
    if len(cells) > len(heading.columns):
        bad.add(file, number, None, "cells_beyond_heading")
    complete(heading.kind, values)
    return Line(file, number, heading, values, whole=bad.total == before)
