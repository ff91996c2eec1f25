"""The pack of a record in the store, written outside the event loop."""

import asyncio
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.errors import Conflict
from scheduler.records.content import RecordContent
from scheduler.records.pack.writing import signed_content, write_pack
from scheduler.records.paper.font import face_of
from scheduler.records.service import Records

_AT_ONCE = 2
"""Packs written at the same time. Each takes a second of a core, and 45 MB for the font until the
garbage collector comes: 190 MB at rest were seen to reach 350 MB in a dozen packs in a row."""


class Packs:
    """Writes packs of archived records."""

    def __init__(self, records: Records, font: Path, zone: ZoneInfo) -> None:
        self._records = records
        self._font = font
        self._zone = zone
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def pack(self, occurrence: str) -> tuple[RecordContent, bytes]:
        """Return the archived text and the pack of a meeting's record.

        Raise NotFound("unknown_occurrence" | "record_not_begun"), Conflict("record_not_archived" |
        "record_chain_broken" | "record_attachment_changed" | "record_attachment_missing"), and
        FontUnusable.
        """
        entries = (await self._records.view(occurrence)).entries
        content = signed_content(entries)
        kept = {one.id for one in await self._records.source.attachments.of(occurrence)}
        papers = {}
        for line in content.attachments:
            if line.id not in kept:
                raise Conflict("record_attachment_missing", line.id)
            papers[line.id] = await self._records.source.attachments.content(line.id)
        async with self._places:
            face = await asyncio.to_thread(face_of, self._font)
            made = await asyncio.to_thread(write_pack, entries, papers, face, self._zone)
        return content, made
