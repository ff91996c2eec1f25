"""The record as DOCX: A4, for offices that work on in Word or WPS.

The fonts are those every Chinese office has; where they are missing the program takes another.
The same document and date give the same bytes.
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from docx import Document as new_document
from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from scheduler.records.paper.document import (
    Document,
    Facts,
    Heading,
    Prose,
    Signatures,
    Table,
)
from scheduler.records.paper.pdf import (
    BODY_PT,
    BOTTOM_MM,
    LEFT_MM,
    LIST_PT,
    RIGHT_MM,
    TABLE_PT,
    TITLE_PT,
    TOP_MM,
)
from scheduler.records.paper.zip_dates import with_fixed_dates

SONG: Final = "宋体"
FANG_SONG: Final = "仿宋"
_LATIN: Final = "Times New Roman"
_TEXT_MM: Final = 210 - LEFT_MM - RIGHT_MM
_LABEL_MM: Final = 26.0
_NOT_IN_XML: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535))
"""What XML 1.0 (2.2) cannot hold; a name of the directory may."""


def to_docx(document: Document, dated: datetime) -> bytes:
    """Return the document as DOCX, dated with an aware point in time."""
    paper = new_document()
    _set_page(paper)
    _set_styles(paper)
    _set_footer(paper, document.seal)
    _say(paper.add_paragraph(), document.subtitle, BODY_PT, align=WD_ALIGN_PARAGRAPH.CENTER)
    title = paper.add_paragraph()
    _say(title, document.title, TITLE_PT, face=SONG, bold=True, align=WD_ALIGN_PARAGRAPH.CENTER)
    for block in document.blocks:
        match block:
            case Facts():
                _facts(paper, block)
            case Heading():
                _heading(paper, block)
            case Prose():
                for text in block.paragraphs:
                    line = paper.add_paragraph()
                    line.paragraph_format.first_line_indent = Pt(2 * BODY_PT)
                    _say(line, text, BODY_PT)
            case Table():
                _table(paper, block)
            case Signatures():
                _signatures(paper, block)
    properties = paper.core_properties
    properties.title, properties.author, properties.comments = document.title, "", ""
    properties.created = properties.modified = dated.astimezone(UTC).replace(tzinfo=None)
    out = io.BytesIO()
    paper.save(out)
    return with_fixed_dates(out.getvalue())


def _set_page(paper: Paper) -> None:
    section = paper.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(LEFT_MM), Mm(RIGHT_MM)
    section.top_margin, section.bottom_margin = Mm(TOP_MM), Mm(BOTTOM_MM)
    section.footer_distance = Mm(12)


def _set_styles(paper: Paper) -> None:
    style: Any = paper.styles["Normal"]
    style.font.size = Pt(BODY_PT)
    properties = style.element.get_or_add_rPr()
    _set_face(style.font, properties, FANG_SONG)
    language = OxmlElement("w:lang")  # without it punctuation may take the forms of other places
    language.set(qn("w:val"), "zh-CN")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)
    spacing = style.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing = 1.4


def _set_face(font: Any, properties: Any, east_asian: str) -> None:
    """Set the font of both scripts: python-docx alone sets only that of Latin letters."""
    font.name = _LATIN
    properties.rFonts.set(qn("w:eastAsia"), east_asian)


def _set_footer(paper: Paper, seal: str) -> None:
    footer = paper.sections[0].footer
    line = footer.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text in ("第 ", "PAGE", " 页　共 ", "NUMPAGES", " 页"):
        if text.isupper():
            _field(line, text, 9)
        else:
            _dress(line.add_run(text), 9, FANG_SONG, bold=False)
    _say(footer.add_paragraph(), f"校验值 {seal}", 7, align=WD_ALIGN_PARAGRAPH.CENTER)


def _field(line: Paragraph, instruction: str, size: float) -> None:
    """Add a field whose result the program computes when it opens the file."""
    for kind in ("begin", None, "separate", "1", "end"):
        run = line.add_run()
        _dress(run, size, FANG_SONG, bold=False)
        if kind is None:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = instruction
            run._r.append(part)
        elif kind == "1":
            run.text = kind
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
            run._r.append(part)


def _dress(run: Run, size: float, face: str, *, bold: bool) -> None:
    run.font.size, run.bold = Pt(size), bold
    _set_face(run.font, run._r.get_or_add_rPr(), face)


def _say(
    line: Paragraph,
    text: str,
    size: float,
    *,
    face: str = FANG_SONG,
    bold: bool = False,
    align: WD_ALIGN_PARAGRAPH | None = None,
) -> None:
    if align is not None:
        line.alignment = align
    _dress(line.add_run(text.translate(_NOT_IN_XML)), size, face, bold=bold)


def _heading(paper: Paper, block: Heading) -> None:
    line = paper.add_paragraph()
    line.paragraph_format.keep_with_next = True
    line.paragraph_format.space_before = Pt(8 if block.level == 1 else 3)
    bold = block.level == 1
    _say(
        line, block.text, BODY_PT + (1 if bold else 0), face=SONG if bold else FANG_SONG, bold=bold
    )


def _facts(paper: Paper, block: Facts) -> None:
    value = _TEXT_MM / 2 - _LABEL_MM
    table = _grid(paper, len(block.lines), (_LABEL_MM, value, _LABEL_MM, value))
    for row, line in zip(table.rows, block.lines, strict=True):
        cells = list(row.cells)
        if len(line) == 1:
            cells = [cells[0], cells[1].merge(cells[3])]
        for at, text in enumerate(text for pair in line for text in pair):
            _fill(cells[at], text, TABLE_PT, centred=at % 2 == 0)
    paper.add_paragraph()


def _table(paper: Paper, block: Table) -> None:
    whole = sum(block.widths)
    widths = tuple(_TEXT_MM * width / whole for width in block.widths)
    table = _grid(paper, 1 + len(block.rows), widths)
    for number, (row, texts) in enumerate(zip(table.rows, (block.heads, *block.rows), strict=True)):
        for cell, text in zip(row.cells, texts, strict=True):
            _fill(cell, text, LIST_PT, centred=number == 0, bold=number == 0)
    _mark(table.rows[0], "w:tblHeader")
    paper.add_paragraph()


def _grid(paper: Paper, rows: int, widths: Sequence[float]) -> Any:
    table: Any = paper.add_table(rows, len(widths), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        _mark(row, "w:cantSplit")  # no row is divided between two pages
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    return table


def _fill(cell: _Cell, text: str, size: float, *, centred: bool, bold: bool = False) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    line = cell.paragraphs[0]
    line.paragraph_format.line_spacing = 1.15
    line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(3)
    shown = text or "\N{NO-BREAK SPACE}"  # an empty line is as high as the style's letters
    _say(line, shown, size, bold=bold, align=WD_ALIGN_PARAGRAPH.CENTER if centred else None)


def _mark(row: _Row, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _signatures(paper: Paper, block: Signatures) -> None:
    for name, by_pin in block.lines:
        line = paper.add_paragraph()
        line.paragraph_format.space_before = Pt(14)
        line.paragraph_format.keep_with_next = True
        _say(line, f"{name}：________________________", BODY_PT, bold=True)
        _say(paper.add_paragraph(), by_pin, LIST_PT)
