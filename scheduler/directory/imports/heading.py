"""Which kind of file it is: by its headings, and where these leave a doubt, by its name."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.directory.imports.kinds import KINDS, Column, Kind
from scheduler.directory.imports.messages import text_of
from scheduler.directory.imports.report import BadRows

_IGNORED = frozenset({"备注", "说明", "序号", "note", "notes", "remark"})


@dataclass(frozen=True, slots=True)
class Heading:
    """The kind of a file, and the column of the kind at each position; None is passed over."""

    kind: Kind
    columns: tuple[Column | None, ...]
    labels: tuple[str, ...]

    def label(self, field: str) -> str | None:
        """Return the heading of the field as it stands in the file."""
        for column, label in zip(self.columns, self.labels, strict=True):
            if column is not None and column.field == field:
                return label
        return None


def recognise(file: str, line: int, cells: Sequence[str], bad: BadRows) -> Heading | None:
    """Return the heading of the first line, or None after reporting why it is none."""
    best = max(KINDS, key=lambda kind: _likeness(file, kind, cells))
    likeness = _likeness(file, best, cells)
    if not likeness.fits and likeness.known < 2:
        names = "、".join(text_of(f"kind_{kind.name}", {}, "zh-CN") for kind in KINDS)
        bad.add(file, line, None, "kind_unknown", kinds=names)
        return None
    return _read(file, line, cells, best, bad)


@dataclass(frozen=True, slots=True, order=True)
class _Likeness:
    """How well headings go with a kind; what stands first weighs most."""

    fits: bool
    unknown: int  # negative: the fewer the better
    named: bool
    known: int


def _likeness(file: str, kind: Kind, cells: Sequence[str]) -> _Likeness:
    found = [_column_of(kind, cell) for cell in cells if _plain(cell) not in _IGNORED and cell]
    fields = {column.field for column in found if column is not None}
    needed = {column.field for column in kind.columns if not column.optional}
    return _Likeness(
        fits=needed <= fields,
        unknown=-found.count(None),
        named=any(word in file.casefold() for word in kind.file_words),
        known=len(fields),
    )


def _read(file: str, line: int, cells: Sequence[str], kind: Kind, bad: BadRows) -> Heading | None:
    before = bad.total
    columns: list[Column | None] = []
    for cell in cells:
        column = None if _plain(cell) in _IGNORED else _column_of(kind, cell)
        if column is not None and column in columns:
            bad.add(file, line, cell, "column_twice")
        if column is None and cell and _plain(cell) not in _IGNORED:
            bad.add(
                file,
                line,
                cell[:40],
                "column_unknown",
                kind=text_of(f"kind_{kind.name}", {}, "zh-CN"),
                columns="、".join(each.headings[0] for each in kind.columns),
            )
        columns.append(column)
    for column in kind.columns:
        if not column.optional and column not in columns:
            bad.add(file, line, None, "column_missing", heading=column.headings[0])
    if bad.total > before:
        return None
    return Heading(kind, tuple(columns), tuple(cells))


def _column_of(kind: Kind, cell: str) -> Column | None:
    plain = _plain(cell)
    for column in kind.columns:
        if plain == _plain(column.field) or plain in column.headings:
            return column
    return None


def _plain(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(character for character in text if not character.isspace() and character != "_")
