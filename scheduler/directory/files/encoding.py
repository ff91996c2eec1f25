"""Which encoding a text file has: UTF-8 with or without a mark, or GB18030 as Excel writes it.

Almost any UTF-8 text is also readable as GB18030, as nonsense. So a file that is UTF-8 in one part
and GB18030 in another is refused by line, instead of storing nonsense names.
"""

import codecs
import re

from scheduler.directory.files.sheet import Unreadable

_CHINESE = re.compile("[\u3400-\u9fff]")
_CERTAIN = 3
"""So many Chinese characters that come out of a line as UTF-8 are no accident of GB18030."""


def decode(data: bytes) -> str:
    """Return the text without a mark; raise Unreadable with the line that does not fit."""
    marked = data.startswith(codecs.BOM_UTF8)
    if marked:
        data = data[len(codecs.BOM_UTF8) :]
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = _line_at(data, error.start)
        before = data[: error.start].rpartition(b"\n")[0].decode("utf-8")
    if marked:
        raise Unreadable("encoding", line)
    if _CHINESE.search(before):
        raise Unreadable("encoding_mixed", line)
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise Unreadable("encoding", _line_at(data, error.start)) from None
    _refuse_utf8_lines(data)
    return text


def _line_at(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1


def _refuse_utf8_lines(data: bytes) -> None:
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.isascii():
            continue
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if len(_CHINESE.findall(text)) >= _CERTAIN:
            raise Unreadable("encoding_mixed", number)
