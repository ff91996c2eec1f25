"""Whatever the files hold, the answer is a report and nothing is stored by half."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.clock import SystemClock
from scheduler.directory.files import opening
from scheduler.directory.imports.importing import apply, check
from scheduler.directory.imports.lines import read_lines
from scheduler.directory.imports.plan import make_plan
from scheduler.directory.imports.report import BadRows, Counts, DirectoryRefused
from scheduler.directory.service import Directory
from scheduler.store import directory_import
from scheduler.store.engine import Store
from tests.scheduler.directory.builders import SMALL, places, write, write_files
from tests.scheduler.directory.test_xlsx import PERSONS

MANY = 100_000
DEEP = 20_000
RELAXED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


async def test_a_hundred_thousand_rows_are_imported_and_again_and_changed(
    store: Store, tmp_path: Path
) -> None:
    rows = [f"n{number},示例人员{number}" for number in range(MANY)]
    path = write(tmp_path / "persons.csv", "\n".join(["编号,姓名", *rows]))
    assert (await apply(store, [path])).counts["persons"] == Counts(created=MANY)
    write(path, "\n".join(["编号,姓名", *rows]).replace("示例", "样例"))
    assert (await apply(store, [path])).counts["persons"] == Counts(changed=MANY)
    assert (await apply(store, [path])).counts["persons"] == Counts(unchanged=MANY)


async def test_a_hundred_thousand_bad_rows_are_refused(store: Store, tmp_path: Path) -> None:
    rows = [f"n{number % 10},示例人员,{number}x" for number in range(MANY)]
    path = write(tmp_path / "persons.csv", "\n".join(["编号,姓名,电话", *rows]))
    with pytest.raises(DirectoryRefused) as caught:
        await apply(store, [path])
    assert caught.value.report.total == MANY
    async with store.read() as connection:
        assert not any((await directory_import.load(connection)).values())


async def test_many_units_in_one_circle_are_found(tmp_path: Path) -> None:
    rows = [f"u{number},行政,村,村,u{(number + 1) % DEEP}" for number in range(DEEP)]
    path = write(tmp_path / "units.csv", "\n".join(["编号,体系,类型,名称,上级编号", *rows]))
    report = await check([path])
    assert report.total == DEEP
    assert {row.code for row in report.rows} == {"cycle"}
    assert len(report.rows[0].message()) < 300


async def test_a_tree_deeper_than_any_of_offices_is_refused(tmp_path: Path) -> None:
    rows = [f"u{n},行政,村,村,{f'u{n + 1}' if n + 1 < DEEP else ''}" for n in range(DEEP)]
    path = write(tmp_path / "units.csv", "\n".join(["编号,体系,类型,名称,上级编号", *rows]))
    report = await check([path])
    assert {row.code for row in report.rows} == {"too_deep"}
    assert report.total == DEEP - 32


async def test_a_hundred_thousand_units_are_written_and_walked(
    store: Store, tmp_path: Path
) -> None:
    rows = [f"u{n},行政,村,村,{f'u{n // 10}' if n else ''}" for n in range(MANY)]
    path = write(tmp_path / "units.csv", "\n".join(["编号,体系,类型,名称,上级编号", *rows]))
    assert (await apply(store, [path])).created == MANY
    directory = Directory(store, SystemClock())
    assert len(await directory.subtree("u1")) == 11_111
    assert len(await directory.units()) == MANY


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n , ,\n", "file_empty"),
        (b"\xef\xbb\xbf", "file_empty"),
        ('编号,姓名\np1,"示例'.encode(), "csv_malformed"),
        ('编号,姓名\np1,"示"例"\n'.encode(), "csv_malformed"),
        ("编号,姓名\np1," + "长" * 200_000, "csv_malformed"),
        ("编号,姓名\np1" + "," * 100 + "x", "too_many_columns"),
        ("编号,姓名\n" + "\0" * 100, "value_missing"),
        ("," * 1000 + "x", "too_many_columns"),
    ],
)
async def test_a_file_that_is_no_table_is_reported(
    tmp_path: Path, data: str | bytes, code: str
) -> None:
    codes = [place[3] for place in await places(write(tmp_path / "p.csv", data))]
    assert code in codes


async def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "LARGEST_FILE_BYTES", 1000)
    path = write(tmp_path / "p.csv", "编号,姓名\n" + "p1,示例\n" * 200)
    assert await places(path) == [("p.csv", None, None, "file_too_large")]


async def test_too_many_lines_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.directory.files.sheet.MOST_LINES", 3)
    path = write(tmp_path / "p.csv", "编号,姓名\n" + "".join(f"p{n},示例\n" for n in range(9)))
    assert await places(path) == [("p.csv", 4, None, "too_many_lines")]


async def test_a_file_that_is_not_there_or_of_another_format_is_reported(tmp_path: Path) -> None:
    found = await places(
        tmp_path / "nowhere.csv",
        write(tmp_path / "a.docx", "x"),
        write(tmp_path / "noext", "x"),
        Path("with\0nul.csv"),
    )
    assert sorted(place[3] for place in found) == [
        "file_unreadable", "file_unreadable", "format_unknown", "format_unknown"
    ]  # fmt: skip
    empty = tmp_path / "empty"
    empty.mkdir()
    assert [place[3] for place in await places(empty)] == ["nothing_to_read"]


async def test_a_pipe_does_not_stop_the_check(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.csv")
    assert [place[3] for place in await places(tmp_path / "p.csv")] == ["file_unreadable"]


@RELAXED
@given(st.binary(max_size=400))
def test_random_bytes_are_reported_and_never_raise(tmp_path: Path, data: bytes) -> None:
    for name in ("a.csv", "b.xlsx"):
        bad = BadRows()
        make_plan(read_lines([write(tmp_path / name, data)], bad), {}, bad)
        assert bad.total > 0
        for row in bad.kept:
            assert row.text("zh-CN")
            assert row.text("en")


@RELAXED
@given(st.sampled_from(sorted(SMALL)), st.data())
def test_a_file_with_a_few_bytes_changed_never_raises(
    tmp_path: Path, name: str, data: st.DataObject
) -> None:
    folder = write_files(tmp_path)
    content = bytearray(SMALL[name].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    write(folder / name, bytes(content))
    bad = BadRows()
    make_plan(read_lines([folder], bad), {}, bad)
    assert all(row.text() for row in bad.kept)


@RELAXED
@given(st.integers(0, len(PERSONS) - 1), st.integers(0, 255), st.booleans())
def test_a_workbook_with_a_byte_changed_or_cut_off_never_raises(
    tmp_path: Path, position: int, value: int, cut: bool
) -> None:
    content = bytearray(PERSONS)
    content[position] = value
    path = write(tmp_path / "a.xlsx", bytes(content[: position if cut else None]))
    bad = BadRows()
    make_plan(read_lines([path], bad), {}, bad)
    assert all(row.text() for row in bad.kept)


CELLS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=6)


@RELAXED
@given(st.lists(st.lists(CELLS, max_size=8), max_size=6), st.sampled_from(sorted(SMALL)))
def test_any_cells_under_any_heading_never_raise(
    tmp_path: Path, rows: list[list[str]], name: str
) -> None:
    quoted = [",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows]
    heading = SMALL[name].partition("\n")[0]
    path = write(tmp_path / name, "\n".join([heading, *quoted]))
    bad = BadRows()
    make_plan(read_lines([path], bad), {}, bad)
    assert all(row.text() for row in bad.kept)
