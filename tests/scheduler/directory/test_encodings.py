"""UTF-8 with and without a mark and GB18030 are read; anything else is refused by line."""

import codecs
from pathlib import Path

import pytest

from scheduler.directory.files.encoding import decode
from scheduler.directory.files.sheet import Unreadable
from scheduler.directory.imports.importing import check
from tests.scheduler.directory.builders import SMALL, places, write

PERSONS = "编号,姓名\np1,示例书记一\np2,示例书记䶮\n"


@pytest.mark.parametrize(
    "data",
    [
        PERSONS.encode(),
        codecs.BOM_UTF8 + PERSONS.encode(),
        PERSONS.encode("gb18030"),
        PERSONS.replace("\n", "\r\n").encode("gb18030"),
        PERSONS.replace("\n", "\r").encode(),
    ],
    ids=["utf-8", "utf-8 with a mark", "gb18030", "gb18030 crlf", "utf-8 cr"],
)
async def test_an_encoding_of_ours_is_read(tmp_path: Path, data: bytes) -> None:
    report = await check([write(tmp_path / "p.csv", data)])
    assert report.ok
    assert report.counts["persons"].created == 2


async def test_files_of_different_encodings_go_together(tmp_path: Path) -> None:
    encodings = ["utf-8", "utf-8-sig", "gb18030"]
    paths = [
        write(tmp_path / name, text.encode(encodings[number % 3]))
        for number, (name, text) in enumerate(SMALL.items())
    ]
    assert (await check(paths)).ok


@pytest.mark.parametrize(
    ("data", "line", "code"),
    [
        (PERSONS.encode() + "p3,示例书记三\n".encode("gb18030"), 4, "encoding_mixed"),
        (PERSONS.encode("gb18030") + "p3,示例书记三号\n".encode(), 4, "encoding_mixed"),
        (b"id,name\np1,a\n" + "p2,示例书记三号\n".encode("gb18030")
         + "p3,示例书记三号\n".encode(), 4, "encoding_mixed"),
        (codecs.BOM_UTF8 + b"id,name\np1," + "示例".encode("gb18030"), 2, "encoding"),
        (PERSONS.encode("utf-16"), 1, "encoding"),
        (b"id,name\np1,\xff\xff\n", 2, "encoding"),
        (b"id,name\np1,caf\xe9\n", 2, "encoding"),
    ],
    ids=["utf-8 then gb18030", "gb18030 then utf-8", "ascii, gb18030, utf-8",
         "gb18030 under a utf-8 mark", "utf-16", "no text", "latin-1"],
)  # fmt: skip
async def test_what_is_neither_is_refused_with_the_line(
    tmp_path: Path, data: bytes, line: int, code: str
) -> None:
    assert await places(write(tmp_path / "p.csv", data)) == [("p.csv", line, None, code)]


def test_long_lists_of_names_in_gb18030_are_not_taken_for_mixed() -> None:
    """Two-byte characters whose bytes happen to be UTF-8 as well are no reason to refuse."""
    # 0xE4–0xE9 leading and 0xA1–0xBF trailing bytes, the likeliest to look like UTF-8.
    characters = [
        bytes([lead, trail]).decode("gb18030")
        for lead in (*range(0xB0, 0xD8), *range(0xE4, 0xEA))
        for trail in range(0xA1, 0xFF)
        if (lead, trail) not in {(0xD7, end) for end in range(0xFA, 0xFF)}
    ]
    size = len(characters)
    names = [
        characters[number % size] + characters[number * 7 % size] + characters[number * 31 % size]
        for number in range(20_000)
    ]
    text = "编号,姓名\n" + "\n".join(names)
    assert decode(text.encode("gb18030")) == text


def test_a_single_byte_of_nonsense_is_refused() -> None:
    with pytest.raises(Unreadable, match="encoding"):
        decode(b"\x80")
