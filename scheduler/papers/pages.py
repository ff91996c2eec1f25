"""The pages of papers: how many there are, and each as a picture of a few fixed widths."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

import structlog

from config.settings import Planning
from scheduler.clock import Clock
from scheduler.errors import Conflict, DomainError, Invalid, NotFound
from scheduler.papers import office
from scheduler.papers.cache import PageCache
from scheduler.papers.processes import Failed, TooSlow, run
from scheduler.planning.attachments import Attachments
from scheduler.planning.file_kinds import DOCX, JPEG, PDF, PNG, PPTX, TEXT, XLSX
from scheduler.planning.papers import Attachment

log = structlog.get_logger(__name__)

WIDTHS: Final = (800, 1280, 1920)
"""Pixels: a village phone, a desk, the screen of a meeting room."""
PICTURE_TYPE: Final = "image/webp"
DRAWN_AT_ONCE: Final = 2
CONVERTED_AT_ONCE: Final = 1
MOST_JOBS: Final = 60
"""Pages under way and waiting; whoever asks for another is told to ask again."""
DRAWING_S: Final = 30.0
LARGEST_PICTURE: Final = 4 * 1024 * 1024
ASKED_AGAIN_AFTER: Final = timedelta(minutes=10)
"""What could not be drawn is tried again after this, not with every device that asks."""
MOST_REFUSALS: Final = 1000
_SUFFIX: Final = {kind.media_type: kind.suffix for kind in (DOCX, XLSX, PPTX)}
_DRAWN: Final = frozenset({PDF.media_type, PNG.media_type, JPEG.media_type})

T = TypeVar("T")


class ShownAs(StrEnum):
    """How a page shows a paper to people; a `file` is only for another program."""

    PAGES = "pages"
    TEXT = "text"
    FILE = "file"


class PaperPages:
    """Draws the pages of papers outside this process, once each, and keeps them for a while.

    Refusals are Invalid with `paper_encrypted`, `paper_too_long`, `paper_too_large_to_draw`,
    `paper_unreadable`, `paper_too_slow` or `paper_not_shown`; with too much to do it is
    Conflict("pages_busy").
    """

    def __init__(
        self, attachments: Attachments, folder: Path, clock: Clock, limits: Planning
    ) -> None:
        self.attachments = attachments
        self._clock = clock
        self._cache = PageCache(folder, limits.pages_mb * 1024 * 1024)
        self._soffice = office.find(limits.soffice)
        self._drawing = asyncio.Semaphore(DRAWN_AT_ONCE)
        self._converting = asyncio.Semaphore(CONVERTED_AT_ONCE)
        self._jobs: dict[Hashable, asyncio.Task[Any]] = {}
        self._refused: dict[Hashable, tuple[datetime, str]] = {}

    def shown_as(self, paper: Attachment) -> ShownAs:
        """Return how a page shows this paper here."""
        if paper.media_type == TEXT.media_type:
            return ShownAs.TEXT
        if paper.media_type in _DRAWN or (paper.media_type in _SUFFIX and self._soffice):
            return ShownAs.PAGES
        return ShownAs.FILE

    async def count(self, paper: Attachment) -> int:
        """Return how many pages a paper has; a text has one."""
        match self.shown_as(paper):
            case ShownAs.TEXT:
                return 1
            case ShownAs.FILE:
                raise Invalid("paper_not_shown", paper.media_type)
        known = await self._kept(paper, "pages")
        if known is not None:
            return int(known)
        return await self._once((paper.sha256,), lambda: self._count(paper))

    async def picture(self, paper: Attachment, page: int, width: int) -> bytes:
        """Return a page, counted from 1, as a picture of PICTURE_TYPE, `width` of WIDTHS.

        Raise NotFound("unknown_page") as well. The page after it is drawn ahead.
        """
        if self.shown_as(paper) is not ShownAs.PAGES:
            raise Invalid("paper_not_shown", paper.media_type)
        pages = await self.count(paper)
        if not 1 <= page <= pages or width not in WIDTHS:
            raise NotFound("unknown_page", f"{page} of {pages}")
        picture = await self._picture(paper, page, width)
        if page < pages:
            self._ahead(paper, page + 1, width)
        return picture

    async def forget(self, paper: Attachment) -> None:
        """Keep nothing of a paper that was removed."""
        await asyncio.to_thread(self._cache.forget, paper.sha256)

    async def stop(self) -> None:
        """End what is under way."""
        jobs = tuple(self._jobs.values())
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)

    async def _count(self, paper: Attachment) -> int:
        said, _ = await self._asked(await self._drawable(paper), {})
        pages = int(said["pages"])
        await asyncio.to_thread(self._cache.write, paper.sha256, "pages", b"%d" % pages)
        return pages

    async def _picture(self, paper: Attachment, page: int, width: int) -> bytes:
        kept = await self._kept(paper, _name(page, width))
        if kept is not None:
            return kept
        key = (paper.sha256, page, width)
        return await self._once(key, lambda: self._draw(paper, page, width))

    async def _draw(self, paper: Attachment, page: int, width: int) -> bytes:
        task = {"page": page, "width": width}
        _, picture = await self._asked(await self._drawable(paper), task)
        await asyncio.to_thread(self._cache.write, paper.sha256, _name(page, width), picture)
        return picture

    def _ahead(self, paper: Attachment, page: int, width: int) -> None:
        """Begin to draw a page that will be asked for soon; nobody waits for it."""
        key = (paper.sha256, page, width, "ahead")
        if len(self._jobs) < MOST_JOBS // 2 and key not in self._jobs:
            self._begin(key, lambda: self._picture(paper, page, width))

    async def _drawable(self, paper: Attachment) -> bytes:
        """Return what is drawn: the paper itself, or the PDF made of it."""
        if paper.media_type in _DRAWN:
            return await self.attachments.content(paper.id)
        kept = await self._kept(paper, "document.pdf")
        if kept is not None:
            return kept
        return await self._once((paper.sha256, "pdf"), lambda: self._convert(paper))

    async def _convert(self, paper: Attachment) -> bytes:
        assert self._soffice is not None
        content = await self.attachments.content(paper.id)
        within = await asyncio.to_thread(lambda: self._cache.folder)
        async with self._converting:
            pdf = await office.to_pdf(self._soffice, content, _SUFFIX[paper.media_type], within)
        await asyncio.to_thread(self._cache.write, paper.sha256, "document.pdf", pdf)
        return pdf

    async def _asked(self, content: bytes, task: dict[str, int]) -> tuple[dict[str, Any], bytes]:
        """Let a process do a task on a document."""
        program = (sys.executable, "-P", "-m", "scheduler.papers.drawing", json.dumps(task))
        within = await asyncio.to_thread(lambda: self._cache.folder)
        async with self._drawing:
            answer = await run(
                program,
                content,
                folder=within,
                seconds=DRAWING_S,
                most_bytes=LARGEST_PICTURE,
            )
        head, _, picture = answer.partition(b"\n")
        said: dict[str, Any] = json.loads(head)
        if "code" in said:
            raise Invalid(str(said["code"]))
        return said, picture

    async def _kept(self, paper: Attachment, name: str) -> bytes | None:
        return await asyncio.to_thread(self._cache.read, paper.sha256, name)

    async def _once(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """Return what `make` gives, made once for all who ask at the same time; it goes on when
        one of them asks no more."""
        refused = self._refused.get(key)
        if refused is not None and refused[0] > self._clock.now():
            raise Invalid(refused[1])
        job: asyncio.Task[T] | None = self._jobs.get(key)
        if job is None:
            if len(self._jobs) >= MOST_JOBS:
                raise Conflict("pages_busy")
            job = self._begin(key, make)
        return await asyncio.shield(job)

    def _begin(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> asyncio.Task[T]:
        job = asyncio.create_task(self._explained(key, make), name="pages of papers")
        self._jobs[key] = job

        def done(ended: asyncio.Task[T]) -> None:
            del self._jobs[key]
            if not ended.cancelled():
                ended.exception()  # whoever still waits has it

        job.add_done_callback(done)
        return job

    async def _explained(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """Turn what a process did into a refusal, and remember it."""
        try:
            return await make()
        except Invalid as error:
            why: DomainError = error
        except TooSlow:
            why = Invalid("paper_too_slow")
        except (Failed, ValueError, KeyError) as error:
            log.warning("paper not drawn", why=str(error))
            why = Invalid("paper_unreadable")
        if len(self._refused) >= MOST_REFUSALS:
            self._refused.clear()
        self._refused[key] = (self._clock.now() + ASKED_AGAIN_AFTER, why.code)
        raise why


def _name(page: int, width: int) -> str:
    return f"{page}-{width}.webp"
