"""CSV (RFC 4180), with commas, semicolons or tabs."""

import csv
import io
from collections.abc import Iterator

from scheduler.directory.files.encoding import decode
from scheduler.directory.files.sheet import Line, Sheet, Unreadable, bounded

_DELIMITERS = ",;\t"


def csv_sheet(name: str, data: bytes) -> Sheet:
    """Return the sheet of a CSV file; raise Unreadable where its encoding is none of ours."""
    text = decode(data)
    return Sheet(name, bounded(_lines(text)))


def _lines(text: str) -> Iterator[Line]:
    header = text.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        first = reader.line_num + 1  # a quoted cell may go over several lines
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable("csv_malformed", first, reason=error) from error
        yield first, [cell.strip() for cell in cells]
