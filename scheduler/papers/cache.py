"""What was drawn of papers, kept in a folder by the SHA-256 of their bytes, up to a bound."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

EDITION: Final = "1"
"""Counts on when pages are drawn differently, so that nothing old is shown."""
FILLED_AGAIN_TO: Final = 0.8
"""Share of the bound that is left when the oldest papers were thrown away."""


class PageCache:
    """Blocking file access, one folder a paper. Everything in it can be made again."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder = folder / EDITION
        self._most = most_bytes

    @property
    def folder(self) -> Path:
        """Where things may be made that will be kept here; it is there when this returns."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    def read(self, sha256: str, name: str) -> bytes | None:
        """Return what is kept of a paper under a name, and note that it is used."""
        paper = self._folder / sha256
        try:
            content = (paper / name).read_bytes()
            os.utime(paper)
        except OSError:
            return None
        return content

    def write(self, sha256: str, name: str, content: bytes) -> None:
        """Keep something of a paper, whole or not at all; the papers used longest ago make room."""
        paper = self.folder / sha256
        paper.mkdir(exist_ok=True)
        number, path = tempfile.mkstemp(dir=paper)
        with os.fdopen(number, "wb") as file:
            file.write(content)
        Path(path).replace(paper / name)
        os.utime(paper)
        self._make_room(paper)

    def forget(self, sha256: str) -> None:
        """Throw away what is kept of a paper."""
        shutil.rmtree(self._folder / sha256, ignore_errors=True)

    def size(self) -> int:
        """Return the bytes kept."""
        return sum(_size(paper) for paper in self._papers())

    def _make_room(self, newest: Path) -> None:
        held = self.size()
        if held <= self._most:
            return
        for paper in sorted(self._papers(), key=_used_at):
            if held <= self._most * FILLED_AGAIN_TO or paper == newest:
                break
            held -= _size(paper)
            self.forget(paper.name)

    def _papers(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return [each for each in self._folder.iterdir() if len(each.name) == 64]


def _used_at(paper: Path) -> float:
    with suppress(OSError):
        return paper.stat().st_mtime
    return 0.0


def _size(paper: Path) -> int:
    total = 0
    with suppress(OSError):
        for file in paper.iterdir():
            with suppress(OSError):
                total += file.stat().st_size
    return total
