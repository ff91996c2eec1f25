"""What every answer and every foreign page must respect: headers, origin, size."""

from typing import Final
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from scheduler.errors import Refused
from signaling import keys

MAX_BODY_BYTES: Final = 1024 * 1024
"""Largest request body; media and tables do not come this way."""
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self' ws: wss:",
        "media-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=()",
}


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Set the security headers; what the API answers is never stored by a cache."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")


def require_same_origin(request: web.Request) -> None:
    """Refuse what a page of another origin sends in a signed-in browser's name.

    Programs send no Origin. Only host and port are compared: behind a proxy that ends TLS the
    server itself sees plain HTTP. Raises Refused("foreign_origin").
    """
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Refused("foreign_origin")
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None:
        return
    public = request.app[keys.SETTINGS].http.public_url
    own = {request.host.lower(), urlsplit(public).netloc.lower()} - {""}
    if urlsplit(origin).netloc.lower() not in own:
        raise Refused("foreign_origin")
