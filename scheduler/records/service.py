"""Records: written, signed, reviewed, archived, corrected."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from scheduler.clock import Clock
from scheduler.errors import Conflict, NotFound, Refused
from scheduler.meetings.model import Occurrence, State
from scheduler.records.chain import ChainBroken, Entry, EntryKind, check
from scheduler.records.comparison import Change, changes
from scheduler.records.content import RecordContent
from scheduler.records.desk import Desk, Opened, content_of, fresh, holds_text, pending, reason_for
from scheduler.records.drafting import apply_minutes, draft, minutes_of
from scheduler.records.findings import Finding, findings
from scheduler.records.minutes import Minutes
from scheduler.records.sources import FactSource
from scheduler.records.states import NOT_ARCHIVED, REFUSALS, Act, RecordState
from scheduler.records.waiting import waits_for
from scheduler.store import directory_rows, occurrence_rows, record_rows, waiting_rows
from scheduler.store.engine import Store
from scheduler.store.record_rows import BEGUN, ListedRecord, RecordRow


class Signer(StrEnum):
    """As what somebody signs."""

    HOST = "host"
    RECORDER = "recorder"


class Pins(Protocol):
    """Who knows the PINs: `scheduler.accounts.Accounts`."""

    async def check_pin(self, person: str, pin: str) -> None:
        """Return if the PIN is the person's; raise Refused."""


@dataclass(frozen=True, kw_only=True)
class RecordView:
    """A record as it stands. `content` is the text that holds: the draft, what was signed, or the
    last correction. `digest` is what a signature would be for. `intact`: its chain is whole."""

    meeting: Occurrence
    record: RecordRow
    content: RecordContent
    digest: str
    minutes: Minutes
    findings: tuple[Finding, ...]
    entries: tuple[Entry, ...]
    intact: bool


@dataclass(frozen=True, kw_only=True)
class Version:
    """A text of the record, and what it changed in the one before it."""

    entry: Entry
    content: RecordContent
    changes: tuple[Change, ...]


