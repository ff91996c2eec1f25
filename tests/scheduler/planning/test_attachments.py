"""Papers of a meeting: known by their bytes, named safely, bounded, kept with their SHA-256."""

import io
import zipfile
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.meetings.service import Meetings
from scheduler.planning.attachments import Attachments, file_name
from scheduler.planning.file_kinds import DOCX, JPEG, PDF, PNG, TEXT, XLSX, FileKind, kind_of
from scheduler.store.engine import Store
from scheduler.store.planning_tables import document
from tests.support.meetings import adhoc

PDF_BYTES = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def package(*parts: str) -> bytes:
    """An Office Open XML package with these parts."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "<x/>")
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF_BYTES, PDF),
        (b"\x89PNG\r\n\x1a\n....", PNG),
        (b"\xff\xd8\xff\xe0....", JPEG),
        ("会议材料\n".encode(), TEXT),
        (package("word/document.xml"), DOCX),
        (package("xl/workbook.xml"), XLSX),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, kind: FileKind) -> None:
    assert kind_of(content) is kind


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64),
        package("word/document.xml", "word/vbaProject.bin"),
        package("word/document.xml", "xl/workbook.xml"),
        package("anything.exe"),
        package("word/document.xml")[:40],
        "会议".encode("gbk"),
        b"text\0with a zero",
    ],
    ids=["program", "old Word", "macros", "two at once", "plain ZIP", "cut", "GBK", "zero"],
)
def test_what_may_run_or_cannot_be_told_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="file_type_refused"):
        kind_of(content)


@given(st.binary(min_size=1, max_size=200))
def test_bytes_that_only_begin_like_a_package_are_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="file_type_refused"):
        kind_of(b"PK\x03\x04" + content)


@given(st.text(max_size=300))
def test_any_name_becomes_one_that_is_safe_everywhere(given_name: str) -> None:
    name = file_name(given_name, PDF)
    assert name.endswith(".pdf")
    assert 5 <= len(name) <= 124
    assert not set(name) & set('<>:"/\\|?*\0\r\n')


def test_the_ending_is_that_of_the_kind_not_of_the_name() -> None:
    assert file_name("C:\\材料\\会议通知.exe", PDF) == "会议通知.pdf"
    assert file_name("../../etc/passwd", PDF) == "passwd.pdf"


async def test_a_paper_is_kept_with_its_hash_and_given_back(
    meetings: Meetings, papers: Attachments
) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    paper = await papers.add(meeting.id, "材料.pdf", PDF_BYTES, "p1")
    assert await papers.of(meeting.id) == (paper,)
    assert await papers.content(paper.id) == PDF_BYTES
    assert (paper.sha256, paper.size_bytes) == (sha256(PDF_BYTES).hexdigest(), len(PDF_BYTES))


async def test_the_same_bytes_are_stored_once_until_the_last_meeting_lets_go(
    meetings: Meetings, papers: Attachments, store: Store
) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    other = await meetings.create_adhoc(adhoc())
    first = await papers.add(meeting.id, "一.pdf", PDF_BYTES, None)
    assert await papers.add(meeting.id, "又.pdf", PDF_BYTES, None) == first
    second = await papers.add(other.id, "二.pdf", PDF_BYTES, None)
    await papers.remove(meeting.id, first.id)
    assert await papers.content(second.id) == PDF_BYTES
    await papers.remove(other.id, second.id)
    async with store.read() as connection:
        assert (await connection.execute(document.select())).all() == []


async def test_limits_hold(meetings: Meetings, papers: Attachments) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    with pytest.raises(Invalid, match="file_too_large"):
        await papers.add(meeting.id, "大.txt", b"a" * (1024 * 1024 + 1), None)
    with pytest.raises(Invalid, match="file_empty"):
        await papers.add(meeting.id, "空.txt", b"", None)
    for number in range(3):
        await papers.add(meeting.id, "材料.txt", f"{number}".encode(), None)
    with pytest.raises(Invalid, match="too_many_files"):
        await papers.add(meeting.id, "材料.txt", b"more", None)


async def test_what_was_shown_in_a_meeting_stays(meetings: Meetings, papers: Attachments) -> None:
    meeting = await meetings.create_adhoc(adhoc())
    other = await meetings.create_adhoc(adhoc())
    paper = await papers.add(meeting.id, "材料.pdf", PDF_BYTES, None)
    with pytest.raises(NotFound, match="unknown_attachment"):
        await papers.remove(other.id, paper.id)
    await meetings.open(meeting.id)
    with pytest.raises(Conflict, match="occurrence_already_open"):
        await papers.remove(meeting.id, paper.id)
