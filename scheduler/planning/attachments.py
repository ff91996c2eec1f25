"""Papers (附件) of a meeting: documents that everybody in it may read."""

import asyncio
import re
from hashlib import sha256
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from config.settings import Planning
from scheduler.clock import Clock
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.meetings.base import existing
from scheduler.meetings.model import State
from scheduler.planning.file_kinds import FileKind, kind_of
from scheduler.planning.papers import Attachment
from scheduler.planning.signed import require_unsigned
from scheduler.store import attachment_rows
from scheduler.store.engine import Store

__all__ = ["Attachment", "Attachments"]

NAME_LENGTH = 120
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*‪-‮⁦-⁩]')
"""What a file name cannot hold on some system, and what turns its reading order round."""


class Attachments:
    """The papers of meetings, kept in the store with the SHA-256 of their bytes."""

    def __init__(self, store: Store, clock: Clock, limits: Planning) -> None:
        self._store = store
        self._clock = clock
        self._limits = limits

    @property
    def largest(self) -> int:
        """The most bytes a paper may have."""
        return self._limits.attachment_mb * 1024 * 1024

    async def of(self, occurrence: str) -> tuple[Attachment, ...]:
        """Return the papers of a meeting; raise NotFound("unknown_occurrence")."""
        async with self._store.read() as connection:
            await existing(connection, occurrence)
            return await attachment_rows.of(connection, occurrence)

    async def one(self, occurrence: str, attachment: str) -> Attachment:
        """Return a paper of this meeting; raise NotFound("unknown_attachment")."""
        async with self._store.read() as connection:
            return await _of_meeting(connection, occurrence, attachment)

    async def content(self, attachment: str) -> bytes:
        """Return the bytes of a paper; raise NotFound("unknown_attachment")."""
        async with self._store.read() as connection:
            found = await attachment_rows.one(connection, attachment)
            if found is None:
                raise NotFound("unknown_attachment", attachment[:64])
            return await attachment_rows.content(connection, found.sha256)

    async def add(self, occurrence: str, name: str, content: bytes, by: str | None) -> Attachment:
        """Store a paper; the same bytes again are the same paper.

        Raise Invalid("file_type_refused" | "file_too_large" | "file_empty" | "too_many_files"),
        NotFound, and Conflict("occurrence_cancelled" | "record_signed" | "record_archived").
        """
        if not content:
            raise Invalid("file_empty")
        if len(content) > self.largest:
            raise Invalid("file_too_large", f"{len(content)} bytes")
        kind, digest = await asyncio.to_thread(_looked_at, content)
        new = Attachment(
            id=uuid4().hex,
            occurrence=occurrence,
            name=file_name(name, kind),
            media_type=kind.media_type,
            size_bytes=len(content),
            sha256=digest,
        )
        async with self._store.begin() as connection:
            meeting = await existing(connection, occurrence, lock=True)
            if meeting.state is State.CANCELLED:
                raise Conflict("occurrence_cancelled", occurrence)
            await require_unsigned(connection, occurrence)
            papers = await attachment_rows.of(connection, occurrence)
            if same := next((paper for paper in papers if paper.sha256 == digest), None):
                return same
            if len(papers) >= self._limits.attachments_per_meeting:
                raise Invalid("too_many_files", f"at most {self._limits.attachments_per_meeting}")
            await attachment_rows.add(connection, new, content, self._clock.now(), by)
        return new

    async def remove(self, occurrence: str, attachment: str) -> None:
        """Remove a paper of a meeting that has not opened; what was shown once stays.

        Raise NotFound, Conflict("occurrence_already_open").
        """
        async with self._store.begin() as connection:
            meeting = await existing(connection, occurrence, lock=True)
            if meeting.state not in (State.SCHEDULED, State.CANCELLED):
                raise Conflict("occurrence_already_open", occurrence)
            found = await _of_meeting(connection, occurrence, attachment)
            await attachment_rows.remove(connection, found)


async def _of_meeting(connection: AsyncConnection, occurrence: str, attachment: str) -> Attachment:
    found = await attachment_rows.one(connection, attachment)
    if found is None or found.occurrence != occurrence:
        raise NotFound("unknown_attachment", attachment[:64])
    return found


def _looked_at(content: bytes) -> tuple[FileKind, str]:
    return kind_of(content), sha256(content).hexdigest()


def file_name(given: str, kind: FileKind) -> str:
    """Return a name that is safe on every system and ends as the kind of the file says."""
    words = _UNSAFE.sub("_", given.replace("\\", "/").rpartition("/")[2]).strip(" .")
    stem = words.rpartition(".")[0] or words
    return f"{stem[:NAME_LENGTH].strip(' .') or '附件'}.{kind.suffix}"