class Records:
    """The records of the meetings. `author` is the person who acts."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        zone: ZoneInfo,
        *,
        source: FactSource,
        pins: Pins,
        blocking: Collection[str] = (),
    ) -> None:
        """`blocking` are codes of findings that block the signing though no law demands them."""
        self.source = source
        self._store = store
        self._clock = clock
        self._zone = zone
        self._desk = Desk(store, clock)
        self._pins = pins
        self._blocking = frozenset(blocking)

    async def view(self, occurrence: str) -> RecordView:
        """Return a record as it stands, drafted anew from what is known while nobody has signed.

        Raise NotFound("unknown_occurrence" | "record_not_begun").
        """
        facts = await self.source.facts(occurrence)
        if facts.occurrence.state not in BEGUN:
            raise NotFound("record_not_begun", occurrence)
        if await self._has_pending(occurrence):
            async with self._desk.open(occurrence) as opened:
                await opened.take_up_corrections()
        async with self._store.read() as connection:
            stored = await record_rows.read(connection, occurrence)
            entries = await record_rows.entries(connection, occurrence)
        record = stored or fresh(occurrence, self._clock.now())
        minutes = Minutes.model_validate_json(record.minutes)
        if record.signed_version is None:
            content = draft(facts, minutes)
            minutes = minutes.model_copy(update={"discussion": content.discussion})
        else:
            content = content_of(next(one for one in reversed(entries) if holds_text(one)))
            minutes = minutes_of(content)
        return RecordView(
            meeting=facts.occurrence,
            record=record,
            content=content,
            digest=content.digest(),
            minutes=minutes,
            findings=findings(content, self._blocking),
            entries=entries,
            intact=_intact(entries),
        )

    async def versions(self, occurrence: str) -> tuple[Version, ...]:
        """Return every text that was signed and every correction, oldest first."""
        async with self._store.read() as connection:
            entries = await record_rows.entries(connection, occurrence)
        found: list[Version] = []
        for entry in entries:
            if holds_text(entry):
                content = content_of(entry)
                before = found[-1].content if found else content
                different = changes(before, content, self._zone)
                found.append(Version(entry=entry, content=content, changes=different))
        return tuple(found)

    async def write(self, occurrence: str, minutes: Minutes, version: int, author: str) -> None:
        """Store what the recorder writes. Raise Conflict: "record_changed" when `version` is not
        the stored one, "record_signed" and others where it cannot be written into any more."""
        async with self._desk.open(occurrence, version) as opened:
            _unsigned(opened)
            await opened.move(Act.WRITE, author, minutes=minutes.model_dump_json())

    async def appoint(
        self, occurrence: str, host: str | None, recorder: str | None, version: int, author: str
    ) -> None:
        """Say who really presided and who writes the record. Raise NotFound("unknown_person"),
        Conflict as `write` does."""
        async with self._desk.open(occurrence, version) as opened:
            _unsigned(opened)
            for person in {host, recorder} - {None}:
                if not await directory_rows.persons(opened.connection, ids={str(person)}):
                    raise NotFound("unknown_person", str(person)[:64])
            await occurrence_rows.change(
                opened.connection, opened.meeting, opened.now, host=host, recorder=recorder
            )
            await opened.move(Act.WRITE, author)

    async def sign(
        self, occurrence: str, signer: Signer, person: str, pin: str, digest: str
    ) -> None:
        """Sign the text with this digest as host or as recorder. The first signature fixes it.

        Raise Refused: "pin_wrong", "too_many_tries", "record_not_signer". Raise Conflict:
        "record_not_settled" while the attendance may change, "record_changed" when the text is
        not the one that was looked at, "record_has_blocking_findings", "record_signed".
        """
        signed_as = Signer(signer)
        facts = await self.source.facts(occurrence)
        if person not in (facts.occurrence.host, facts.occurrence.recorder):
            raise Refused("record_not_signer", occurrence)
        await self._pins.check_pin(person, pin)
        async with self._desk.open(occurrence) as opened:
            if opened.meeting.state is not State.SETTLED:
                raise Conflict("record_not_settled", occurrence)
            record = opened.record
            if _has_signed(record, signed_as):
                raise Conflict("record_signed", occurrence)
            second = record.host_signed or record.recorder_signed
            if second:
                content = await opened.text()
            else:
                content = draft(facts, Minutes.model_validate_json(record.minutes))
            named = content.host if signed_as is Signer.HOST else content.recorder
            if named is None or named.id != person:
                raise Refused("record_not_signer", occurrence)
            if content.digest() != digest:
                raise Conflict("record_changed", occurrence)
            if any(one.blocking for one in findings(content, self._blocking)):
                raise Conflict("record_has_blocking_findings", occurrence)
            quorum_met = content.quorum.reached if content.quorum else None
            await opened.move(
                Act.COUNTERSIGN if second else Act.SIGN,
                person,
                **{f"{signed_as}_signed": True, "quorum_met": quorum_met},
            )
            if not second:
                frozen = await opened.append(
                    EntryKind.VERSION, person, {"record": content.members()}
                )
                await opened.store(person, signed_version=frozen.seq)
            await opened.append(
                EntryKind.SIGNED,
                person,
                {
                    "role": str(signed_as),
                    "version": opened.record.signed_version,
                    "digest": digest,
                },
            )

    async def reopen(self, occurrence: str, version: int, author: str, reason: str) -> None:
        """Take the signatures back to change the text. Raise Conflict, Invalid."""
        said = reason_for(reason)
        async with self._desk.open(occurrence, version) as opened:
            record = opened.record
            if record.state is RecordState.DRAFTING and record.signed_version is None:
                raise Conflict("record_not_signed", occurrence)
            await opened.take_up_corrections()
            await opened.append(EntryKind.REOPENED, author, {}, reason=said)
            await opened.move(Act.REOPEN, author, **_UNSIGNED)

    async def submit(self, occurrence: str, version: int, author: str) -> None:
        """Hand the signed record to the township. Raise Conflict."""
        async with self._desk.open(occurrence, version) as opened:
            await opened.move(Act.SUBMIT, author, submitted_at=opened.now)
            await opened.append(EntryKind.SUBMITTED, author, {})

    async def send_back(self, occurrence: str, version: int, reviewer: str, reason: str) -> None:
        """Return the record with a reason; its signatures are void. Raise Conflict, Invalid,
        Refused("record_own_review")."""
        said = reason_for(reason)
        async with self._desk.open(occurrence, version) as opened:
            await _not_own(opened, reviewer)
            await opened.move(Act.RETURN, reviewer, **_UNSIGNED)
            await opened.append(EntryKind.RETURNED, reviewer, {}, reason=said)

    async def archive(self, occurrence: str, version: int, reviewer: str) -> None:
        """Archive and lock the record. Raise Conflict, Refused("record_own_review")."""
        async with self._desk.open(occurrence, version) as opened:
            await _not_own(opened, reviewer)
            await opened.take_up_corrections()
            digest = (await opened.text()).digest()
            record = await opened.move(Act.ARCHIVE, reviewer, archived_at=opened.now)
            said = {"version": record.signed_version, "digest": digest}
            await opened.append(EntryKind.ARCHIVED, reviewer, said)

    async def correct(
        self, occurrence: str, minutes: Minutes, version: int, author: str, reason: str
    ) -> None:
        """Append a correction to an archived record: the whole text as it should read.

        Raise Conflict("record_not_archived" | "record_changed" | "record_correction_empty").
        """
        said = reason_for(reason)
        async with self._desk.open(occurrence, version) as opened:
            if opened.record.state is not RecordState.ARCHIVED:
                raise Conflict(NOT_ARCHIVED, occurrence)
            before = await opened.text()
            after = apply_minutes(before, minutes)
            if after == before:
                raise Conflict("record_correction_empty", occurrence)
            await opened.take_up_corrections()
            await opened.append(
                EntryKind.CORRECTED, author, {"record": after.members()}, reason=said
            )
            await opened.move(Act.CORRECT, author)

    async def listed(
        self,
        *,
        units: Collection[str] | None,
        person: str | None,
        states: Collection[RecordState],
        before: tuple[datetime, str] | None = None,
        limit: int = 50,
    ) -> tuple[tuple[ListedRecord, ...], dict[RecordState, int]]:
        """Return the records of the units (None: all) and of the meetings that the person hosts or
        records, the newest meeting first, and how many there are in each state."""
        async with self._store.read() as connection:
            lines = await record_rows.listed(
                connection, units=units, person=person, states=states, before=before, limit=limit
            )
            return lines, await record_rows.counted(connection, units=units, person=person)

    async def waiting(self, person: str) -> int:
        """Count the records that wait for a person who presided or records."""
        async with self._store.read() as connection:
            rows = await waiting_rows.of_person(connection, person)
        return sum(
            person
            in waits_for(
                one.state,
                host=one.host,
                recorder=one.recorder,
                host_signed=one.host_signed,
                recorder_signed=one.recorder_signed,
            )
            for one in rows
        )

    async def to_review(self, units: Collection[str] | None, reviewer: str | None) -> int:
        """Count the records of these units (None: all) that a reviewer may look at now."""
        async with self._store.read() as connection:
            return await waiting_rows.submitted(connection, units, reviewer)

    async def _has_pending(self, occurrence: str) -> bool:
        async with self._store.read() as connection:
            record = await record_rows.read(connection, occurrence)
            return record is not None and bool(await pending(connection, record))


_UNSIGNED = {"signed_version": None, "host_signed": False, "recorder_signed": False}


def _has_signed(record: RecordRow, signer: Signer) -> bool:
    return record.host_signed if signer is Signer.HOST else record.recorder_signed


def _unsigned(opened: Opened) -> None:
    """A text that somebody has signed does not change under the signature."""
    if opened.record.signed_version is not None and opened.record.state is RecordState.DRAFTING:
        raise Conflict("record_signed", opened.meeting.id)


async def _not_own(opened: Opened, reviewer: str) -> None:
    """Nobody reviews what they signed. Raise Conflict where it is not to be reviewed now."""
    if opened.record.state is not RecordState.SUBMITTED:
        raise Conflict(REFUSALS[opened.record.state], opened.meeting.id)
    content = await opened.text()
    if reviewer in {one.id for one in (content.host, content.recorder) if one is not None}:
        raise Refused("record_own_review", opened.meeting.id)


def _intact(entries: tuple[Entry, ...]) -> bool:
    try:
        check(entries)
    except ChainBroken:
        return False
    return True
