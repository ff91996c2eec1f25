"""An import is whole or not at all, and importing again changes only what changed."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.directory.imports.importing import apply, check
from scheduler.directory.imports.lines import read_lines
from scheduler.directory.imports.plan import make_plan
from scheduler.directory.imports.report import BadRows, Counts, DirectoryRefused
from scheduler.store import directory_import
from scheduler.store.engine import Store
from tests.scheduler.directory.builders import SMALL, places_in, write, write_files


async def everything(store: Store) -> dict[str, list[directory_import.TableRow]]:
    async with store.read() as connection:
        return await directory_import.load(connection)


async def test_importing_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    folder = write_files(tmp_path)
    first = await apply(store, [folder])
    assert (first.created, first.changed, first.unchanged) == (21, 0, 0)
    before = await everything(store)
    again = await apply(store, [folder])
    assert (again.created, again.changed, again.unchanged) == (0, 0, 21)
    assert await everything(store) == before


async def test_only_what_changed_is_changed(store: Store, tmp_path: Path) -> None:
    folder = write_files(tmp_path)
    await apply(store, [folder])
    persons = SMALL["persons.csv"].replace("+86 138-0000-0000", "") + "fs3,示例书记003,\n"
    report = await apply(store, [write_files(folder, persons=persons)])
    assert report.counts["persons"] == Counts(created=1, changed=1, unchanged=1)
    assert (report.created, report.changed) == (1, 1)


async def test_the_order_of_files_and_lines_does_not_matter(store: Store, tmp_path: Path) -> None:
    lines = SMALL["units.csv"].splitlines()
    units = "\n".join([lines[0], *reversed(lines[1:])])
    folder = write_files(tmp_path / "files", units=units)
    report = await apply(store, sorted(folder.glob("*.csv"), reverse=True))
    assert report.created == 21


async def test_what_a_file_refers_to_may_stand_in_the_store(store: Store, tmp_path: Path) -> None:
    await apply(store, [write_files(tmp_path)])
    unit = write(tmp_path / "unit.csv", "id,tree,kind,name,parent\nv2,admin,village,二村,town\n")
    assert (await apply(store, [unit])).created == 1
    assert places_in(await check([unit])) == [("unit.csv", 2, "parent", "unknown_unit")]
    assert (await check([unit], store)).ok


async def test_a_column_that_a_file_does_not_have_is_left_alone(
    store: Store, tmp_path: Path
) -> None:
    await apply(store, [write_files(tmp_path)])
    renamed = write(tmp_path / "p.csv", "编号,姓名\nfs2,示例书记二\n")
    assert (await apply(store, [renamed])).changed == 1
    persons = {row["id"]: row for row in (await everything(store))["person"]}
    assert persons["fs2"]["phone"] == "+86138-0000-0000"
    emptied = write(tmp_path / "p.csv", "编号,姓名,电话\nfs2,示例书记二,\n")
    assert (await apply(store, [emptied])).changed == 1
    assert {row["phone"] for row in (await everything(store))["person"]} == {None}


async def test_a_new_name_from_a_day_on_keeps_the_old_one(store: Store, tmp_path: Path) -> None:
    await apply(store, [write_files(tmp_path)])
    units = SMALL["units.csv"].replace("示范镇,city,2018-01-01", "示范街道,city,2027-01-01")
    report = await apply(store, [write_files(tmp_path, units=units)])
    assert report.counts["units"] == Counts(changed=1, unchanged=6)
    names = [row["name"] for row in (await everything(store))["unit_name"] if row["unit"] == "town"]
    assert sorted(names) == sorted(["示范乡", "示范镇", "示范街道"])


async def test_one_bad_row_and_nothing_is_imported(store: Store, tmp_path: Path) -> None:
    roles = SMALL["roles.csv"] + "nobody,第一书记,,s-village,\n"
    with pytest.raises(DirectoryRefused) as caught:
        await apply(store, [write_files(tmp_path, roles=roles)])
    assert places_in(caught.value.report) == [("roles.csv", 4, "人员编号", "unknown_person")]
    assert caught.value.code == "directory_refused"
    assert not any((await everything(store)).values())


async def test_an_import_that_breaks_off_leaves_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_off(connection: AsyncConnection, name: str, rows: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(directory_import, "change", break_off)
    with pytest.raises(OSError, match="full"):
        await apply(store, [write_files(tmp_path)])
    assert not any((await everything(store)).values())


async def test_a_circle_with_a_stored_unit_is_found(store: Store, tmp_path: Path) -> None:
    await apply(store, [write_files(tmp_path)])
    moved = write(tmp_path / "u.csv", "id,tree,kind,name,parent\ncity,admin,city,示范市,village\n")
    with pytest.raises(DirectoryRefused) as caught:
        await apply(store, [moved])
    (row,) = caught.value.report.rows
    assert (row.line, row.column, row.code) == (2, "parent", "cycle")
    assert "city → village → town → city" in row.message()


async def test_a_stored_unit_cannot_move_to_the_other_tree(store: Store, tmp_path: Path) -> None:
    await apply(store, [write_files(tmp_path)])
    moved = write(tmp_path / "u.csv", "id,tree,kind,name,parent\nvillage,party,branch,村,p-town\n")
    assert places_in(await check([moved], store)) == [("u.csv", 2, "tree", "tree_changed")]


async def test_a_second_home_beside_a_stored_one_is_refused_until_that_one_ends(
    store: Store, tmp_path: Path
) -> None:
    await apply(store, [write_files(tmp_path)])
    heading = "人员编号,党组织编号,关系,身份,起始日期,截止日期\n"
    new = "fs1,p-town,组织关系,正式党员,2026-05-01,\n"
    moving = write(tmp_path / "m.csv", heading + new)
    assert places_in(await check([moving], store)) == [("m.csv", 2, "关系", "home_twice")]
    ended = "fs1,p-village,组织关系,正式党员,,2026-04-30\n"
    write(moving, heading + new + ended)
    assert (await apply(store, [moving])).counts["memberships"] == Counts(created=1, changed=1)


async def test_files_with_english_headings_and_words_mean_the_same(
    store: Store, tmp_path: Path
) -> None:
    await apply(store, [write_files(tmp_path)])
    english = tmp_path / "english"
    english.mkdir()
    write(
        english / "a.csv",
        "ID,Tree,Kind,Name,Parent,Since\ntown,ADMIN,town,示范镇,city,2018/1/1\n",
    )
    write(english / "b.csv", "person,role,site\nfs1,first_secretary,s-village\n")
    write(
        english / "c.csv", "id,kind,name,site,holder\nphone1,video_phone,一村电话,s-village,fs1\n"
    )
    write(
        english / "d.csv",
        "person,unit,kind,standing,voting\nfs1,p-village,home,full_member,yes\n",
    )
    report = await apply(store, [english])
    assert (report.created, report.changed, report.unchanged) == (0, 0, 4)


NAMES = st.text("示范村镇一二三ab ", min_size=1, max_size=8).filter(lambda text: text.strip())
TREES = st.lists(st.tuples(NAMES, st.integers(min_value=-1, max_value=8)), min_size=1, max_size=9)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(TREES)
def test_any_forest_is_written_parents_first_and_a_circle_never(
    tmp_path: Path, units: list[tuple[str, int]]
) -> None:
    lines = [
        f"u{number},行政,村,{name},{f'u{parent % len(units)}' if parent >= 0 else ''}"
        for number, (name, parent) in enumerate(units)
    ]
    path = write(tmp_path / "units.csv", "\n".join(["编号,体系,类型,名称,上级编号", *lines]))
    bad = BadRows()
    read = read_lines([path], bad)
    plan = make_plan(read, {}, bad)
    if bad.total:
        assert {row.code for row in bad.kept} == {"cycle"}
        return
    seen: set[str | None] = {None}
    for row in plan.created["unit"]:
        assert row["parent"] in seen
        seen.add(row["id"])
    again = BadRows()
    unchanged = make_plan(read_lines([path], again), plan.created, again)
    assert again.total == 0
    assert not any(unchanged.created.values())
    assert not any(unchanged.changed.values())
