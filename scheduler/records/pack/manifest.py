"""What an archive pack contains, and how its parts hold together.

A pack is a ZIP file with

- `record.json`: all entries of the record with their hashes, canonical JSON (`records.canonical`);
- `record.pdf`, `record.docx`: the record on paper; `attendance.xlsx`: who was there;
- `attachments/NN-NAME`: the papers of the meeting;
- `manifest.json`, canonical JSON: the name, size and SHA-256 of each of these files, the number of
  the entries and the hash of the last one, and the `seal`: SHA-256 over the canonical JSON of all
  that without the seal itself.

So the seal stands for every byte, and the hash of the last entry, which also stands at the foot of
every page on paper and in the store, for all that was ever said in the record.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from scheduler.records.canonical import canonical, parse

FORMAT: Final = "liancun-archive/1"
ENTRIES_FORMAT: Final = "liancun-entries/1"
MANIFEST: Final = "manifest.json"
RECORD_JSON: Final = "record.json"
RECORD_PDF: Final = "record.pdf"
RECORD_DOCX: Final = "record.docx"
ATTENDANCE: Final = "attendance.xlsx"
ATTACHMENTS: Final = "attachments/"
PAPERS: Final = frozenset({RECORD_JSON, RECORD_PDF, RECORD_DOCX, ATTENDANCE})
"""What stands in every pack beside the manifest."""

_HASH: Final = frozenset("0123456789abcdef")
_RESERVED: Final = frozenset('/\\:*?"<>|')
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
LONGEST_NAME: Final = 200


class ManifestInvalid(ValueError):
    """The manifest is not one, or was changed."""


@dataclass(frozen=True, kw_only=True)
class FileLine:
    """A file of the pack."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What the pack says of itself; `last` is the hash of the last of `entries` entries."""

    occurrence: str
    entries: int
    last: str
    files: tuple[FileLine, ...]

    @property
    def seal(self) -> str:
        return sha256(canonical(self._members())).hexdigest()

    def text(self) -> bytes:
        """Return manifest.json."""
        return canonical(self._members() | {"seal": self.seal})

    def _members(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "occurrence": self.occurrence,
            "entries": self.entries,
            "last": self.last,
            "files": [
                {"name": one.name, "size": one.size, "sha256": one.sha256} for one in self.files
            ],
        }


def is_harmless(sign: str) -> bool:
    """Return whether a character may stand in the name of a file: seen by people, and no part of a
    path on any system."""
    return sign not in _RESERVED and unicodedata.category(sign) not in _UNSEEN


def attachment_path(number: int, name: str) -> str:
    """Return where a paper stands in the pack; what is not harmless in its name becomes `_`."""
    harmless = "".join(sign if is_harmless(sign) else "_" for sign in name)
    return f"{ATTACHMENTS}{number:02}-{harmless}"[: len(ATTACHMENTS) + LONGEST_NAME]


def describe(occurrence: str, entries: int, last: str, files: Mapping[str, bytes]) -> Manifest:
    """Return the manifest of these files."""
    return Manifest(
        occurrence=occurrence,
        entries=entries,
        last=last,
        files=tuple(
            FileLine(name=name, size=len(content), sha256=sha256(content).hexdigest())
            for name, content in files.items()
        ),
    )


def read_manifest(text: bytes) -> Manifest:
    """Return the manifest; raise ManifestInvalid where it is none or its seal does not fit."""
    try:
        said = parse(text)
    except ValueError as error:
        raise ManifestInvalid(f"cannot be read: {error}") from error
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise ManifestInvalid(f"is none of the format {FORMAT}")
    try:
        files = tuple(FileLine(**line) for line in said["files"])
        manifest = Manifest(
            occurrence=said["occurrence"],
            entries=said["entries"],
            last=said["last"],
            files=files,
        )
        right = manifest.text()
    except (KeyError, TypeError, ValueError) as error:
        raise ManifestInvalid("does not say what a manifest says") from error
    if right != text:
        raise ManifestInvalid("was changed: its seal does not fit")
    _check_kinds(manifest)
    return manifest


def _check_kinds(manifest: Manifest) -> None:
    for one in manifest.files:
        if not isinstance(one.name, str) or type(one.size) is not int or not _is_hash(one.sha256):
            raise ManifestInvalid("lists something that is no file")
    if type(manifest.entries) is not int or not _is_hash(manifest.last):
        raise ManifestInvalid("does not say which entry is the last")
    if len({one.name for one in manifest.files}) != len(manifest.files):
        raise ManifestInvalid("lists a file twice")


def _is_hash(text: object) -> bool:
    return isinstance(text, str) and len(text) == 64 and set(text) <= _HASH
