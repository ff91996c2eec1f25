"""Every bad row is reported by file, line, column and reason."""

from pathlib import Path

import pytest

from scheduler.directory.imports import messages
from scheduler.directory.imports.importing import check
from scheduler.directory.imports.kinds import KINDS
from tests.scheduler.directory.builders import places, write, write_files

UNITS = "编号,体系,类型,名称,上级编号,启用日期\n"
PERSONS = "编号,姓名,电话\n"
DEVICES = "编号,类型,名称,场所编号,持有人编号\n"
MEMBERS = "人员编号,党组织编号,关系,身份,表决权,起始日期,截止日期\n"
POSTS = "人员编号,党组织编号,职务,起始日期,截止日期\n"
ROLES = "人员编号,角色,单位编号,场所编号,截止日期\n"


@pytest.mark.parametrize(
    ("text", "column", "code"),
    [
        (PERSONS + "p1,,\n", "姓名", "value_missing"),
        (PERSONS + ",示例,\n", "编号", "value_missing"),
        (PERSONS + "示例书记,示例,\n", "编号", "id_malformed"),
        (PERSONS + f"{'x' * 65},示例,\n", "编号", "id_malformed"),
        (PERSONS + "a|b,示例,\n", "编号", "id_malformed"),
        (PERSONS + "p1,示例,call me\n", "电话", "phone_malformed"),
        (PERSONS + f"p1,{'长' * 201},\n", "姓名", "cell_too_long"),
        (PERSONS + "p1,示\0例,\n", "姓名", "control_character"),
        (PERSONS + 'p1,"示\n例",\n', "姓名", "control_character"),
        (PERSONS + "p1,示\u2028例,\n", "姓名", "control_character"),
        (PERSONS + "p1,=HYPERLINK(1),\n", "姓名", "formula"),
        (PERSONS + "p1,#N/A,\n", "姓名", "formula"),
        (PERSONS + "p1,示例,,x\n", None, "cells_beyond_heading"),
        (UNITS + "u1,村务,村,村,,\n", "体系", "word_unknown"),
        (UNITS + "u1,行政,党支部,村,,\n", "类型", "kind_of_other_tree"),
        (UNITS + "u1,行政,村,村,u1,\n", "上级编号", "cycle"),
        (UNITS + "u1,行政,村,村,nowhere,\n", "上级编号", "unknown_unit"),
        (UNITS + "u1,行政,村,村,p-town,\n", "上级编号", "other_tree"),
        (UNITS + "u1,行政,村,村,,2026-02-30\n", "启用日期", "date_malformed"),
        (UNITS + "u1,行政,村,村,,2026111\n", "启用日期", "date_malformed"),
        (UNITS + "u1,行政,村,村,,1026-01-01\n", "启用日期", "date_malformed"),
        (UNITS + "u1,行政,村,村,,46388\n", "启用日期", "date_malformed"),
        ("单位编号,曾用名\nnowhere,村\n", "单位编号", "unknown_unit"),
        ("党组织编号,行政单位编号\ntown,town\n", "党组织编号", "not_party"),
        ("党组织编号,行政单位编号\np-town,p-town\n", "行政单位编号", "not_admin"),
        ("编号,名称,类型,所属单位编号\ns1,站,村级站点,nowhere\n", "所属单位编号", "unknown_unit"),
        (DEVICES + "d1,电视,电视,s-town,\n", "类型", "word_unknown"),
        (DEVICES + "d1,视频会议室,室,s-town,fs1\n", "持有人编号", "room_with_holder"),
        (DEVICES + "d1,视频电话,话,,\n", "场所编号", "site_needed"),
        (DEVICES + "d1,视频电话,话,nowhere,\n", "场所编号", "unknown_site"),
        (DEVICES + "d1,手机,机,,nobody\n", "持有人编号", "unknown_person"),
        (MEMBERS + "fs2,p-net,网络支部,预备党员,是,,\n", "表决权", "vote_without_right"),
        (MEMBERS + "fs2,p-net,网络支部,正式党员,也许,,\n", "表决权", "yes_or_no"),
        (MEMBERS + "fs2,p-net,网络支部,正式党员,,2026-02-01,2026-01-31\n", "截止日期",
         "until_before_since"),
        (MEMBERS + "fs2,p-net,组织关系,正式党员,,,\n", "关系", "home_twice"),
        (MEMBERS + "fs3,p-net,网络支部,正式党员,,,\n", "关系", "home_missing"),
        (MEMBERS + "fs2,town,网络支部,正式党员,,,\n", "党组织编号", "not_party"),
        (ROLES + "fs2,村长,,,\n", "角色", "word_unknown"),
        (POSTS + "fs1,p-village,村长,,\n", "职务", "word_unknown"),
        (POSTS + "fs2,p-village,书记,,\n", "党组织编号", "post_without_membership"),
        (POSTS + "fs1,p-village,党小组长,,\n", "职务", "post_of_branch"),
        (POSTS + "fs1,p-village,书记,2026-02-01,2026-01-31\n", "截止日期", "until_before_since"),
        (ROLES + "fs2,乡镇组织员,,,\n", "单位编号", "scope_needed_unit"),
        (ROLES + "fs2,会场操作员,town,,\n", "场所编号", "scope_needed_site"),
        (ROLES + "fs2,党员,nowhere,,\n", "单位编号", "unknown_unit"),
    ],
)  # fmt: skip
async def test_a_bad_row_is_named_by_file_line_column_and_reason(
    tmp_path: Path, text: str, column: str | None, code: str
) -> None:
    persons = "编号,姓名\nfs1,示例一\nfs2,示例二\nfs3,示例三\n"
    folder = write_files(tmp_path / "good", persons=persons)
    bad = write(tmp_path / "bad.csv", text)
    assert await places(folder, bad) == [("bad.csv", 2, column, code)]


