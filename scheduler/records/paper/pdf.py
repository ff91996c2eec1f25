"""The record as PDF: A4, the margins of official documents (GB/T 9704), one Chinese font.

Writing takes about half a second of CPU, most of it for the font: a server calls it in a thread.
The same document and date give the same bytes.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Final

from fpdf import FPDF
from fpdf.enums import TextMode, XPos, YPos
from fpdf.errors import FPDFException

from scheduler.records.paper.document import (
    Document,
    Facts,
    Heading,
    Prose,
    Signatures,
    Table,
)
from scheduler.records.paper.font import Face, FontUnusable
from scheduler.records.paper.line_breaking import break_lines

LEFT_MM: Final = 28.0
RIGHT_MM: Final = 26.0
TOP_MM: Final = 30.0
BOTTOM_MM: Final = 28.0
BODY_PT: Final = 14.0  # 四号
TABLE_PT: Final = 12.0  # 小四
LIST_PT: Final = 10.5  # 五号
TITLE_PT: Final = 22.0  # 二号
_LEADING: Final = 1.6
_POINT_MM: Final = 25.4 / 72
_PAD_MM: Final = 1.4
_FAMILY: Final = "record"
_MISSING: Final = "\N{GETA MARK}"
_GREY: Final = 110

logging.getLogger("fpdf").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


def to_pdf(document: Document, face: Face, dated: datetime) -> bytes:
    """Return the document as PDF, dated with an aware point in time; raise FontUnusable."""
    paper = _Paper(document, face, dated)
    paper.add_page()
    paper.title_page_head(document)
    for block in document.blocks:
        match block:
            case Facts():
                paper.facts(block)
            case Heading():
                paper.heading(block)
            case Prose():
                paper.prose(block)
            case Table():
                paper.table_of(block)
            case Signatures():
                paper.signatures(block)
    return bytes(paper.output() or b"")


class _Paper(FPDF):
    """A4 pages with the seal and the number of the page at their foot. Lengths are millimetres."""

    def __init__(self, document: Document, face: Face, dated: datetime) -> None:
        super().__init__(format="A4")
        self._seal = document.seal
        try:
            self.add_font(_FAMILY, fname=face.path, collection_font_number=face.number)
        except (FPDFException, OSError, ValueError, KeyError, AssertionError) as error:
            raise FontUnusable(f"{face.path}: cannot be used for PDF: {error}") from error
        self.set_margins(LEFT_MM, TOP_MM, RIGHT_MM)
        self.set_auto_page_break(True, BOTTOM_MM)
        self.set_creation_date(dated)
        self.set_title(document.title)
        self.set_lang("zh-CN")
        self.set_producer("Liancun")
        self.set_creator("Liancun")
        self.set_font(_FAMILY, size=BODY_PT)
        self._widths: dict[str, float] = {}

    @cached_property
    def _known(self) -> frozenset[int]:
        """The characters the font has; others are set as 〓, as printers do."""
        return frozenset(self.fonts[_FAMILY].cmap)  # type: ignore[union-attr]

    def footer(self) -> None:
        self.set_y(-BOTTOM_MM + 8)
        self.set_font_size(9)
        self.set_text_color(_GREY)
        self.cell(0, 5, f"第 {self.page_no()} 页　共 {{nb}} 页", align="C", new_x=XPos.LMARGIN)
        self.ln()
        self.set_font_size(7)
        self.cell(0, 4, f"校验值 {self._seal}", align="C")
        self.set_text_color(0)

    def title_page_head(self, document: Document) -> None:
        self._line(document.subtitle, BODY_PT, align="C")
        for line in self._broken(document.title, TITLE_PT, self.epw):
            self._line(line, TITLE_PT, align="C", bold=True)
        self.ln(3)

    def heading(self, block: Heading) -> None:
        bold = block.level == 1
        size = BODY_PT + 1 if bold else BODY_PT
        lines = self._broken(block.text, size, self.epw)
        self._keep(size, len(lines) + 2)  # no heading alone at the foot of a page
        self.ln(2.5 if bold else 1)
        for line in lines:
            self._line(line, size, bold=bold)

    def prose(self, block: Prose) -> None:
        indent = 2 * BODY_PT * _POINT_MM
        for paragraph in block.paragraphs:
            lines = self._broken(paragraph, BODY_PT, self.epw, first=indent)
            for number, line in enumerate(lines):
                self.set_x(self.l_margin + (0 if number else indent))
                self._line(line, BODY_PT)

    def facts(self, block: Facts) -> None:
        label = 6 * TABLE_PT * _POINT_MM
        for line in block.lines:
            value = self.epw / len(line) - label
            widths = [width for _ in line for width in (label, value)]
            cells = [cell for pair in line for cell in pair]
            self._row(cells, widths, TABLE_PT, centred=[True, False] * len(line))
        self.ln(2)

    def table_of(self, block: Table) -> None:
        whole = sum(block.widths)
        widths = [self.epw * width / whole for width in block.widths]
        self._keep(LIST_PT, 4)
        self._head(block.heads, widths)
        for row in block.rows:
            if self._height(row, widths, LIST_PT) > self.page_break_trigger - self.y:
                self.add_page()
                self._head(block.heads, widths)
            self._row(row, widths, LIST_PT)
        self.ln(2)

    def signatures(self, block: Signatures) -> None:
        self._keep(BODY_PT, 3 * len(block.lines) + 1)
        self.ln(8)
        for name, by_pin in block.lines:
            self._line(f"{name}：", BODY_PT, bold=True)
            start = self.l_margin + self._width(f"{name}：", BODY_PT) + 1
            self.line(start, self.y - 1.5, start + 70, self.y - 1.5)
            self.set_text_color(_GREY)
            self._line(by_pin, LIST_PT)
            self.set_text_color(0)
            self.ln(4)

    def _head(self, heads: Sequence[str], widths: Sequence[float]) -> None:
        self.set_fill_color(238)
        self._row(heads, widths, LIST_PT, centred=[True] * len(heads), bold=True, fill=True)

    def _row(
        self,
        cells: Sequence[str],
        widths: Sequence[float],
        size: float,
        *,
        centred: Sequence[bool] = (),
        bold: bool = False,
        fill: bool = False,
    ) -> None:
        """Set a row that stays on one page, unless it is longer than a page."""
        broken = self._cells(cells, widths, size)
        leading = size * _POINT_MM * 1.4
        room = self.page_break_trigger - self.t_margin - 2 * _PAD_MM
        most = max(1, int(room / leading))
        while broken and any(broken):
            part = [lines[:most] for lines in broken]
            broken = [lines[most:] for lines in broken]
            height = max(map(len, part)) * leading + 2 * _PAD_MM
            if height > self.page_break_trigger - self.y:
                self.add_page()
            self._boxes(part, widths, size, height, leading, centred, bold=bold, fill=fill)

    def _boxes(
        self,
        broken: Sequence[Sequence[str]],
        widths: Sequence[float],
        size: float,
        height: float,
        leading: float,
        centred: Sequence[bool],
        *,
        bold: bool,
        fill: bool,
    ) -> None:
        x, y = self.l_margin, self.y
        for at, (lines, width) in enumerate(zip(broken, widths, strict=True)):
            self.rect(x, y, width, height, style="DF" if fill else "D")
            top = y + (height - len(lines) * leading) / 2
            for number, line in enumerate(lines):
                self.set_xy(x, top + number * leading)
                middle = bool(centred) and centred[at]
                self._cell(line, size, width, leading, bold=bold, align="C" if middle else "L")
            x += width
        self.set_xy(self.l_margin, y + height)

    def _cells(self, cells: Sequence[str], widths: Sequence[float], size: float) -> list[list[str]]:
        inner = 2 * _PAD_MM
        return [
            self._broken(cell, size, width - inner)
            for cell, width in zip(cells, widths, strict=True)
        ]

    def _height(self, cells: Sequence[str], widths: Sequence[float], size: float) -> float:
        lines = max(map(len, self._cells(cells, widths, size)))
        return lines * size * _POINT_MM * 1.4 + 2 * _PAD_MM

    def _line(self, text: str, size: float, *, align: str = "L", bold: bool = False) -> None:
        """Set a whole line of text and go to the next."""
        height = size * _POINT_MM * _LEADING
        if height > self.page_break_trigger - self.y:
            x = self.x
            self.add_page()
            self.set_x(x)
        width = self.w - self.r_margin - self.x
        self._cell(text, size, width, height, align=align, bold=bold, pad=False)
        self.set_xy(self.l_margin, self.y + height)

    def _cell(
        self,
        text: str,
        size: float,
        width: float,
        height: float,
        *,
        align: str,
        bold: bool = False,
        pad: bool = True,
    ) -> None:
        self.set_font_size(size)
        self.c_margin = _PAD_MM if pad else 0.0
        # One face is loaded: an outline makes it bold.
        look = (
            {"text_mode": TextMode.FILL_STROKE, "line_width": size * _POINT_MM / 40} if bold else {}
        )
        with self.local_context(**look):
            self.cell(width, height, text, align=align, new_x=XPos.LEFT, new_y=YPos.TOP)

    def _keep(self, size: float, lines: int) -> None:
        """Begin a new page where so many lines have no room on this one."""
        if size * _POINT_MM * _LEADING * lines > self.page_break_trigger - self.y:
            self.add_page()

    def _broken(self, text: str, size: float, width: float, first: float = 0.0) -> list[str]:
        known = self._known
        shown = "".join(c if ord(c) in known or c == "\n" else _MISSING for c in text)
        return break_lines(shown, width - 0.1, lambda part: self._width(part, size), first=first)

    def _width(self, text: str, size: float) -> float:
        """Return the width of a text without kerning."""
        self.set_font_size(size)
        total = 0.0
        for sign in text:
            if sign not in self._widths:
                self._widths[sign] = self.get_string_width(sign) / size
            total += self._widths[sign] * size
        return total
