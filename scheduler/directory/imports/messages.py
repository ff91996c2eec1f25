"""The texts of the reports, Chinese and English. Who reads them keeps the lists of an office."""

from collections.abc import Mapping
from typing import Final, Literal

Language = Literal["zh-CN", "en"]

_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "file_unreadable": ("文件打不开：{reason}", "The file cannot be opened: {reason}"),
    "file_too_large": ("文件超过 {limit} MB，请拆开", "The file is over {limit} MB; split it"),
    "format_unknown": (
        "不认识“{suffix}”文件，请用 .csv 或 .xlsx",
        "“{suffix}” is not known here; use .csv or .xlsx",
    ),
    "encoding": (
        "这一行不是 UTF-8，也不是 GB18030，请重新另存为 UTF-8",
        "This line is neither UTF-8 nor GB18030; save the file again as UTF-8",
    ),
    "encoding_mixed": (
        "这一行的编码与其他行不同（UTF-8 与 GB18030 混在一起），请重新另存为 UTF-8",
        "This line has another encoding than the others (UTF-8 and GB18030 in one file); "
        "save the file again as UTF-8",
    ),
    "csv_malformed": ("引号或分隔不对：{reason}", "Quotes or separators are wrong: {reason}"),
    "xlsx_malformed": (
        "Excel 文件已损坏，请重新另存（{reason}）",
        "The Excel file is damaged; save it again ({reason})",
    ),
    "xlsx_too_large": (
        "Excel 文件展开后超过 {limit} MB",
        "The Excel file unpacks to more than {limit} MB",
    ),
    "too_many_lines": ("超过 {limit} 行，请拆开", "More than {limit} lines; split the file"),
    "too_many_columns": ("超过 {limit} 列", "More than {limit} columns"),
    "file_empty": ("文件是空的，第一行应为列名", "The file is empty; it begins with a heading row"),
    "nothing_to_read": ("没有找到 .csv 或 .xlsx 文件", "There is no .csv or .xlsx file"),
    "kind_unknown": (
        "从列名认不出是哪种表。可用的表：{kinds}",
        "The headings are of no known table. Known tables: {kinds}",
    ),
    "column_missing": ("缺少“{heading}”列", "The column “{heading}” is missing"),
    "column_unknown": (
        "“{kind}”表没有这一列。可用的列：{columns}",
        "The table “{kind}” has no such column. Its columns: {columns}",
    ),
    "column_twice": ("这一列出现了两次", "This column is there twice"),
    "cells_beyond_heading": (
        "这一行比列名多出单元格，可能多了一个逗号",
        "This line has more cells than there are headings; a comma too many?",
    ),
    "value_missing": ("没有填写", "Nothing is filled in"),
    "cell_too_long": ("内容太长，最多 {limit} 个字", "Too long; at most {limit} characters"),
    "control_character": (
        "含有看不见的控制字符，请删掉后重新输入",
        "There are invisible control characters; delete and type it again",
    ),
    "formula": (
        "是公式或公式错误，请改成值（复制后“选择性粘贴→数值”）",
        "This is a formula or its error; replace it by its value (paste special, values)",
    ),
    "id_malformed": (
        "编号只能用字母、数字和 - _ .，最多 64 位，不能用姓名",
        "An id has letters, digits and - _ . only, at most 64; never a name",
    ),
    "word_unknown": ("不认识“{value}”，可填：{allowed}", "“{value}” is not one of: {allowed}"),
    "date_malformed": (
        "日期不对，请写成 2026-01-31 这样",
        "This is no date; write it like 2026-01-31",
    ),
    "phone_malformed": (
        "电话号码不对，只能用数字、+ 和 -",
        "This is no telephone number; digits, + and - only",
    ),
    "mail_malformed": ("邮箱地址不对", "This is no mail address"),
    "yes_or_no": ("请填“是”或“否”", "Write “yes” or “no”"),
    "duplicate": (
        "与 {first} 重复，只能有一行",
        "The same as {first}; there may be only one such row",
    ),
    "unknown_unit": (
        "没有编号为“{id}”的单位（文件里和库里都没有）",
        "There is no unit “{id}”, in the files or in the store",
    ),
    "unknown_site": (
        "没有编号为“{id}”的场所（文件里和库里都没有）",
        "There is no site “{id}”, in the files or in the store",
    ),
    "unknown_person": (
        "没有编号为“{id}”的人员（文件里和库里都没有）",
        "There is no person “{id}”, in the files or in the store",
    ),
    "cycle": (
        "上级关系绕成了圈：{ids}",
        "The units above each other form a circle: {ids}",
    ),
    "too_deep": (
        "上级的上级……超过 {limit} 层，请检查上级编号",
        "More than {limit} levels of units; check the parents",
    ),
    "not_party": ("“{id}”不是党组织", "“{id}” is not a unit of the Party tree"),
    "not_admin": ("“{id}”不是行政单位", "“{id}” is not an administrative unit"),
    "other_tree": (
        "上级“{id}”在另一棵树里，党组织与行政单位不能互为上级",
        "The parent “{id}” is in the other tree",
    ),
    "tree_changed": (
        "已有的单位不能在党组织与行政单位之间改换，请用新编号",
        "A unit cannot move to the other tree; give it a new id",
    ),
    "kind_of_other_tree": (
        "这种类型不属于这棵树，可填：{allowed}",
        "This kind does not belong to this tree; one of: {allowed}",
    ),
    "room_with_holder": (
        "会议室是大家用的，不能有持有人",
        "A meeting room is everybody's; it has no holder",
    ),
    "site_needed": ("这种设备要填所在场所", "A device of this kind needs a site"),
    "vote_without_right": (
        "只有正式党员有表决权",
        "Only a full member has the right to vote",
    ),
    "until_before_since": ("截止日期早于起始日期", "The last day is before the first"),
    "home_missing": (
        "此人还没有组织关系所在支部，请先填一行“组织关系”",
        "This person has no home branch; add a row of kind “home”",
    ),
    "home_twice": (
        "此人同时有两个组织关系所在支部（另一个是“{unit}”），请给旧的填截止日期",
        "This person has two home branches at once (the other is “{unit}”); end the former one",
    ),
    "post_without_membership": (
        "此人不是“{unit}”的党员，请先填一行组织关系",
        "This person is no member of “{unit}”; add a membership first",
    ),
    "post_of_group": (
        "党小组只有党小组长，其他职务填在党支部",
        "A party group has a leader only; other posts belong to its branch",
    ),
    "post_of_branch": (
        "党小组长填在党小组，不填在“{unit}”",
        "A group leader belongs to a party group, not to “{unit}”",
    ),
    "post_twice": (
        "此人在这段时间已有这个职务，请给旧的填截止日期",
        "This person holds this post in that time already; end the former row",
    ),
    "scope_needed_unit": ("这个角色要填单位", "This role needs a unit"),
    "scope_needed_site": ("这个角色要填场所", "This role needs a site"),
    "more": ("……还有 {count} 处", "… and {count} more"),
    "refused": (
        "共 {count} 处错误，什么都没有导入",
        "{count} errors; nothing is imported",
    ),
    "counts": (
        "{kind}：新增 {created}，更改 {changed}，不变 {unchanged}",
        "{kind}: {created} created, {changed} changed, {unchanged} unchanged",
    ),
    "kind_units": ("单位", "units"),
    "kind_unit_names": ("单位曾用名", "names of units"),
    "kind_unit_links": ("组织联系", "links of units"),
    "kind_persons": ("人员", "persons"),
    "kind_sites": ("场所", "sites"),
    "kind_devices": ("设备", "devices"),
    "kind_memberships": ("组织关系", "memberships"),
    "kind_posts": ("党内职务", "posts"),
    "kind_roles": ("角色", "roles"),
}


def text_of(code: str, params: Mapping[str, object], language: Language) -> str:
    """Return the text of the code; KeyError for a code that has none."""
    chinese, english = _TEXTS[code]
    return (chinese if language == "zh-CN" else english).format_map(params)


def codes() -> frozenset[str]:
    """Return all codes that have texts."""
    return frozenset(_TEXTS)
