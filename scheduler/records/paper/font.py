"""The font of the PDF: a Chinese face out of a font file, which the machine must have."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTCollection, TTLibError  # type: ignore[import-untyped]

_SIMPLIFIED: Final = "SC"
_COLLECTION: Final = b"ttcf"
_SINGLE: Final = frozenset({b"\0\1\0\0", b"OTTO", b"true"})
"""The first bytes of fonts (OpenType 1.9, Organization of an OpenType Font)."""


class FontUnusable(Exception):
    """The font cannot be used; the text says which file, why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Face:
    """One face of a font file."""

    path: Path
    number: int = 0


def face_of(path: Path) -> Face:
    """Return the face for simplified Chinese of a font or a collection; raise FontUnusable."""
    if not path.is_file():
        raise FontUnusable(
            f"{path}: there is no such font file; install fonts-noto-cjk or set records.font"
        )
    with path.open("rb") as file:
        kind = file.read(4)
    if kind in _SINGLE:
        return Face(path=path)
    if kind != _COLLECTION:
        raise FontUnusable(f"{path}: is no TrueType or OpenType font; set records.font")
    try:
        with TTCollection(str(path), lazy=True) as collection:
            names = [font["name"].getDebugName(4) or "" for font in collection.fonts]
    except (TTLibError, OSError, AssertionError) as error:
        raise FontUnusable(f"{path}: is a broken collection of fonts: {error}") from error
    number = next((at for at, name in enumerate(names) if _SIMPLIFIED in name.split()), 0)
    return Face(path=path, number=number)
