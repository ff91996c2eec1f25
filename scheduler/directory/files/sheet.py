"""What every file comes down to: a named sheet of numbered lines of text cells."""

from collections.abc import Iterator
from dataclasses import dataclass

LARGEST_FILE_BYTES = 64 * 1024 * 1024
MOST_LINES = 500_000
MOST_COLUMNS = 64
_LAST_LINE = 1_048_576  # of any Excel sheet: empty lines with a border go down to there

Line = tuple[int, list[str]]
"""The number of the line in the file, from 1, and its cells without surrounding space."""


class Unreadable(Exception):
    """The file cannot be read on from this line; `code` is one of the texts of the reports."""

    def __init__(self, code: str, line: int | None = None, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.line = line
        self.params = params


@dataclass(frozen=True, slots=True)
class Sheet:
    """`name` is the file as people know it, with the sheet in brackets where there are several.

    `lines` may raise Unreadable at any line; empty lines are left out.
    """

    name: str
    lines: Iterator[Line]


def bounded(lines: Iterator[Line]) -> Iterator[Line]:
    """Leave out empty lines; raise Unreadable beyond the largest number of lines or columns."""
    for number, cells in lines:
        while cells and not cells[-1]:
            cells.pop()
        if number > (MOST_LINES if cells else _LAST_LINE):
            raise Unreadable("too_many_lines", number, limit=MOST_LINES)
        if len(cells) > MOST_COLUMNS:
            raise Unreadable("too_many_columns", number, limit=MOST_COLUMNS)
        if cells:
            yield number, cells
