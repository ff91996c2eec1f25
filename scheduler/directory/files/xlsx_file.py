"""XLSX. The package is measured before it is unpacked, and what openpyxl makes of it is text."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import openpyxl

from scheduler.directory.files.sheet import MOST_COLUMNS, Line, Sheet, Unreadable, bounded

LARGEST_UNPACKED_BYTES = 128 * 1024 * 1024
_MOST_PARTS = 1000


def xlsx_sheets(name: str, data: bytes) -> list[Sheet]:
    """Return the sheets of a workbook; raise Unreadable where it is none or unpacks too large."""
    _measure(data)
    with warnings.catch_warnings():
        # Styles, validations and dates that openpyxl does not know are no matter here. It reads
        # everything inside this block, because the filter is one for the whole process.
        warnings.simplefilter("ignore")
        try:
            workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        except Exception as error:  # a damaged package fails in any of a dozen ways
            raise Unreadable("xlsx_malformed", reason=type(error).__name__) from error
        try:
            sheets = workbook.worksheets
            labels = [name if len(sheets) == 1 else f"{name}[{each.title}]" for each in sheets]
            return [
                Sheet(label, _read_now(bounded(_lines(sheet))))
                for label, sheet in zip(labels, sheets, strict=True)
            ]
        finally:
            workbook.close()


def _read_now(lines: Iterator[Line]) -> Iterator[Line]:
    """Read all lines now; the iterator returned gives them, and then the trouble if any."""
    held: list[Line] = []
    trouble: Unreadable | None = None
    try:
        held.extend(lines)
    except Unreadable as error:
        trouble = error

    def replay() -> Iterator[Line]:
        yield from held
        if trouble is not None:
            raise trouble

    return replay()


def _measure(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("xlsx_malformed", reason=type(error).__name__) from error
    # zipfile reads no more of a part than it declares, so the declared sizes bound the memory.
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED_BYTES:
        raise Unreadable("xlsx_too_large", limit=LARGEST_UNPACKED_BYTES // 1024 // 1024)


def _lines(sheet: Any) -> Iterator[Line]:
    sheet.reset_dimensions()  # the declared ones may be wrong, and then rows are padded to them
    number = 0
    try:
        rows = sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)
        for number, values in enumerate(rows, start=1):
            empty = values.count(None) == len(values)  # a sheet may have a million of them
            yield number, [] if empty else [_text(value) for value in values]
    except Exception as error:  # as above: the sheet itself is parsed only here
        raise Unreadable("xlsx_malformed", number + 1, reason=type(error).__name__) from error


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value.strip()
        case bool():
            return "1" if value else "0"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))  # Excel keeps every number as a float
        case int() | float():
            return str(value)
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return f"={type(value).__name__}"  # an array formula, a data table: refused as formula
