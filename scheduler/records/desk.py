"""One act on one record: locked, checked against the table of states, written with its entries.

Every act is one transaction. It locks the meeting first, so that two acts on one record come one
after the other, and the second finds the version of the first.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.attendance.model import Correction
from scheduler.clock import Clock
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.meetings.base import existing
from scheduler.meetings.model import Occurrence
from scheduler.records.chain import Entry, EntryKind, next_entry, time_text
from scheduler.records.content import RecordContent
from scheduler.records.minutes import Minutes
from scheduler.records.states import Act, RecordState, follow
from scheduler.store import attendance_rows, directory_rows, record_rows
from scheduler.store.engine import Store
from scheduler.store.record_rows import BEGUN, RecordRow
from scheduler.store.record_tables import REASON_LENGTH

_WITH_TEXT: Final = frozenset({EntryKind.VERSION, EntryKind.CORRECTED})


def fresh(occurrence: str, now: datetime) -> RecordRow:
    """Return the record of a meeting into which nobody has written: version 0."""
    return RecordRow(
        occurrence=occurrence,
        state=RecordState.DRAFTING,
        version=0,
        minutes=Minutes().model_dump_json(),
        signed_version=None,
        host_signed=False,
        recorder_signed=False,
        quorum_met=None,
        submitted_at=None,
        archived_at=None,
        changed_at=now,
        changed_by=None,
    )


def content_of(entry: Entry) -> RecordContent:
    """Return the text of a version or a correction."""
    return RecordContent.model_validate(entry.value()["record"])


def holds_text(entry: Entry) -> bool:
    """Return whether the entry contains a whole text of the record."""
    return entry.kind in _WITH_TEXT


def reason_for(text: str) -> str:
    """Return a reason somebody typed, trimmed; raise Invalid("record_reason_missing")."""
    trimmed = text.strip()
    if not trimmed or len(trimmed) > REASON_LENGTH or "\0" in trimmed:
        raise Invalid("record_reason_missing", f"1 to {REASON_LENGTH} characters")
    return trimmed


class Opened:
    """A record in the middle of an act. `record` is where it stands before it."""

    def __init__(
        self, connection: AsyncConnection, meeting: Occurrence, record: RecordRow, now: datetime
    ) -> None:
        self.connection = connection
        self.meeting = meeting
        self.record = record
        self.now = now

    async def append(
        self,
        kind: EntryKind,
        author: str | None,
        content: Mapping[str, Any],
        *,
        reason: str = "",
    ) -> Entry:
        """Append an entry to the chain and return it. The row of a fresh record must stand."""
        entry = next_entry(
            await record_rows.last_entry(self.connection, self.meeting.id),
            occurrence=self.meeting.id,
            kind=kind,
            author=author,
            author_name=await self._name(author),
            at=self.now,
            reason=reason,
            content=content,
        )
        await record_rows.append(self.connection, entry)
        return entry

    async def move(self, act: Act, by: str | None, **changes: object) -> RecordRow:
        """Follow the table of states and store the record with a new version; raise Conflict."""
        state = follow(self.record.state, act, self.meeting.id)
        return await self.store(by, state=state, **changes)

    async def store(self, by: str | None, **changes: object) -> RecordRow:
        """Store the record with a new version."""
        new = self.record.version == 0
        values: dict[str, Any] = {
            **changes,
            "version": self.record.version + 1,
            "changed_at": self.now,
            "changed_by": by,
        }
        self.record = replace(self.record, **values)
        await record_rows.write(self.connection, self.record, new=new)
        return self.record

    async def text(self) -> RecordContent:
        """Return the text that holds: the last correction, else what was signed."""
        entries = await record_rows.entries(self.connection, self.meeting.id)
        return content_of(next(one for one in reversed(entries) if holds_text(one)))

    async def take_up_corrections(self) -> None:
        """Append an entry for each correction of the attendance made after it was signed."""
        for correction, name in await pending(self.connection, self.record):
            await self.append(
                EntryKind.ATTENDANCE_CORRECTED,
                correction.author,
                {
                    "person": correction.person,
                    "name": name,
                    "state": str(correction.state),
                    "minutes": None if correction.minutes is None else round(correction.minutes),
                    "at": time_text(correction.at),
                },
                reason=correction.reason,
            )

    async def _name(self, author: str | None) -> str:
        if author is None:
            return ""
        rows = await directory_rows.persons(self.connection, ids={author})
        return str(rows[0].name) if rows else ""


class Desk:
    """Opens records for one act each."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @asynccontextmanager
    async def open(self, occurrence: str, version: int | None = None) -> AsyncIterator[Opened]:
        """Lock a record for one act; what is done in the block is one transaction.

        Raise NotFound("unknown_occurrence" | "record_not_begun"), and Conflict("record_changed")
        where `version` is not the stored one: somebody else was faster.
        """
        async with self._store.begin() as connection:
            meeting = await existing(connection, occurrence, lock=True)
            if meeting.state not in BEGUN:
                raise NotFound("record_not_begun", occurrence)
            now = self._clock.now()
            record = await record_rows.read(connection, occurrence, lock=True)
            opened = Opened(connection, meeting, record or fresh(occurrence, now), now)
            if version is not None and version != opened.record.version:
                raise Conflict("record_changed", occurrence)
            yield opened


async def pending(
    connection: AsyncConnection, record: RecordRow
) -> tuple[tuple[Correction, str], ...]:
    """Return the corrections of attendance that the signed text does not contain and no entry
    tells of yet, each with the name of its person, oldest first."""
    if record.signed_version is None:
        return ()
    entries = await record_rows.entries(connection, record.occurrence)
    signed = content_of(entries[record.signed_version - 1])
    names = {line.person: line.name for line in signed.people}
    known = {line.person: line.corrections for line in signed.people}
    for entry in entries[record.signed_version :]:
        if entry.kind is EntryKind.ATTENDANCE_CORRECTED:
            person = entry.value()["person"]
            known[person] = known.get(person, 0) + 1
    found = await attendance_rows.corrections(connection, [record.occurrence])
    later = []
    for correction in found.get(record.occurrence, ()):
        if known.get(correction.person, 0) > 0:
            known[correction.person] -= 1
        elif correction.person in names:
            later.append((correction, names[correction.person]))
    return tuple(later)
