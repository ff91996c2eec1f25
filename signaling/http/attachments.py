"""The papers of a meeting: added as they are, given back to be kept and never to be run."""

from typing import Annotated, Final, Literal

from aiohttp import hdrs, web
from pydantic import BaseModel, Field

from scheduler.errors import Invalid, NotFound
from scheduler.papers.pages import PICTURE_TYPE, ShownAs
from scheduler.planning.attachments import Attachment
from signaling import keys
from signaling.floor import FLOOR
from signaling.http.call import Call
from signaling.http.downloads import disposition
from signaling.http.models import Input
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("papers")
BYTES: Final = "application/octet-stream"
CLOSED_IN: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""Whatever a document holds: opened in a browser it reaches nothing."""


KEPT_S: Final = 7 * 24 * 3600
"""Browsers keep a picture for so long: what an address shows never changes."""


class AttachmentView(BaseModel):
    """`shown_as`: in pages, as text, or as a file for another program only."""

    id: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    shown_as: ShownAs


class Attachments(BaseModel):
    attachments: tuple[AttachmentView, ...]


class Pages(BaseModel):
    pages: int


class PageWidth(Input):
    """Pixels; a page is about as wide, and narrower when it is very long."""

    width: Literal["800", "1280", "1920"] = "1280"


class FileName(Input):
    name: Annotated[str, Field(min_length=1, max_length=255)]


@ROUTES.get("/api/occurrences/{occurrence}/attachments", needs=Permission.MEETINGS_READ)
async def list_attachments(call: Call) -> Attachments:
    """List the papers of a meeting."""
    found = await call.part(keys.ATTACHMENTS).of(call.occurrence.id)
    return Attachments(attachments=tuple(_view(call, one) for one in found))


@ROUTES.any(
    "POST",
    "/api/occurrences/{occurrence}/attachments",
    needs=Permission.MEETINGS_RUN,
    status=201,
    accepts=BYTES,
)
async def add_attachment(call: Call, query: FileName) -> AttachmentView:
    """Add a paper; the body is the file, its kind is found by its bytes."""
    papers = call.part(keys.ATTACHMENTS)
    content = await _read(call.request, papers.largest)
    added = await papers.add(call.occurrence.id, query.name, content, call.author)
    call.part(FLOOR).hub.papers_changed(call.occurrence.id)
    return _view(call, added)


@ROUTES.get(
    "/api/occurrences/{occurrence}/attachments/{attachment}",
    needs=Permission.MEETINGS_READ,
    media_type=BYTES,
)
async def get_attachment(call: Call) -> web.Response:
    """Download a paper."""
    papers = call.part(keys.ATTACHMENTS)
    found = await _named(call)
    stem, _, suffix = found.name.rpartition(".")
    headers = {
        hdrs.CONTENT_TYPE: found.media_type,
        hdrs.CONTENT_DISPOSITION: disposition(stem, "paper", suffix),
        hdrs.ETAG: f'"{found.sha256}"',
        hdrs.CACHE_CONTROL: "private, no-cache",
        "Content-Security-Policy": CLOSED_IN,
    }
    if call.request.headers.get(hdrs.IF_NONE_MATCH) == headers[hdrs.ETAG]:
        return web.Response(status=304, headers={hdrs.ETAG: headers[hdrs.ETAG]})
    return web.Response(body=await papers.content(found.id), headers=headers)


@ROUTES.delete(
    "/api/occurrences/{occurrence}/attachments/{attachment}", needs=Permission.MEETINGS_RUN
)
async def remove_attachment(call: Call) -> None:
    """Remove a paper of a meeting that has not opened."""
    gone = await _named(call)
    await call.part(keys.ATTACHMENTS).remove(call.occurrence.id, gone.id)
    await call.part(keys.PAPER_PAGES).forget(gone)


@ROUTES.get(
    "/api/occurrences/{occurrence}/attachments/{attachment}/pages", needs=Permission.MEETINGS_READ
)
async def count_pages(call: Call) -> Pages:
    """Count the pages of a paper; a document of an office is turned into pages first."""
    return Pages(pages=await call.part(keys.PAPER_PAGES).count(await _named(call)))


@ROUTES.get(
    "/api/occurrences/{occurrence}/attachments/{attachment}/pages/{page}",
    needs=Permission.MEETINGS_READ,
    media_type=PICTURE_TYPE,
)
async def get_page(call: Call, query: PageWidth) -> web.Response:
    """Show a page of a paper as a picture; pages count from 1."""
    page = call.request.match_info["page"]
    if not (page.isascii() and page.isdigit() and len(page) < 6):
        raise NotFound("unknown_page", page[:64])
    found = await _named(call)
    etag = f'"{found.sha256}-{page}-{query.width}"'
    headers = {
        hdrs.CONTENT_TYPE: PICTURE_TYPE,
        hdrs.ETAG: etag,
        hdrs.CACHE_CONTROL: f"private, max-age={KEPT_S}",
        "Content-Security-Policy": CLOSED_IN,
    }
    if call.request.headers.get(hdrs.IF_NONE_MATCH) == etag:
        return web.Response(status=304, headers={hdrs.ETAG: etag})
    picture = await call.part(keys.PAPER_PAGES).picture(found, int(page), int(query.width))
    return web.Response(body=picture, headers=headers)


async def _named(call: Call) -> Attachment:
    """Return the paper the path names; raise NotFound("unknown_attachment")."""
    attachment = call.request.match_info["attachment"]
    return await call.part(keys.ATTACHMENTS).one(call.occurrence.id, attachment)


async def _read(request: web.Request, largest: int) -> bytes:
    """Read the body; raise Invalid("file_too_large") without having read it to the end."""
    if request.content_type != BYTES:
        raise web.HTTPUnsupportedMediaType
    if (request.content_length or 0) > largest:
        raise Invalid("file_too_large", f"{request.content_length} bytes")
    held = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        held += chunk
        if len(held) > largest:
            raise Invalid("file_too_large", f"more than {largest} bytes")
    return bytes(held)


def _view(call: Call, one: Attachment) -> AttachmentView:
    return AttachmentView(
        id=one.id,
        name=one.name,
        media_type=one.media_type,
        size_bytes=one.size_bytes,
        sha256=one.sha256,
        shown_as=call.part(keys.PAPER_PAGES).shown_as(one),
    )
