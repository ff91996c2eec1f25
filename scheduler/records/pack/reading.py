"""Opening a ZIP file that may be hostile: refused before anything of it is unpacked.

Nothing is ever written to disk. A file of the pack is read piece by piece; its real size counts,
whatever the directory of the ZIP file claims.
"""

import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from scheduler.records.pack.manifest import (
    ATTACHMENTS,
    LONGEST_NAME,
    MANIFEST,
    PAPERS,
    FileLine,
    is_harmless,
)

MOST_FILES: Final = 500
LARGEST_PACK: Final = 2 * 1024**3
LARGEST_FILE: Final = 512 * 1024**2
LARGEST_TOTAL: Final = 2 * 1024**3
LARGEST_JSON: Final = 64 * 1024**2
_PIECE: Final = 1024 * 1024
_ENCRYPTED: Final = 0x1
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)


class PackRefused(Exception):
    """The file is no archive pack, or one that nobody should open; the text says why."""


class OpenPack:
    """A pack whose directory was looked at. Sizes are bytes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._left = LARGEST_TOTAL
        self.names = tuple(one.filename for one in archive.infolist())

    def read_json(self, name: str) -> bytes:
        """Return a file that is held in memory; raise PackRefused where it is too large or
        damaged."""
        return b"".join(self._pieces(name, LARGEST_JSON))

    def line(self, name: str) -> FileLine:
        """Return size and SHA-256 of a file; raise PackRefused."""
        digest, size = sha256(), 0
        for piece in self._pieces(name, LARGEST_FILE):
            digest.update(piece)
            size += len(piece)
        return FileLine(name=name, size=size, sha256=digest.hexdigest())

    def _pieces(self, name: str, most: int) -> Iterator[bytes]:
        size = 0
        try:
            with self._archive.open(name) as file:
                while piece := file.read(_PIECE):
                    size += len(piece)
                    self._left -= len(piece)
                    if size > most or self._left < 0:
                        raise PackRefused(f"{name}: unpacks to more than a pack may hold")
                    yield piece
        except _DAMAGED as error:
            raise PackRefused(f"{name}: is damaged: {error}") from error


@contextmanager
def open_pack(path: Path) -> Iterator[OpenPack]:
    """Open a pack and look at its directory; raise PackRefused."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise PackRefused(f"{path}: {error.strerror}") from error
    if size > LARGEST_PACK:
        raise PackRefused(f"is larger than {LARGEST_PACK} bytes")
    try:
        archive = zipfile.ZipFile(path)
    except _DAMAGED as error:
        raise PackRefused(f"is no ZIP file: {error}") from error
    with archive:
        _look_at(archive.infolist())
        yield OpenPack(archive)


def _look_at(files: list[zipfile.ZipInfo]) -> None:
    if len(files) > MOST_FILES:
        raise PackRefused(f"holds more than {MOST_FILES} files")
    seen: set[str] = set()
    total = 0
    for one in files:
        name = one.filename
        if not _is_ours(name):
            raise PackRefused(f"{ascii(name)[:80]}: a pack holds no such file")
        folded = unicodedata.normalize("NFC", name).casefold()
        if folded in seen:
            raise PackRefused(f"{ascii(name)[:80]}: stands in it twice")
        seen.add(folded)
        if one.flag_bits & _ENCRYPTED or one.compress_type not in _METHODS:
            raise PackRefused(f"{ascii(name)[:80]}: is packed in a way packs are not")
        total += one.file_size
        if one.file_size > LARGEST_FILE or total > LARGEST_TOTAL:
            raise PackRefused("says it unpacks to more than a pack may hold")


def _is_ours(name: str) -> bool:
    if name == MANIFEST or name in PAPERS:
        return True
    rest = name.removeprefix(ATTACHMENTS)
    return (
        rest not in (name, "", ".", "..")
        and len(rest) <= LONGEST_NAME
        and all(is_harmless(sign) for sign in rest)
    )
