"""XLSX files: sheets, numbers, dates, and what is no honest workbook."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from scheduler.directory.files import xlsx_file
from scheduler.directory.imports.importing import apply, check
from scheduler.directory.imports.report import Counts
from scheduler.store.engine import Store
from tests.scheduler.directory.builders import SMALL, places, write

Rows = Sequence[Sequence[object]]


def workbook(sheets: Mapping[str, Rows]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """Return the package with one part replaced."""
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(part, content if part.filename == name else old.read(part))
    return held.getvalue()


def sheet_xml(rows: str, dimension: str = "A1:B2") -> bytes:
    return (
        '<?xml version="1.0"?><worksheet xmlns='
        '"http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'
    ).encode()


HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>编号</t></is></c>' \
       '<c r="B1" t="inlineStr"><is><t>姓名</t></is></c></row>'  # fmt: skip
PERSONS = workbook({"人员": [["编号", "姓名"], ["p1", "示例"]]})
SHEET = "xl/worksheets/sheet1.xml"


async def test_a_workbook_of_all_sheets_is_the_same_as_the_csv_files(
    store: Store, tmp_path: Path
) -> None:
    sheets: dict[str, Rows] = {
        name.removesuffix(".csv"): [line.split(",") for line in text.splitlines()]
        for name, text in SMALL.items()
    }
    path = write(tmp_path / "directory.xlsx", workbook({**sheets, "Sheet9": []}))
    assert (await apply(store, [path])).created == 21
    paths = [write(tmp_path / name, text) for name, text in SMALL.items()]
    report = await apply(store, paths)
    assert (report.created, report.changed, report.unchanged) == (0, 0, 21)


async def test_numbers_and_dates_are_read_as_they_look(store: Store, tmp_path: Path) -> None:
    rows: Rows = [
        ["编号", "体系", "类型", "名称", "启用日期"],
        [410482, "行政", "市", "示范市", datetime(2018, 5, 1, 0, 0)],  # noqa: DTZ001
        [7.0, "行政", "镇", "示范镇", date(2018, 5, 1)],
    ]
    path = write(tmp_path / "u.xlsx", workbook({"单位": rows}))
    assert (await apply(store, [path])).counts["units"] == Counts(created=2)
    text = (
        "编号,体系,类型,名称,启用日期\n410482,行政,市,示范市,2018-05-01\n7,行政,镇,示范镇,2018-5-1"
    )
    same = write(tmp_path / "u.csv", text)
    assert (await apply(store, [same])).counts["units"] == Counts(unchanged=2)


async def test_a_bad_cell_is_named_with_its_sheet(tmp_path: Path) -> None:
    data = workbook(
        {
            "人员": [["编号", "姓名"], [], ["p1", "=1+1"], [1.5, True]],
            "设备": [["编号", "类型", "名称"], ["d1", "电视", None]],
        }
    )
    assert await places(write(tmp_path / "a.xlsx", data)) == [
        ("a.xlsx[人员]", 3, "姓名", "formula"),
        ("a.xlsx[设备]", 2, "类型", "word_unknown"),
        ("a.xlsx[设备]", 2, "名称", "value_missing"),
    ]


async def test_a_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    assert (await check([write(tmp_path / "persons.csv", PERSONS)])).ok
    assert (await check([write(tmp_path / "persons.XLSX", PERSONS)])).ok


@pytest.mark.parametrize(
    "data",
    [workbook({"a": [], "b": []}), with_part(PERSONS, "xl/workbook.xml", b"<workbook/>")],
    ids=["empty sheets", "no sheets"],
)
async def test_an_empty_workbook_is_refused(tmp_path: Path, data: bytes) -> None:
    path = write(tmp_path / "a.xlsx", data)
    assert await places(path) == [("a.xlsx", None, None, "file_empty")]


async def test_empty_lines_down_to_the_last_one_of_a_sheet_are_no_matter(tmp_path: Path) -> None:
    rows = HEAD + '<row r="2"/><row r="1048576"><c r="A1048576" s="1"/></row>'
    path = write(tmp_path / "a.xlsx", with_part(PERSONS, SHEET, sheet_xml(rows)))
    assert await places(path) == []


async def test_a_workbook_that_unpacks_too_large_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_file, "LARGEST_UNPACKED_BYTES", 1024 * 1024)
    bomb = with_part(PERSONS, SHEET, b" " * 2 * 1024 * 1024)
    assert len(bomb) < 20_000
    path = write(tmp_path / "bomb.xlsx", bomb)
    assert await places(path) == [("bomb.xlsx", None, None, "xlsx_too_large")]


async def test_a_part_that_is_larger_than_it_says_is_cut_there(tmp_path: Path) -> None:
    data = bytearray(with_part(PERSONS, SHEET, sheet_xml(HEAD + "<row/>" * 100_000)))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        size = package.getinfo(SHEET).file_size
    assert data.count(size.to_bytes(4, "little")) == 2
    data = data.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    (place,) = await places(write(tmp_path / "liar.xlsx", bytes(data)))
    assert place[3] == "xlsx_malformed"


async def test_entities_that_multiply_are_not_expanded(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    xml = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "哈">{laughs}]>'.encode()
        + sheet_xml(
            HEAD + '<row r="2"><c r="A2" t="inlineStr"><is><t>&l11;</t></is></c></row>'
        ).partition(b"?>")[2]
    )
    (place,) = await places(write(tmp_path / "laughs.xlsx", with_part(PERSONS, SHEET, xml)))
    assert place[3] == "xlsx_malformed"


@pytest.mark.parametrize("row", ["1048576", "99999999999"])
async def test_a_line_far_below_ends_the_reading(tmp_path: Path, row: str) -> None:
    cell = f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>p1</t></is></c></row>'
    path = write(tmp_path / "a.xlsx", with_part(PERSONS, SHEET, sheet_xml(HEAD + cell)))
    assert [place[3] for place in await places(path)] == ["too_many_lines"]


@pytest.mark.parametrize("column", ["XFD", "ZZZZ", "CC"])
async def test_a_cell_far_to_the_right_ends_the_reading(tmp_path: Path, column: str) -> None:
    cell = f'<row r="2"><c r="A2"/><c r="{column}2" t="inlineStr"><is><t>x</t></is></c></row>'
    path = write(tmp_path / "a.xlsx", with_part(PERSONS, SHEET, sheet_xml(HEAD + cell)))
    codes = [place[3] for place in await places(path)]
    assert len(codes) <= 1


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04",
        PERSONS[: len(PERSONS) // 2],
        PERSONS[:-30],
        with_part(PERSONS, "xl/workbook.xml", b"not xml"),
        with_part(PERSONS, SHEET, b"not xml"),
        with_part(PERSONS, SHEET, sheet_xml(HEAD)[:-20]),
        with_part(PERSONS, SHEET, sheet_xml(HEAD + '<row r="x"/>')),
        with_part(PERSONS, SHEET, sheet_xml(HEAD + '<row r="2"><c t="s"><v>9</v></c></row>')),
    ],
)  # fmt: skip
async def test_a_damaged_workbook_is_reported(tmp_path: Path, data: bytes) -> None:
    places_found = await places(write(tmp_path / "a.xlsx", data))
    assert [place[3] for place in places_found] == ["xlsx_malformed"]


async def test_a_file_that_only_says_it_is_a_workbook_is_reported(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", "编号,姓名\np1,示例\n")
    assert await places(path) == [("a.xlsx", None, None, "xlsx_malformed")]
