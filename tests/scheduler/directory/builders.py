"""Files of the directory, made of text, and what a check says of them."""

from pathlib import Path

from scheduler.directory.imports.importing import check
from scheduler.directory.imports.report import CheckReport

SMALL = {
    "units.csv": """编号,体系,类型,名称,上级编号,启用日期
city,行政,市,示范市,,
town,行政,镇,示范镇,city,2018-01-01
village,行政,村,示范一村,town,
p-city,党组织,党委,示范市委,,
p-town,党组织,党委,示范镇党委,p-city,
p-village,党组织,党支部,示范一村党支部,p-town,
p-net,党组织,网络党支部,第一网络党支部,p-city,
""",
    "unit_names.csv": "单位编号,启用日期,曾用名\ntown,,示范乡\n",
    "unit_links.csv": "党组织编号,行政单位编号\np-town,town\n",
    "sites.csv": "编号,名称,类型,所属单位编号\ns-town,示范镇会场,乡级会场,town\n"
    "s-village,示范一村,村级站点,village\n",
    "persons.csv": "编号,姓名,电话\nfs1,示例书记001,\nfs2,示例书记002,+86 138-0000-0000\n",
    "devices.csv": "编号,类型,名称,场所编号,持有人编号\n"
    "phone1,视频电话,一村电话,s-village,fs1\n"
    "room1,视频会议室,镇会议室,s-town,\n"
    "mobile2,手机,手机二,,fs2\n",
    "memberships.csv": "人员编号,党组织编号,关系,身份,表决权,起始日期,截止日期\n"
    "fs1,p-village,组织关系,正式党员,是,,\n"
    "fs1,p-net,网络支部,正式党员,,2026-01-01,2026-12-31\n"
    "fs2,p-town,组织关系,预备党员,,,\n",
    "roles.csv": "人员编号,角色,单位编号,场所编号,截止日期\n"
    "fs1,第一书记,,s-village,\n"
    "fs2,乡镇组织员,p-town,,2026-06-30\n",
}


def write_files(folder: Path, **changes: str) -> Path:
    """Write the small directory, with files replaced (`units="…"`); return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in SMALL.items():
        text = changes.get(name.removesuffix(".csv"), text)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def write(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


async def places(*paths: Path) -> list[tuple[str, int | None, str | None, str]]:
    """Return file, line, column and code of each bad row."""
    return places_in(await check(paths))


def places_in(report: CheckReport) -> list[tuple[str, int | None, str | None, str]]:
    for row in report.rows:
        assert row.text("zh-CN") != row.text("en")
    return [(row.file, row.line, row.column, row.code) for row in report.rows]
