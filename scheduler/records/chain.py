"""The chain of a record's entries: each carries the hash of the one before it.

The hash of an entry is SHA-256, in lower-case hexadecimal, over the canonical JSON (`canonical`)
of all its other fields: occurrence, seq, kind, author, author_name, at, reason, content and
previous. `at` is written in UTC with microseconds: 2026-11-23T11:00:00.000000Z. The entry number
1 carries `BEGINNING` as the hash before it. So whoever knows the last hash knows that no entry was
changed, removed, put between others or moved; who can write into the store could compute all
hashes anew, which is why the last one also stands on the signed paper.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from scheduler.records.canonical import canonical, parse

BEGINNING: Final = "0" * 64


class EntryKind(StrEnum):
    """What an entry says."""

    VERSION = "version"  # the whole text as it was signed
    SIGNED = "signed"
    REOPENED = "reopened"  # the signatures were taken back to change the text
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ARCHIVED = "archived"
    CORRECTED = "corrected"  # the whole text as it should read, after the archiving
    ATTENDANCE_CORRECTED = "attendance_corrected"  # after the attendance was signed


class ChainBroken(ValueError):
    """An entry is not what it was. `seq` says which one, the text what is wrong with it."""

    def __init__(self, seq: int, what: str) -> None:
        super().__init__(f"entry {seq}: {what}")
        self.seq = seq


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry. `content` is canonical JSON, as it was hashed."""

    occurrence: str
    seq: int
    kind: EntryKind
    author: str | None
    author_name: str
    at: datetime
    reason: str
    content: str
    previous: str
    hash: str

    def value(self) -> dict[str, Any]:
        """Return the content as a value."""
        value: dict[str, Any] = json.loads(self.content)
        return value

    def members(self) -> dict[str, Any]:
        """Return the entry as it stands in record.json."""
        return _hashed(self) | {"hash": self.hash}


def next_entry(
    last: Entry | None,
    *,
    occurrence: str,
    kind: EntryKind,
    author: str | None,
    author_name: str,
    at: datetime,
    reason: str = "",
    content: Mapping[str, Any],
) -> Entry:
    """Return the entry that follows `last` (None: the first one)."""
    bare = Entry(
        occurrence=occurrence,
        seq=1 if last is None else last.seq + 1,
        kind=kind,
        author=author,
        author_name=author_name,
        at=at,
        reason=reason,
        content=canonical(content).decode(),
        previous=BEGINNING if last is None else last.hash,
        hash="",
    )
    return Entry(**_fields(bare) | {"hash": hash_of(bare)})


def hash_of(entry: Entry) -> str:
    """Return the hash that the entry must carry; raise ValueError where it can have none."""
    return hashlib.sha256(canonical(_hashed(entry))).hexdigest()


def check(entries: Sequence[Entry]) -> None:
    """Return if the entries are a whole chain, in order from 1; raise ChainBroken."""
    previous = BEGINNING
    for seq, entry in enumerate(entries, 1):
        if entry.seq != seq:
            raise ChainBroken(seq, f"is missing or out of its place: {entry.seq} stands there")
        if entry.occurrence != entries[0].occurrence:
            raise ChainBroken(seq, "belongs to another meeting")
        if entry.previous != previous:
            raise ChainBroken(seq, "does not follow the entry before it")
        try:
            right = hash_of(entry)
        except ValueError as error:
            raise ChainBroken(seq, str(error)) from error
        if entry.hash != right:
            raise ChainBroken(seq, "was changed after it was written")
        previous = entry.hash


def entry_from(members: Any, seq: int) -> Entry:
    """Return the entry of the members in record.json; raise ChainBroken where they are none."""
    names = {field.name for field in fields(Entry)}
    if not isinstance(members, dict) or set(members) != names:
        raise ChainBroken(seq, "has not the members of an entry")
    texts = names - {"seq", "author", "content", "at"}
    if (
        not all(isinstance(members[name], str) for name in texts)
        or type(members["seq"]) is not int
        or not (members["author"] is None or isinstance(members["author"], str))
        or not isinstance(members["content"], dict)
    ):
        raise ChainBroken(seq, "has members of the wrong kind")
    try:
        return Entry(
            **members
            | {
                "at": time_of(members["at"]),
                "kind": EntryKind(members["kind"]),
                "content": canonical(members["content"]).decode(),
            }
        )
    except ValueError as error:
        raise ChainBroken(seq, str(error)) from error


def time_text(at: datetime) -> str:
    """Return a point in time as entries write it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def time_of(text: Any) -> datetime:
    """Return the point in time of `time_text`; raise ValueError for any other text."""
    if not isinstance(text, str):
        raise ValueError("a time is no string")
    at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    if time_text(at) != text:
        raise ValueError(f"{text[:40]!r} is not written as entries write times")
    return at


def _fields(entry: Entry) -> dict[str, Any]:
    return {field.name: getattr(entry, field.name) for field in fields(entry)}


def _hashed(entry: Entry) -> dict[str, Any]:
    """Return all members but the hash, as they are hashed."""
    kept = {name: value for name, value in _fields(entry).items() if name != "hash"}
    return kept | {
        "at": time_text(entry.at),
        "kind": str(entry.kind),
        "content": parse(entry.content.encode()),
    }
