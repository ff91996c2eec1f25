"""The papers of a meeting: added as they are, given back to be kept and never to be run."""

from typing import Annotated, Final

from aiohttp import hdrs, web
from pydantic import BaseModel, Field

from scheduler.errors import Invalid
from scheduler.planning.attachments import Attachment
from signaling import keys
from signaling.http.call import Call
from signaling.http.downloads import disposition
from signaling.http.models import Input
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("papers")
BYTES: Final = "application/octet-stream"
CLOSED_IN: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""Whatever a document holds: opened in a browser it reaches nothing."""


class AttachmentView(BaseModel):
    id: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str


class Attachments(BaseModel):
    attachments: tuple[AttachmentView, ...]


class FileName(Input):
    name: Annotated[str, Field(min_length=1, max_length=255)]


@ROUTES.get("/api/occurrences/{occurrence}/attachments", needs=Permission.MEETINGS_READ)
async def list_attachments(call: Call) -> Attachments:
    """List the papers of a meeting."""
    found = await call.part(keys.ATTACHMENTS).of(call.occurrence.id)
    return Attachments(attachments=tuple(_view(one) for one in found))


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
    return _view(await papers.add(call.occurrence.id, query.name, content, call.author))


@ROUTES.get(
    "/api/occurrences/{occurrence}/attachments/{attachment}",
    needs=Permission.MEETINGS_READ,
    media_type=BYTES,
)
async def get_attachment(call: Call) -> web.Response:
    """Download a paper."""
    papers = call.part(keys.ATTACHMENTS)
    found = await papers.one(call.occurrence.id, call.request.match_info["attachment"])
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
    papers = call.part(keys.ATTACHMENTS)
    await papers.remove(call.occurrence.id, call.request.match_info["attachment"])


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


def _view(one: Attachment) -> AttachmentView:
    return AttachmentView(
        id=one.id,
        name=one.name,
        media_type=one.media_type,
        size_bytes=one.size_bytes,
        sha256=one.sha256,
    )
