"""How records look to people: with what they may do to one next."""

from collections.abc import Collection, Mapping
from datetime import datetime

from pydantic import BaseModel

from scheduler.meetings.model import State
from scheduler.records.chain import Entry, EntryKind
from scheduler.records.content import RecordContent
from scheduler.records.findings import Finding
from scheduler.records.minutes import Minutes
from scheduler.records.service import RecordView, Signer, Version
from scheduler.records.states import Act, RecordState, can
from scheduler.rules.model import Mark
from scheduler.store.record_rows import ListedRecord
from signaling.roles import Permission


class RecordLine(BaseModel):
    """A record in a list. `mine`: I preside or write there."""

    occurrence: str
    unit: str
    unit_name: str
    type: str
    title: str
    scheduled_start: datetime
    scheduled_end: datetime
    meeting_state: State
    state: RecordState
    host_signed: bool
    recorder_signed: bool
    mine: bool


class RecordList(BaseModel):
    """A page of records; `counts` are those within reach in each state."""

    records: tuple[RecordLine, ...]
    counts: Mapping[RecordState, int]
    next: str | None


class WaitingAnswer(BaseModel):
    """How many records wait: for me to write, sign or mend (`mine`), and for my review."""

    mine: int
    review: int


class FindingView(BaseModel):
    """Something that is not right yet. `mark`, `source` and `article` say who demands it."""

    code: str
    blocking: bool
    mark: Mark
    source: str
    article: str
    numbers: Mapping[str, int]
    people: tuple[str, ...]


class EntryView(BaseModel):
    """An entry of the chain without its text. `said` is what it says beside its reason."""

    seq: int
    kind: EntryKind
    author_name: str
    at: datetime
    reason: str
    said: Mapping[str, str | int | None]
    hash: str


class RecordAnswer(BaseModel):
    """A record as it stands. `digest` is what a signature is for; `may` is what I may do now."""

    occurrence: str
    state: RecordState
    version: int
    meeting_state: State
    host_signed: bool
    recorder_signed: bool
    quorum_met: bool | None
    archived_at: datetime | None
    content: RecordContent
    minutes: Minutes
    digest: str
    findings: tuple[FindingView, ...]
    history: tuple[EntryView, ...]
    intact: bool
    may: tuple[str, ...]


class ChangeView(BaseModel):
    section: str
    of: str
    before: str
    after: str


class VersionView(BaseModel):
    """A signed text or a correction, and what it changed in the one before it."""

    seq: int
    kind: EntryKind
    author_name: str
    at: datetime
    reason: str
    content: RecordContent
    changes: tuple[ChangeView, ...]


class VersionList(BaseModel):
    versions: tuple[VersionView, ...]


def record_line(
    line: ListedRecord, unit_names: Mapping[str, str], person: str | None
) -> RecordLine:
    """Show a record in a list."""
    return RecordLine(
        occurrence=line.occurrence,
        unit=line.unit,
        unit_name=unit_names.get(line.unit, line.unit),
        type=line.type,
        title=line.title,
        scheduled_start=line.scheduled_start,
        scheduled_end=line.scheduled_end,
        meeting_state=line.meeting_state,
        state=line.state,
        host_signed=line.host_signed,
        recorder_signed=line.recorder_signed,
        mine=person is not None and person in (line.host, line.recorder),
    )


def record_answer(
    view: RecordView, person: str | None, allowed: Collection[Permission]
) -> RecordAnswer:
    """Show a record to a person with these permissions over it."""
    record = view.record
    return RecordAnswer(
        occurrence=record.occurrence,
        state=record.state,
        version=record.version,
        meeting_state=view.meeting.state,
        host_signed=record.host_signed,
        recorder_signed=record.recorder_signed,
        quorum_met=record.quorum_met,
        archived_at=record.archived_at,
        content=view.content,
        minutes=view.minutes,
        digest=view.digest,
        findings=tuple(_finding(one, view.content) for one in view.findings),
        history=tuple(_entry(one) for one in view.entries),
        intact=view.intact,
        may=_may(view, person, allowed),
    )


def version_answer(version: Version) -> VersionView:
    """Show a version."""
    entry = version.entry
    return VersionView(
        seq=entry.seq,
        kind=entry.kind,
        author_name=entry.author_name,
        at=entry.at,
        reason=entry.reason,
        content=version.content,
        changes=tuple(
            ChangeView(section=one.section, of=one.of, before=one.before, after=one.after)
            for one in version.changes
        ),
    )


def _may(view: RecordView, person: str | None, allowed: Collection[Permission]) -> tuple[str, ...]:
    """Return what a person may do now; the service decides again when it is done."""
    if person is None:
        return ()
    state, record, content = view.record.state, view.record, view.content
    signed = record.signed_version is not None
    drafting = can(state, Act.WRITE) and not signed
    signers = {
        Signer.HOST: (content.host, record.host_signed),
        Signer.RECORDER: (content.recorder, record.recorder_signed),
    }
    own = person in {one.id for one in (content.host, content.recorder) if one is not None}
    blocked = any(one.blocking for one in view.findings)
    may = {
        "write": drafting and Permission.RECORDS_WRITE in allowed,
        "appoint": drafting and Permission.MEETINGS_RUN in allowed,
        "reopen": can(state, Act.REOPEN) and signed and Permission.RECORDS_SIGN in allowed,
        "submit": can(state, Act.SUBMIT) and Permission.RECORDS_SIGN in allowed,
        "review": can(state, Act.ARCHIVE) and Permission.RECORDS_REVIEW in allowed and not own,
        "correct": can(state, Act.CORRECT) and Permission.RECORDS_WRITE in allowed,
        "download": state is RecordState.ARCHIVED,
    }
    for signer, (named, done) in signers.items():
        may[f"sign_{signer}"] = (
            can(state, Act.SIGN)
            and view.meeting.state is State.SETTLED
            and not done
            and not blocked
            and named is not None
            and named.id == person
            and Permission.RECORDS_SIGN in allowed
        )
    return tuple(act for act, so in may.items() if so)


def _finding(one: Finding, content: RecordContent) -> FindingView:
    names = {line.person: line.name for line in content.people}
    if content.host is not None:
        names.setdefault(content.host.id, content.host.name)
    return FindingView(
        code=one.code,
        blocking=one.blocking,
        mark=one.source.mark,
        source=one.source.text,
        article=one.source.article,
        numbers=one.numbers,
        people=tuple(names[person] for person in one.people if person in names),
    )


def _entry(entry: Entry) -> EntryView:
    said = entry.value()
    plain = {name: value for name, value in said.items() if isinstance(value, str | int | None)}
    return EntryView(
        seq=entry.seq,
        kind=entry.kind,
        author_name=entry.author_name,
        at=entry.at,
        reason=entry.reason,
        said=plain,
        hash=entry.hash,
    )
