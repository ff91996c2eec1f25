"""Two people at one thing: versions as ETags, `If-Match`, and telling the second what is there now.

RFC 9110, sections 8.8.3 and 13.1.1. The ETag of a meeting or of a series is its version; it tells
states apart, not the views of it that depend on who asks.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import hdrs, web
from pydantic import BaseModel

from scheduler.errors import Conflict, Invalid

CHANGED: Final = frozenset({"occurrence_changed", "series_changed", "record_changed"})
"""Codes that tell of another version than the one somebody had before them."""
_TAG: Final = re.compile(r'"([0-9]{1,9})"')


class Changed(Conflict):
    """Somebody else was faster. `current` is what stands there now.

    `precondition` says that the request named its version with If-Match: the answer is 412 then,
    else 409.
    """

    def __init__(self, code: str, current: BaseModel, *, precondition: bool) -> None:
        super().__init__(code)
        self.current = current
        self.precondition = precondition


def etag_of(answer: BaseModel) -> str | None:
    """Return the ETag of what has a version, None for everything else."""
    version = getattr(answer, "version", None)
    return f'"{version}"' if type(version) is int else None


def expected_version(request: web.Request) -> int | None:
    """Return the version named by If-Match; None where there is none or `*`.

    One strong tag is understood, as this server gives them; raise Invalid("if_match_malformed")
    for anything else.
    """
    given = request.headers.get(hdrs.IF_MATCH)
    if given is None or given.strip() == "*":
        return None
    tag = _TAG.fullmatch(given.strip())
    if tag is None:
        raise Invalid("if_match_malformed", given[:64])
    return int(tag[1])


@asynccontextmanager
async def telling_what_changed(
    request: web.Request, show: Callable[[], Awaitable[BaseModel]]
) -> AsyncIterator[None]:
    """Turn a Conflict over versions into one that carries what stands there now."""
    try:
        yield
    except Conflict as error:
        if error.code not in CHANGED:
            raise
        named = request.headers.get(hdrs.IF_MATCH) is not None
        raise Changed(error.code, await show(), precondition=named) from error
