"""Where a line of Chinese may end (禁则): no closing mark begins a line, no opening mark ends one.

The classes are those of the W3C's Requirements for Chinese Text Layout (clreq, 3.1.6) as far as
records use them. Words and numbers of Latin letters stay whole where a line can hold them.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

Measure = Callable[[str], float]
"""The width of a text; that of two texts in a row is the sum."""

NO_START: Final = frozenset("，。、；：？！…—～·％‰℃）》」』】〕〉”’〗］｝,.;:?!%)]}»›")
NO_END: Final = frozenset("（《「『【〔〈“‘〖［｛([{«‹$￥#")
_PAIRED: Final = frozenset("—…")


def break_lines(text: str, width: float, measure: Measure, *, first: float = 0.0) -> list[str]:
    """Return the lines of a paragraph, each at most `width` wide; the first begins after `first`.

    Spaces at the end of a line are left out. A single piece wider than a line is cut where the
    line ends. Line feeds begin new lines.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _fill(paragraph, width, measure, first if not lines else 0.0)
    return lines


def _fill(text: str, width: float, measure: Measure, first: float) -> list[str]:
    lines: list[str] = []
    line, used = "", first
    for piece in pieces(text):
        size = measure(piece)
        if used + size - measure(piece[len(piece.rstrip(" ")) :]) <= width:
            line, used = line + piece, used + size
            continue
        if line.strip(" "):
            lines.append(line.rstrip(" "))
            line, used = "", 0.0
        for part in _cut(piece.lstrip(" "), width, measure):
            if line:
                lines.append(line.rstrip(" "))
            line, used = part, measure(part)
    return [*lines, line.rstrip(" ")]


def pieces(text: str) -> Iterator[str]:
    """Yield the pieces between which a line may end; joined they are the text."""
    piece = ""
    for before, sign in pairwise(["", *text]):
        if piece and _may_break(before, sign):
            yield piece
            piece = ""
        piece += sign
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if after == " " or before in NO_END or after in NO_START:
        return False
    if before == " ":
        return True
    if before == after and before in _PAIRED:
        return False
    return not (_is_latin(before) and _is_latin(after))


def _is_latin(sign: str) -> bool:
    return sign < "\u2000" and not sign.isspace()


def _cut(piece: str, width: float, measure: Measure) -> Iterator[str]:
    part, used = "", 0.0
    for sign in piece:
        size = measure(sign)
        if part and used + size > width:
            yield part
            part, used = "", 0.0
        part, used = part + sign, used + size
    if part:
        yield part
