"""What a file is by its bytes. Its name is what somebody typed and proves nothing."""

import io
import zipfile
from dataclasses import dataclass
from typing import Final

from scheduler.errors import Invalid

_OFFICE: Final = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of document that may be shown to a meeting, with the ending its name shall have."""

    media_type: str
    suffix: str


PDF: Final = FileKind("application/pdf", "pdf")
PNG: Final = FileKind("image/png", "png")
JPEG: Final = FileKind("image/jpeg", "jpg")
TEXT: Final = FileKind("text/plain; charset=utf-8", "txt")
DOCX: Final = FileKind(f"{_OFFICE}.wordprocessingml.document", "docx")
XLSX: Final = FileKind(f"{_OFFICE}.spreadsheetml.sheet", "xlsx")
PPTX: Final = FileKind(f"{_OFFICE}.presentationml.presentation", "pptx")

_OFFICE_PARTS: Final = {
    "word/document.xml": DOCX,
    "xl/workbook.xml": XLSX,
    "ppt/presentation.xml": PPTX,
}
_MOST_PARTS: Final = 5000
_CONTROLS: Final = frozenset(range(32)) - {0x09, 0x0A, 0x0D}


def kind_of(content: bytes) -> FileKind:
    """Return the kind of a file; raise Invalid("file_type_refused").

    PDF, PNG, JPEG, plain text in UTF-8 and the three Office Open XML documents without macros
    (ECMA-376). Nothing is unpacked: only the list of a ZIP's parts is read.
    """
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    if _is_text(content):
        return TEXT
    raise Invalid("file_type_refused")


def _office(content: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = {entry.filename for entry in package.infolist()}
    except (zipfile.BadZipFile, UnicodeError, ValueError, OverflowError) as error:
        raise Invalid("file_type_refused") from error
    macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    kinds = [kind for part, kind in _OFFICE_PARTS.items() if part in names]
    if "[Content_Types].xml" not in names or macros or len(names) > _MOST_PARTS or len(kinds) != 1:
        raise Invalid("file_type_refused")
    return kinds[0]


def _is_text(content: bytes) -> bool:
    """Return whether it is UTF-8 without control characters, and no page a browser would run."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(content) and not _CONTROLS & set(content)
