"""From paths to sheets: folders, CSV and XLSX files."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from scheduler.directory.files.csv_file import csv_sheet
from scheduler.directory.files.sheet import LARGEST_FILE_BYTES, Sheet, Unreadable
from scheduler.directory.files.xlsx_file import xlsx_sheets

SUFFIXES = (".csv", ".xlsx")
_ZIP = b"PK\x03\x04"


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files meant: a folder means its CSV and XLSX files, ordered by name."""
    for path in paths:
        if path.is_dir():
            yield from sorted(
                file
                for file in path.iterdir()
                if file.suffix.lower() in SUFFIXES and not file.name.startswith(("~", "."))
            )
        else:
            yield path


def sheets_of(path: Path) -> Iterator[Sheet]:
    """Yield the sheets of one file; raise Unreadable. A sheet is read before the next is asked."""
    data = _read(path)
    if data.startswith(_ZIP):  # whatever its name says
        yield from xlsx_sheets(path.name, data)
    elif path.suffix.lower() == ".xlsx":
        raise Unreadable("xlsx_malformed", reason="no ZIP")
    elif path.suffix.lower() == ".csv":
        yield csv_sheet(path.name, data)
    else:
        raise Unreadable("format_unknown", suffix=path.suffix or path.name)


def _read(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():  # a pipe would let us wait for ever
            raise Unreadable("file_unreadable", reason="not a file")
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise Unreadable("file_unreadable", reason=reason or "") from error
    if len(data) > LARGEST_FILE_BYTES:
        raise Unreadable("file_too_large", limit=LARGEST_FILE_BYTES // 1024 // 1024)
    return data
