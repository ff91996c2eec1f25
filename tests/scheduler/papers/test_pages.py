"""The pages of papers: drawn once outside the server, kept, bounded, refused in words."""

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image
from pypdfium2 import PdfDocument

from config.settings import Planning
from scheduler.errors import Invalid, NotFound
from scheduler.papers import pages as pages_module
from scheduler.papers.cache import PageCache
from scheduler.papers.pages import PaperPages, ShownAs
from scheduler.papers.processes import Failed, TooSlow, run
from scheduler.planning.file_kinds import DOCX, PDF, PPTX, TEXT, FileKind, kind_of
from scheduler.planning.papers import Attachment
from tests.scheduler.papers.documents import encrypted_pdf, pdf, raw_pdf, sheet, word
from tests.scheduler.papers.slides import slides
from tests.support.clock import MovableClock

Maker = Callable[..., PaperPages]


class Papers:
    """Stands for the store: papers by id, and how often their bytes were asked for."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.asked = 0

    def add(self, content: bytes, kind: FileKind | None = None) -> Attachment:
        digest = sha256(content).hexdigest()
        self.held[digest[:32]] = content
        kind = kind or kind_of(content)
        return Attachment(
            id=digest[:32],
            occurrence="o",
            name=f"材料.{kind.suffix}",
            media_type=kind.media_type,
            size_bytes=len(content),
            sha256=digest,
        )

    async def content(self, attachment: str) -> bytes:
        self.asked += 1
        return self.held[attachment]


@pytest.fixture
def papers() -> Papers:
    return Papers()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def making(tmp_path: Path, papers: Papers, clock: MovableClock) -> AsyncIterator[Maker]:
    made: list[PaperPages] = []

    def make(**limits: object) -> PaperPages:
        planning = Planning.model_validate(limits)
        made.append(PaperPages(papers, tmp_path, clock, planning))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for each in made:
        await each.stop()


async def test_a_page_is_drawn_once_for_all_who_ask_and_kept(making: Maker, papers: Papers) -> None:
    paper, pages = papers.add(pdf(1)), making()
    assert await pages.count(paper) == 1
    asked = papers.asked
    shown = await asyncio.gather(*(pages.picture(paper, 1, 800) for _ in range(50)))
    assert len(set(shown)) == 1
    assert papers.asked == asked + 1
    again = making()
    assert await again.picture(paper, 1, 800) == shown[0]
    assert papers.asked == asked + 1


async def test_the_next_page_is_drawn_ahead(making: Maker, papers: Papers) -> None:
    paper, pages = papers.add(pdf(3)), making()
    await pages.picture(paper, 1, 800)
    while pages._jobs:
        await asyncio.gather(*pages._jobs.values())
    asked = papers.asked
    await pages.picture(paper, 2, 800)
    assert papers.asked == asked


async def test_a_page_that_is_not_there_or_another_width_is_unknown(
    making: Maker, papers: Papers
) -> None:
    paper, pages = papers.add(pdf(1)), making()
    for page, width in ((0, 800), (2, 800), (1, 801)):
        with pytest.raises(NotFound, match="unknown_page"):
            await pages.picture(paper, page, width)


async def test_a_refusal_is_remembered_and_tried_again_later(
    making: Maker, papers: Papers, clock: MovableClock
) -> None:
    paper, pages = papers.add(encrypted_pdf()), making()
    for _ in range(3):
        with pytest.raises(Invalid, match="paper_encrypted"):
            await pages.count(paper)
    assert papers.asked == 1
    clock.advance(minutes=11)
    with pytest.raises(Invalid, match="paper_encrypted"):
        await pages.picture(paper, 1, 800)
    assert papers.asked == 2


async def test_a_drawing_that_takes_too_long_is_ended(
    making: Maker, papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_module, "DRAWING_S", 1.5)
    slow = raw_pdf(content=b"0 0 m 595 842 l 0 842 l f\n" * 3_000_000)
    paper, pages = papers.add(slow), making()
    with pytest.raises(Invalid, match="paper_too_slow"):
        await pages.picture(paper, 1, 1920)


async def test_too_many_different_pages_at_once_are_put_off(
    making: Maker, papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_module, "MOST_JOBS", 2)
    pages, three = making(), [papers.add(raw_pdf(content=b"%d w" % n)) for n in range(3)]
    said = await asyncio.gather(*(pages.count(each) for each in three), return_exceptions=True)
    assert sorted(type(each).__name__ for each in said) == ["Conflict", "int", "int"]


@pytest.mark.parametrize(("content", "kind"), [(word(80), DOCX), (sheet(), None)])
async def test_a_document_of_an_office_is_shown_in_pages(
    making: Maker, papers: Papers, content: bytes, kind: FileKind | None, tmp_path: Path
) -> None:
    paper, pages = papers.add(content, kind), making()
    assert pages.shown_as(paper) is ShownAs.PAGES
    found = await pages.count(paper)
    assert found == 1 if kind is None else found > 1
    assert (await pages.picture(paper, found, 1280)).startswith(b"RIFF")
    assert papers.asked == 1  # the PDF made of it is kept
    assert not list((tmp_path / "1").glob("office-*"))


async def test_each_slide_of_a_presentation_is_a_page_of_its_shape_with_its_words(
    making: Maker, papers: Papers, tmp_path: Path
) -> None:
    words = ("冬季果树管理", "剪枝在落叶以后", "三月以前完成")
    paper, pages = papers.add(slides(*words)), making()
    assert pages.shown_as(paper) is ShownAs.PAGES
    assert await pages.count(paper) == 3
    shown = [await pages.picture(paper, page, 1280) for page in (1, 2, 3)]
    assert len(set(shown)) == 3
    assert [Image.open(io.BytesIO(each)).size for each in shown] == [(1280, 720)] * 3
    with PdfDocument(tmp_path / "1" / paper.sha256 / "document.pdf") as made:
        assert [page.get_textpage().get_text_range().strip() for page in made] == [*words]


async def test_an_office_document_that_is_broken_is_refused(making: Maker, papers: Papers) -> None:
    paper, pages = papers.add(b"PK\x03\x04 no document", PPTX), making()
    with pytest.raises(Invalid, match="paper_unreadable"):
        await pages.count(paper)


async def test_without_an_office_its_documents_are_files_and_the_rest_is_shown(
    making: Maker, papers: Papers
) -> None:
    pages = making(soffice="")
    paper = papers.add(word(1), DOCX)
    assert pages.shown_as(paper) is ShownAs.FILE
    with pytest.raises(Invalid, match="paper_not_shown"):
        await pages.count(paper)
    assert pages.shown_as(papers.add(raw_pdf(), PDF)) is ShownAs.PAGES
    text = papers.add("会议材料".encode())
    assert (text.media_type, pages.shown_as(text)) == (TEXT.media_type, ShownAs.TEXT)
    assert await pages.count(text) == 1


def test_the_papers_used_longest_ago_make_room(tmp_path: Path) -> None:
    import os

    cache = PageCache(tmp_path, 1000)
    names = [letter * 64 for letter in "abcd"]
    for age, name in enumerate(names):
        cache.write(name, "pages", b"x" * 300)
        if age < 3:
            os.utime(cache.folder / name, (age + 1, age + 1))
    assert [cache.read(name, "pages") is not None for name in names] == [False, False, True, True]
    assert cache.size() <= 1000
    cache.forget(names[3])
    assert cache.read(names[3], "pages") is None


async def test_a_process_that_says_too_much_or_lasts_too_long_is_ended(tmp_path: Path) -> None:
    async def python(code: str, seconds: float = 20.0) -> bytes:
        program = (sys.executable, "-I", "-c", code)
        return await run(program, b"x" * 10**6, folder=tmp_path, seconds=seconds, most_bytes=1000)

    assert await python("import sys; print(len(sys.stdin.read()))") == b"1000000\n"
    assert await python("print('it need not listen')") == b"it need not listen\n"
    with pytest.raises(Failed):
        await python("while True: print('x' * 1000)")
    with pytest.raises(Failed):
        await python("raise SystemExit(1)")
    with pytest.raises(TooSlow):
        await python("import time; time.sleep(60)", seconds=0.3)


async def test_the_environment_of_the_server_is_not_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANCUN_TURN__SECRET", "secret")
    program = (sys.executable, "-I", "-c", "import os; print(dict(os.environ))")
    said = await run(program, b"", folder=tmp_path, seconds=20.0, most_bytes=100_000)
    assert b"secret" not in said
