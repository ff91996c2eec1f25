"""The files of `web/`: pages and what they load, compressed once, revalidated by ETag. A page
names the modules it needs."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import hdrs, web

from scheduler.errors import NotFound
from signaling.http.modules import with_modules

SERVED: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
}
"""Suffixes that are served; anything else in the folder stays unknown to the outside."""
_COMPRESSED: Final = frozenset({".html", ".css", ".js", ".mjs", ".json", ".svg", ".webmanifest"})
_WORTH_COMPRESSING: Final = 500
_REVALIDATE: Final = "no-cache"
"""Keep it, but ask each time: an update reaches every phone at once, a 304 costs nothing."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it goes over the wire."""

    content: bytes
    compressed: bytes | None
    content_type: str
    etag: str
    stamp: tuple[int, int]


class Assets:
    """The files of a folder. A file is read again when it changed on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._known: dict[str, Asset] = {}

    def load(self, name: str) -> Asset:
        """Return a file by its path inside the folder; raise NotFound("unknown_path")."""
        if "\0" in name:
            raise NotFound("unknown_path")
        path = (self._folder / name).resolve()
        hidden = any(part.startswith((".", "_")) for part in Path(name).parts)
        if hidden or path.suffix not in SERVED or not path.is_relative_to(self._folder):
            raise NotFound("unknown_path")
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            known = self._known.get(name)
            if known is None or known.stamp != stamp:
                known = self._known[name] = _read(path, stamp, self._folder)
        except OSError as error:
            raise NotFound("unknown_path") from error
        return known

    def answer(self, request: web.Request, name: str) -> web.Response:
        """Answer with a file, or with 304 when the browser already has it."""
        asset = self.load(name)
        headers = {
            hdrs.CACHE_CONTROL: _REVALIDATE,
            hdrs.ETAG: f'"{asset.etag}"',
            hdrs.VARY: hdrs.ACCEPT_ENCODING,
        }
        if any(tag.value in (asset.etag, "*") for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        headers[hdrs.CONTENT_TYPE] = asset.content_type
        body = asset.content
        if asset.compressed is not None and _takes_gzip(request):
            headers[hdrs.CONTENT_ENCODING] = "gzip"
            body = asset.compressed
        return web.Response(body=body, headers=headers)


def _takes_gzip(request: web.Request) -> bool:
    offers = request.headers.get(hdrs.ACCEPT_ENCODING, "").lower().replace(" ", "").split(",")
    return "gzip" in offers or any(
        offer.startswith("gzip;q=") and not offer.endswith(("=0", "=0.0")) for offer in offers
    )


def _read(path: Path, stamp: tuple[int, int], folder: Path) -> Asset:
    content = path.read_bytes()
    if path.suffix == ".html":
        content = with_modules(content.decode(), folder).encode()
    compressed = None
    if path.suffix in _COMPRESSED and len(content) >= _WORTH_COMPRESSING:
        compressed = gzip.compress(content, 9, mtime=0)
    return Asset(
        content=content,
        compressed=compressed,
        content_type=SERVED[path.suffix],
        etag=hashlib.sha256(content).hexdigest()[:24],
        stamp=stamp,
    )
