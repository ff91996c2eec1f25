"""Writing an archive pack: the same record gives the same bytes, whoever asks and whenever."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from zoneinfo import ZoneInfo

from scheduler.errors import Conflict
from scheduler.records.canonical import canonical
from scheduler.records.chain import ChainBroken, Entry, EntryKind, check
from scheduler.records.content import AttachmentLine, RecordContent
from scheduler.records.desk import content_of
from scheduler.records.pack.manifest import (
    ATTENDANCE,
    ENTRIES_FORMAT,
    MANIFEST,
    RECORD_DOCX,
    RECORD_JSON,
    RECORD_PDF,
    attachment_path,
    describe,
)
from scheduler.records.paper.document import document
from scheduler.records.paper.docx import to_docx
from scheduler.records.paper.font import Face
from scheduler.records.paper.pdf import to_pdf
from scheduler.records.paper.sheet import to_attendance_xlsx
from scheduler.records.paper.zip_dates import zipped
from scheduler.records.states import NOT_ARCHIVED


def signed_content(entries: Sequence[Entry]) -> RecordContent:
    """Return the text that was archived; raise Conflict("record_not_archived")."""
    if not any(entry.kind is EntryKind.ARCHIVED for entry in entries):
        raise Conflict(NOT_ARCHIVED)
    return content_of([one for one in entries if one.kind is EntryKind.VERSION][-1])


def write_pack(
    entries: Sequence[Entry],
    attachments: Mapping[str, bytes],
    face: Face,
    zone: ZoneInfo,
) -> bytes:
    """Return the pack of an archived record. `attachments` are the papers by their id.

    It takes about a second of CPU: a server calls it in a thread. Raise Conflict
    ("record_not_archived" | "record_chain_broken" | "record_attachment_changed"), FontUnusable.
    """
    content = signed_content(entries)
    last = entries[-1]
    try:
        check(entries)
    except ChainBroken as error:
        raise Conflict("record_chain_broken", f"{last.occurrence}: {error}") from error
    papers = {
        attachment_path(number, line.name): _unchanged(line, attachments)
        for number, line in enumerate(content.attachments, 1)
    }
    paper = document(entries, zone)
    files = {
        RECORD_JSON: record_json(entries),
        RECORD_PDF: to_pdf(paper, face, last.at),
        RECORD_DOCX: to_docx(paper, last.at),
        ATTENDANCE: to_attendance_xlsx(content, zone, last.at),
        **papers,
    }
    manifest = describe(last.occurrence, len(entries), last.hash, files)
    return zipped({MANIFEST: manifest.text()} | files, compress=False)


def record_json(entries: Sequence[Entry]) -> bytes:
    """Return all entries with their hashes as canonical JSON."""
    return canonical({"format": ENTRIES_FORMAT, "entries": [entry.members() for entry in entries]})


def _unchanged(line: AttachmentLine, attachments: Mapping[str, bytes]) -> bytes:
    content = attachments.get(line.id)
    if content is None or sha256(content).hexdigest() != line.sha256:
        raise Conflict("record_attachment_changed", line.id)
    return content
