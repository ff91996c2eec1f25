"""What happens around every request: context of the log, metrics, errors, origin."""

import re
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from aiohttp import hdrs, web

from signaling import keys
from signaling.http import security
from signaling.http.problems import BadInput, code_and_status, page_response, problem_response
from signaling.http.versions import Changed

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

REQUEST_ID_HEADER: Final = "X-Request-Id"
REQUEST_ID = web.RequestKey("request_id", str)
_FOREIGN_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})

log = structlog.stdlib.get_logger(__name__)


def route_of(request: web.Request) -> str:
    """Return the pattern of the path, never the path itself: a link's token stands in it."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unknown"


@web.middleware
async def context(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id that stands on its log lines and in its answer; count and log it."""
    given = request.headers.get(REQUEST_ID_HEADER, "")
    request_id = given if _FOREIGN_ID.fullmatch(given) else uuid.uuid4().hex[:16]
    request[REQUEST_ID] = request_id
    route, status, started = route_of(request), 500, time.monotonic()
    with structlog.contextvars.bound_contextvars(request=request_id):
        try:
            response = await handler(request)
            status = response.status
            if not response.prepared:
                response.headers[REQUEST_ID_HEADER] = request_id
            return response
        finally:
            seconds = time.monotonic() - started
            request.app[keys.METRICS].observe(request.method, route, status, seconds)
            write = (
                log.debug if request.path in _QUIET or route.startswith("/static/") else log.info
            )
            write(
                "request",
                method=request.method,
                route=route,
                status=status,
                ms=round(seconds * 1000, 1),
            )
            structlog.contextvars.unbind_contextvars("meeting", "device")


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every exception into problem details in the language of who asks."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        failure: Exception = error
    except Exception as error:
        failure = error
    code, status = code_and_status(failure)
    if code == "internal":
        log.error("request failed", code=code, exc_info=failure)
    else:
        log.info("request refused", code=code, reason=str(failure)[:200])
    texts = request.app[keys.TEXTS]
    language = texts.choose(request.headers.get(hdrs.ACCEPT_LANGUAGE))
    if _is_for_people(request):
        return page_response(status, texts, language, code)
    response = problem_response(
        code,
        status,
        texts.error(language, code),
        instance=route_of(request),
        request_id=request[REQUEST_ID],
        errors=failure.errors if isinstance(failure, BadInput) else (),
        current=failure.current if isinstance(failure, Changed) else None,
    )
    response.headers[hdrs.CONTENT_LANGUAGE] = language
    if isinstance(failure, web.HTTPMethodNotAllowed):
        response.headers[hdrs.ALLOW] = ",".join(sorted(failure.allowed_methods))
    return response


def _is_for_people(request: web.Request) -> bool:
    """Tell whether somebody typed the address or followed a link to it."""
    return (
        request.method == hdrs.METH_GET
        and not request.path.startswith(("/api/", "/static/"))
        and "text/html" in request.headers.get(hdrs.ACCEPT, "")
    )


@web.middleware
async def same_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Check the origin of what changes something and of WebSockets, which cookies reach too."""
    upgrade = request.headers.get(hdrs.UPGRADE, "").lower() == "websocket"
    if upgrade or request.method not in security.SAFE_METHODS:
        security.require_same_origin(request)
    return await handler(request)


MIDDLEWARES: Final = (context, problems, same_origin)
