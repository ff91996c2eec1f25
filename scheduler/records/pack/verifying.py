"""Verifying an archive pack, without the store: is every byte what it was when it was archived?

A pack proves that it was not changed piece by piece. Who makes a whole new pack, with new hashes
throughout, is found only by comparing the hash of the last entry with that on the signed paper or
in the store (`expected`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from scheduler.records.canonical import parse
from scheduler.records.chain import ChainBroken, Entry, EntryKind, check, entry_from
from scheduler.records.content import RecordContent
from scheduler.records.desk import content_of
from scheduler.records.pack.manifest import (
    ENTRIES_FORMAT,
    MANIFEST,
    PAPERS,
    RECORD_JSON,
    FileLine,
    Manifest,
    ManifestInvalid,
    attachment_path,
    read_manifest,
)
from scheduler.records.pack.reading import OpenPack, PackRefused, open_pack

_SIGNERS: Final = frozenset({"host", "recorder"})


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What was found. `problems` are sentences that name the entry or the file; none: whole."""

    occurrence: str
    entries: int
    files: int
    last: str
    problems: tuple[str, ...]

    @property
    def whole(self) -> bool:
        return not self.problems


def verify(path: Path, expected: str | None = None) -> Verified:
    """Look at every file and every entry of a pack; raise PackRefused for what is none.

    `expected` is the hash of the last entry, or its beginning, as it stands on paper.
    """
    with open_pack(path) as pack:
        for name in (MANIFEST, RECORD_JSON):
            if name not in pack.names:
                raise PackRefused(f"{name} is missing: this is no archive pack, or half of one")
        problems: list[str] = []
        manifest: Manifest | None = None
        try:
            manifest = read_manifest(pack.read_json(MANIFEST))
        except ManifestInvalid as error:
            problems.append(f"{MANIFEST}: {error}")
        found: dict[str, FileLine] = {}
        for name in pack.names:
            if name != MANIFEST:
                try:
                    found[name] = pack.line(name)
                except PackRefused as error:
                    problems.append(str(error))
        if manifest is not None:
            problems += _files(manifest, found)
        entries = _entries(pack, problems)
        problems += _record(entries, manifest, found, expected)
    return Verified(
        occurrence=entries[0].occurrence if entries else "",
        entries=len(entries),
        files=len(found),
        last=entries[-1].hash if entries else "",
        problems=tuple(dict.fromkeys(problems)),
    )


def _files(manifest: Manifest, found: dict[str, FileLine]) -> Iterator[str]:
    listed = {one.name: one for one in manifest.files}
    for name in (*listed, *sorted(PAPERS - listed.keys())):
        if name not in found:
            yield f"{name}: is missing"
        elif name not in listed:
            yield f"{name}: is not listed in {MANIFEST}"
        elif found[name] != listed[name]:
            yield f"{name}: was changed"
    for name in found.keys() - listed.keys() - PAPERS:
        yield f"{name}: was added"


def _entries(pack: OpenPack, problems: list[str]) -> list[Entry]:
    """Return the entries as far as they can be read; say what is wrong with them."""
    found: list[Entry] = []
    try:
        said: Any = parse(pack.read_json(RECORD_JSON))
    except (ValueError, PackRefused) as error:
        problems.append(f"{RECORD_JSON}: cannot be read: {error}")
        return found
    if (
        not isinstance(said, dict)
        or set(said) != {"format", "entries"}
        or said["format"] != ENTRIES_FORMAT
        or not isinstance(said["entries"], list)
    ):
        problems.append(f"{RECORD_JSON}: is not a list of entries")
        return found
    try:
        for seq, members in enumerate(said["entries"], 1):
            found.append(entry_from(members, seq))
        check(found)
    except ChainBroken as error:
        problems.append(f"{RECORD_JSON}: {error}")
    return found


def _record(
    entries: Sequence[Entry],
    manifest: Manifest | None,
    found: dict[str, FileLine],
    expected: str | None,
) -> Iterator[str]:
    """Say what does not fit together: entries and manifest, signatures and texts, papers."""
    last = entries[-1].hash if entries else ""
    if manifest is not None and (
        (manifest.entries, manifest.last) != (len(entries), last)
        or (entries and manifest.occurrence != entries[0].occurrence)
    ):
        yield f"{RECORD_JSON}: does not end with the entry that {MANIFEST} names"
    if expected is not None and not (expected and last.startswith(expected.lower())):
        yield f"{RECORD_JSON}: the last entry has not the expected hash"
    versions = {one.seq: one for one in entries if one.kind is EntryKind.VERSION}
    if not versions or not any(one.kind is EntryKind.ARCHIVED for one in entries):
        yield f"{RECORD_JSON}: the record was not archived"
        return
    signed_seq, version = max(versions.items())
    try:
        content = content_of(version)
    except (ValidationError, KeyError, ValueError):
        yield f"{RECORD_JSON}: entry {signed_seq}: is no text of a record"
        return
    yield from _signatures(entries, signed_seq, content)
    for number, line in enumerate(content.attachments, 1):
        name = attachment_path(number, line.name)
        if name not in found:
            yield f"{name}: is missing"
        elif found[name].sha256 != line.sha256:
            yield f"{name}: is not the paper that was signed"


def _signatures(entries: Sequence[Entry], signed_seq: int, content: RecordContent) -> Iterator[str]:
    roles = set()
    for entry in entries[signed_seq:]:
        if entry.kind is EntryKind.SIGNED:
            said = entry.value()
            if said.get("digest") != content.digest() or said.get("version") != signed_seq:
                yield f"{RECORD_JSON}: entry {entry.seq}: the signature is for another text"
            roles.add(said.get("role"))
    for role in sorted(_SIGNERS - roles):
        yield f"{RECORD_JSON}: the signature of the {role} is missing"
