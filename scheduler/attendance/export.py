"""Sheets as files: CSV that Excel opens as it is, and XLSX.

Writing takes time in proportion to the rows (20,000 rows of XLSX: about a second): a server calls
these in a thread.
"""

import csv
import io
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

import xlsxwriter

from scheduler.attendance.sheet import Cell, Column, Sheet

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so is run as a formula by spreadsheets, the full-width ones too in some."""

A4, A3 = 9, 8
WIDEST_ON_A4 = 165
"""Characters that stand beside each other on A4 across before they become too small to read (about
eight points); what is wider is for A3."""
_LINE_PT = 15.0
MOST_LINES = 20
_MARGIN_INCHES = 0.4

_NOT_IN_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535))


def to_csv(sheet: Sheet) -> bytes:
    """Return the sheet as UTF-8 with BOM and CRLF (RFC 4180): the table alone, for programs too.

    Text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(column.heading for column in sheet.columns)
    for row in sheet.rows:
        writer.writerow(
            _number_text(cell, column.percent)
            if isinstance(cell, int | float)
            else harmless(cell or "")
            for cell, column in zip(row, sheet.columns, strict=True)
        )
    return (_BOM + out.getvalue()).encode("utf-8", errors="replace")


def harmless(text: str) -> str:
    """Return the text so that no spreadsheet runs it."""
    begins = text.lstrip(" \N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}")
    return f"'{text}" if begins.startswith(_FORMULA_STARTS) else text


def to_xlsx(sheet: Sheet, *, created: datetime | None = None) -> bytes:
    """Return the sheet as a workbook: the preface, then the table with a filter and fixed heads,
    that prints across on one page's width with the heads on each page.

    Text is written as text, so nothing in it is a formula or a link. `created` is the date that
    the workbook carries, now where it is left out.
    """
    out = io.BytesIO()
    face = {"font_name": "宋体", "font_size": 11}  # widths are counted in digits of this face too
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "default_format_properties": face,
        },
    )
    if created is not None:
        book.set_properties({"created": created.astimezone(UTC).replace(tzinfo=None)})
    face |= {"valign": "top"}
    about = book.add_format(face | {"align": "left"})
    plain = book.add_format(face)
    over_text = book.add_format(face | {"bold": True, "bottom": 1, "text_wrap": True})
    over_numbers = book.add_format(
        face | {"bold": True, "bottom": 1, "text_wrap": True, "align": "right"}
    )
    wrapped = book.add_format(face | {"text_wrap": True})
    percent = book.add_format(face | {"num_format": "0.0%"})
    page = book.add_worksheet(sheet.title)
    for at, line in enumerate(sheet.preface):
        for column, cell in enumerate(line):
            _write(page, at, column, cell, about)
    top = len(sheet.preface) + 1 if sheet.preface else 0
    for at, head in enumerate(sheet.columns):
        page.set_column(at, at, head.width)
        numbers = any(isinstance(row[at], int | float) for row in sheet.rows)
        page.write_string(top, at, head.heading, over_numbers if numbers else over_text)
    page.set_row(top, _LINE_PT * max(_lines(head.heading, head.width) for head in sheet.columns))
    for down, row in enumerate(sheet.rows, top + 1):
        if (lines := _lines_of(row, sheet.columns)) > 1:
            page.set_row(down, _LINE_PT * lines)
        for at, (cell, head) in enumerate(zip(row, sheet.columns, strict=True)):
            form = percent if head.percent else wrapped if head.wrap else plain
            _write(page, down, at, cell, form)
    page.autofilter(top, 0, top + max(1, len(sheet.rows)), len(sheet.columns) - 1)
    page.freeze_panes(top + 1, 1)
    page.set_landscape()
    page.set_paper(A4 if sum(head.width for head in sheet.columns) <= WIDEST_ON_A4 else A3)
    page.set_margins(_MARGIN_INCHES, _MARGIN_INCHES, _MARGIN_INCHES, 2 * _MARGIN_INCHES)
    page.set_footer("&C&P / &N")
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)
    book.close()
    return out.getvalue()


def _write(page: "xlsxwriter.Worksheet", row: int, column: int, cell: Cell, form: object) -> None:
    if isinstance(cell, int | float):
        page.write_number(row, column, cell, form)
    elif cell is not None:
        page.write_string(row, column, cell.translate(_NOT_IN_XML)[:32_767], form)


def _lines_of(row: Sequence[Cell], columns: Sequence[Column]) -> int:
    """Return how many lines the texts of a row take in the columns that wrap."""
    wrapped = [
        _lines(cell, head.width)
        for cell, head in zip(row, columns, strict=True)
        if head.wrap and isinstance(cell, str)
    ]
    return min(max(wrapped, default=1), MOST_LINES)


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes; Chinese characters are as wide as two others."""
    if len(text) * 2 <= width:
        return 1
    taken = sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
    return -(-taken // width)


def _number_text(number: float, percent: bool) -> str:
    return f"{number:.4f}" if percent else f"{number:g}" if number < 100_000 else str(number)
