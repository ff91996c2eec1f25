"""Writes that may be sent twice: with an `Idempotency-Key` the second one gets the first's answer.

After draft-ietf-httpapi-idempotency-key-header-07. A key belongs to who asks and lives a day. What
was refused changed nothing and is not kept. Between a write and the keeping of its answer a server
may die: after `UNDER_WAY` the key is free again, and the write may then happen twice.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from typing import Final

from aiohttp import hdrs, web

from scheduler.clock import Clock
from scheduler.errors import Conflict, Invalid
from scheduler.store import idempotent_rows
from scheduler.store.engine import Store
from scheduler.store.idempotent_rows import KeptAnswer

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
KEPT_FOR: Final = timedelta(hours=24)
UNDER_WAY: Final = timedelta(minutes=2)
_KEY: Final = re.compile(r"[\x21-\x7e]{8,128}")


class Idempotency:
    """Keeps the answers of writes in the store, so that every node knows them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def once(
        self,
        request: web.Request,
        author: str,
        act: Callable[[], Awaitable[web.StreamResponse]],
        *,
        with_body: bool = True,
    ) -> web.StreamResponse:
        """Do a write, or give the answer of the same one before.

        Raise Invalid("idempotency_key_malformed" | "idempotency_key_reused") and
        Conflict("write_under_way").
        """
        key = request.headers[HEADER].strip().strip('"')
        if not _KEY.fullmatch(key):
            raise Invalid("idempotency_key_malformed")
        fingerprint = await _fingerprint(request, with_body=with_body)
        before = await self._claim(author, key, fingerprint)
        if before is not None:
            return _replay(before, fingerprint)
        try:
            answer = await act()
            if not isinstance(answer, web.Response) or not isinstance(answer.body, bytes | None):
                raise TypeError(f"{request.method} {request.path}: no answer that can be kept")
        except BaseException:
            async with self._store.begin() as connection:
                await idempotent_rows.forget(connection, author, key)
            raise
        kept = KeptAnswer(
            fingerprint=fingerprint,
            at=self._clock.now(),
            status=answer.status,
            content_type=answer.headers.get(hdrs.CONTENT_TYPE),
            etag=answer.headers.get(hdrs.ETAG),
            body=answer.body,
        )
        async with self._store.begin() as connection:
            await idempotent_rows.keep(connection, author, key, kept)
        return answer

    async def _claim(self, author: str, key: str, fingerprint: str) -> KeptAnswer | None:
        now = self._clock.now()
        async with self._store.begin() as connection:
            await idempotent_rows.forget_before(connection, now - KEPT_FOR, now - UNDER_WAY)
            if await idempotent_rows.claim(connection, author, key, fingerprint, now):
                return None
            return await idempotent_rows.kept(connection, author, key)


async def _fingerprint(request: web.Request, *, with_body: bool) -> str:
    body = await request.read() if with_body else request.headers.get("Content-Length", "").encode()
    condition = request.headers.get(hdrs.IF_MATCH, "")
    said = f"{request.method} {request.path_qs}\n{condition}\n".encode() + body
    return sha256(said).hexdigest()


def _replay(kept: KeptAnswer, fingerprint: str) -> web.Response:
    if kept.fingerprint != fingerprint:
        raise Invalid("idempotency_key_reused")
    if kept.status is None:
        raise Conflict("write_under_way")
    headers = {hdrs.CONTENT_TYPE: kept.content_type, hdrs.ETAG: kept.etag, REPLAYED: "true"}
    given = {name: value for name, value in headers.items() if value is not None}
    return web.Response(status=kept.status, body=kept.body, headers=given)
