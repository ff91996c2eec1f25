"""A sheet as text in columns; Chinese characters take two places of a terminal."""

import unicodedata
from collections.abc import Iterator

from scheduler.attendance.sheet import Cell, Column, Sheet

_GAP = "  "


def lines_of(sheet: Sheet) -> Iterator[str]:
    """Yield the preface, the headings, a rule and the rows; figures stand to the right."""
    for first, *others in sheet.preface:
        yield f"{_text(first)}: {' '.join(_text(one) for one in others)}"
    rows = [
        [_text(cell, column) for cell, column in zip(row, sheet.columns, strict=True)]
        for row in sheet.rows
    ]
    figures = [
        all(isinstance(row[at], int | float | None) for row in sheet.rows)
        for at in range(len(sheet.columns))
    ]
    heads = [column.heading for column in sheet.columns]
    widths = [max(map(width, column)) for column in zip(heads, *rows, strict=True)]
    yield _line(heads, widths, figures)
    yield _GAP.join("-" * one for one in widths)
    for row in rows:
        yield _line(row, widths, figures)


def width(text: str) -> int:
    """Return how many places of a terminal the text takes."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _line(cells: list[str], widths: list[int], figures: list[bool]) -> str:
    padded = []
    for cell, wanted, right in zip(cells, widths, figures, strict=True):
        space = " " * (wanted - width(cell))
        padded.append(space + cell if right else cell + space)
    return _GAP.join(padded).rstrip()


def _text(cell: Cell, column: Column | None = None) -> str:
    if cell is None:
        return "–" if column is not None and column.percent else ""
    if column is not None and column.percent and isinstance(cell, int | float):
        return f"{cell:.1%}"
    text = f"{cell:g}" if isinstance(cell, float) else str(cell)
    # A name with a control character must not move the cursor of somebody's terminal.
    return "".join(one if one.isprintable() else "�" for one in text)