@pytest.mark.parametrize(
    ("heading", "column", "code"),
    [
        ("编号,名字儿,电话", None, "column_missing"),
        ("编号,姓名,姓名", "姓名", "column_twice"),
        ("编号,姓名,年龄", "年龄", "column_unknown"),
        ("编号", None, "kind_unknown"),
        ("甲,乙,丙", None, "kind_unknown"),
    ],
)
async def test_a_wrong_heading_is_named(
    tmp_path: Path, heading: str, column: str | None, code: str
) -> None:
    path = write(tmp_path / "人员.csv", f"{heading}\np1,示例,1\n")
    assert ("人员.csv", 1, column, code) in await places(path)


async def test_a_column_of_remarks_is_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "序号,编号,姓名,备注\n1,p1,示例,=not read\n")
    assert await places(path) == []


async def test_where_headings_leave_a_doubt_the_name_of_the_file_decides(tmp_path: Path) -> None:
    """(id, name) could be persons; with a kind and a unit it can only be sites."""
    text = "id,name,kind,unit\ns1,站,village,u1\n"
    assert await places(write(tmp_path / "list.csv", text)) == [
        ("list.csv", 2, "unit", "unknown_unit")
    ]


async def test_the_same_id_twice_is_reported_with_the_place_of_the_first(tmp_path: Path) -> None:
    one = write(tmp_path / "1.csv", "编号,姓名\np1,甲\np2,乙\np1,丙\n")
    two = write(tmp_path / "2.csv", "编号,姓名\np2,丁\n")
    report = await check([one, two])
    texts = [row.text("en") for row in report.rows]
    assert texts == [
        "1.csv:4:编号: The same as 1.csv:2; there may be only one such row",
        "2.csv:2:编号: The same as 1.csv:3; there may be only one such row",
    ]


async def test_a_long_circle_is_found_at_every_row_of_it(tmp_path: Path) -> None:
    rows = [f"u{n},行政,村,村{n},u{(n + 1) % 5}," for n in range(5)]
    outside = "u9,行政,村,村九,u0,\n"
    path = write(tmp_path / "u.csv", UNITS + "\n".join(rows) + "\n" + outside)
    found = await places(path)
    assert [(line, code) for _, line, _, code in found] == [(n, "cycle") for n in range(2, 7)]


async def test_one_mistake_is_not_reported_again_where_others_refer_to_it(tmp_path: Path) -> None:
    units = UNITS + "u1,行政,什么,村,,\nu2,行政,村,二村,u1,\n"
    persons = PERSONS + "fs1,,\n"
    members = MEMBERS + "fs1,u3,组织关系,正式,,,\nfs1,u4,网络支部,正式党员,,,\n"
    units += "u3,党组织,党支部,三,,\nu4,党组织,网络党支部,四,,\n"
    found = await places(
        write(tmp_path / "u.csv", units),
        write(tmp_path / "p.csv", persons),
        write(tmp_path / "m.csv", members),
    )
    assert found == [
        ("m.csv", 2, "身份", "word_unknown"),
        ("p.csv", 2, "姓名", "value_missing"),
        ("u.csv", 2, "类型", "word_unknown"),
    ]


async def test_all_bad_cells_of_a_row_are_reported(tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", PERSONS + "示例,=1,abc\n")
    assert [code for *_, code in await places(path)] == [
        "id_malformed", "formula", "phone_malformed"
    ]  # fmt: skip


async def test_line_numbers_count_empty_lines_and_quoted_line_breaks(tmp_path: Path) -> None:
    text = PERSONS + '\n,,\n"p1","示\r\n例",\np2,,\n\n\n'
    path = write(tmp_path / "p.csv", text)
    assert [(line, code) for _, line, _, code in await places(path)] == [
        (4, "control_character"),
        (6, "value_missing"),
    ]


async def test_words_widths_and_dates_are_read_as_people_write_them(tmp_path: Path) -> None:
    units = "编　号;体系;类型;名称;启用日期\n"
    rows = [
        "Ｕ１;党;党支部;一;2026年1月5日",
        "u2;行政单位;行政村;二;２０２６．１．５",
        "u3;ADMIN;Village;三;20260105",
    ]
    assert await places(write(tmp_path / "u.csv", units + "\n".join(rows))) == []


async def test_a_thousand_bad_rows_are_listed_and_the_rest_counted(tmp_path: Path) -> None:
    rows = "".join(f"示例{n},示例,\n" for n in range(1500))
    report = await check([write(tmp_path / "p.csv", PERSONS + rows)])
    assert (len(report.rows), report.total, report.ok) == (1000, 1500, False)
    assert list(report.lines("en"))[-2:] == [
        "… and 500 more",
        "1500 errors; nothing is imported",
    ]


async def test_a_good_check_tells_what_would_be_done(tmp_path: Path) -> None:
    report = await check([write_files(tmp_path)])
    assert report.ok
    assert "单位：新增 7，更改 0，不变 0" in list(report.lines())
    assert "persons: 2 created, 0 changed, 0 unchanged" in list(report.lines("en"))


def test_every_text_is_used() -> None:
    folder = Path(messages.__file__).parents[1]
    files = [path for path in folder.rglob("*.py") if path.name != "messages.py"]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    computed = {f"kind_{kind.name}" for kind in KINDS}
    computed |= {f"unknown_{table}" for table in ("unit", "site", "person")}
    computed |= {"not_party", "not_admin", "scope_needed_unit", "scope_needed_site"}
    assert [code for code in messages.codes() - computed if f'"{code}"' not in source] == []
    assert computed <= messages.codes()
