"""The kinds of files, as data: their columns, and the rows of the store each line stands for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from scheduler.directory.imports import vocabulary
from scheduler.directory.imports.cells import (
    Reader,
    Value,
    read_date,
    read_id,
    read_mail,
    read_name,
    read_phone,
    read_yes_or_no,
    reader_of,
)
from scheduler.store.directory_tables import FROM_THE_BEGINNING

Refers = Literal["unit", "party", "admin", "site", "person"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `headings` are accepted besides the field's own name; the first is shown.

    An optional column may be missing or a cell of it empty: an empty cell means `default`, a
    missing column leaves what is stored. `refers`: the cell names a unit (of one tree), a site or a
    person that must exist.
    """

    field: str
    headings: tuple[str, ...]
    read: Reader
    optional: bool = False
    default: Value = None
    refers: Refers | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A row of a table: its columns, each filled from a field of the line, and its key."""

    table: str
    columns: Mapping[str, str]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. `file_words` in a file's name decide where the headings alone do not."""

    name: str
    file_words: tuple[str, ...]
    columns: tuple[Column, ...]
    targets: tuple[Target, ...]


def _id(*headings: str) -> Column:
    return Column("id", ("编号", *headings), read_id)


def _name(*headings: str) -> Column:
    return Column("name", ("名称", *headings), read_name)


def _target(table: str, columns: str, key: tuple[str, ...] = ("id",), **renamed: str) -> Target:
    return Target(table, {name: renamed.get(name, name) for name in columns.split()}, key)


_PERSON: Final = Column("person", ("人员编号", "人员", "党员编号"), read_id, refers="person")
_UNTIL: Final = Column("until", ("截止日期", "至"), read_date, optional=True)
_SINCE: Final = Column(
    "since",
    ("启用日期", "起始日期", "名称启用日期", "自"),
    read_date,
    optional=True,
    default=FROM_THE_BEGINNING,
)

UNITS: Final = Kind(
    "units",
    ("unit", "单位"),
    (
        _id("单位编号"),
        Column("tree", ("体系", "树"), reader_of(vocabulary.TREES)),
        Column("kind", ("类型", "单位类型"), reader_of(vocabulary.UNIT_KINDS)),
        _name("单位名称"),
        Column("parent", ("上级编号", "上级", "上级单位"), read_id, optional=True, refers="unit"),
        _SINCE,
    ),
    (
        _target("unit", "id tree kind parent"),
        _target("unit_name", "unit since name", ("unit", "since"), unit="id"),
    ),
)
UNIT_NAMES: Final = Kind(
    "unit_names",
    ("name", "曾用名", "更名"),
    (
        Column("unit", ("单位编号", "单位", "编号"), read_id, refers="unit"),
        Column("since", _SINCE.headings, read_date, optional=True, default=FROM_THE_BEGINNING),
        Column("name", ("曾用名", "名称", "单位名称"), read_name),
    ),
    (_target("unit_name", "unit since name", ("unit", "since")),),
)
UNIT_LINKS: Final = Kind(
    "unit_links",
    ("link", "联系", "对应"),
    (
        Column("party_unit", ("党组织编号", "党组织"), read_id, refers="party"),
        Column("admin_unit", ("行政单位编号", "行政单位"), read_id, refers="admin"),
    ),
    (_target("unit_link", "party_unit admin_unit", ("party_unit", "admin_unit")),),
)
PERSONS: Final = Kind(
    "persons",
    ("person", "人员", "党员"),
    (
        _id("人员编号", "党员编号"),
        Column("name", ("姓名",), read_name),
        Column("phone", ("电话", "手机", "手机号", "联系电话"), read_phone, optional=True),
        Column("mail", ("邮箱", "电子邮箱", "电子邮件"), read_mail, optional=True),
    ),
    (_target("person", "id name phone mail"),),
)
SITES: Final = Kind(
    "sites",
    ("site", "场所", "会场"),
    (
        _id("场所编号", "会场编号"),
        _name("场所名称", "会场名称"),
        Column("kind", ("类型", "场所类型"), reader_of(vocabulary.SITE_KINDS)),
        Column("unit", ("所属单位编号", "所属单位", "单位编号", "单位"), read_id, refers="unit"),
    ),
    (_target("site", "id name kind unit"),),
)
DEVICES: Final = Kind(
    "devices",
    ("device", "设备"),
    (
        _id("设备编号"),
        Column("kind", ("类型", "设备类型"), reader_of(vocabulary.DEVICE_KINDS)),
        _name("设备名称"),
        Column(
            "site",
            ("场所编号", "场所", "会场编号", "会场"),
            read_id,
            optional=True,
            refers="site",
        ),
        Column("holder", ("持有人编号", "持有人"), read_id, optional=True, refers="person"),
    ),
    (_target("device", "id kind name site holder"),),
)
MEMBERSHIPS: Final = Kind(
    "memberships",
    ("membership", "组织关系"),
    (
        _PERSON,
        Column("unit", ("党组织编号", "党组织", "党支部编号", "党支部"), read_id, refers="party"),
        Column("kind", ("关系", "关系类型"), reader_of(vocabulary.MEMBERSHIPS)),
        Column("standing", ("身份", "党员身份"), reader_of(vocabulary.STANDINGS)),
        Column("voting", ("表决权",), read_yes_or_no, optional=True),
        _SINCE,
        _UNTIL,
    ),
    (_target("membership", "person unit kind standing voting since until", ("person", "unit")),),
)
POSTS: Final = Kind(
    "posts",
    ("post", "职务", "支委"),
    (
        _PERSON,
        Column("unit", ("党组织编号", "党组织", "党支部编号", "党支部"), read_id, refers="party"),
        Column("post", ("职务", "党内职务"), reader_of(vocabulary.POSTS)),
        _SINCE,
        _UNTIL,
    ),
    (_target("post", "person unit post since until", ("person", "unit", "post", "since")),),
)
ROLES: Final = Kind(
    "roles",
    ("role", "角色", "权限"),
    (
        _PERSON,
        Column("role", ("角色",), reader_of(vocabulary.ROLES)),
        Column("unit", ("单位编号", "单位"), read_id, optional=True, refers="unit"),
        Column("site", ("场所编号", "场所"), read_id, optional=True, refers="site"),
        _UNTIL,
    ),
    (_target("role_grant", "id person role unit site until"),),
)

KINDS: Final = (UNITS, UNIT_NAMES, UNIT_LINKS, PERSONS, SITES, DEVICES, MEMBERSHIPS, POSTS, ROLES)


def complete(kind: Kind, line: dict[str, Value]) -> None:
    """Fill in what follows from the other fields of a line."""
    if kind is ROLES:
        # A key over nullable columns would not be unique, so the grant's id is all four.
        parts = (line.get(name) for name in ("person", "role", "unit", "site"))
        line["id"] = "|".join("" if part is None else str(part) for part in parts)
    if kind is MEMBERSHIPS and line.get("voting") is None:
        line["voting"] = line.get("standing") == "full_member"
