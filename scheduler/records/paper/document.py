"""What the paper of a record says, part by part, as a township office files it.

The writers of DOCX and PDF only set this; so both say the same. The main text is what was signed;
corrections stand behind it with the old reading beside the new one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from scheduler.attendance.model import Attended
from scheduler.meetings.model import Standing
from scheduler.records import words
from scheduler.records.chain import Entry, EntryKind
from scheduler.records.comparison import changes
from scheduler.records.content import PersonLine, RecordContent
from scheduler.records.desk import content_of, holds_text
from scheduler.records.findings import missing
from scheduler.records.minutes import Discussed

_DIGITS: Final = "零一二三四五六七八九"
SECTIONS: Final = {
    "branch": "党支部",
    "type": "会议类型",
    "title": "会议名称",
    "scheduled": "计划时间",
    "actual": "实际时间",
    "place": "地点",
    "mode": "形式",
    "host": "主持人",
    "recorder": "记录人",
    "quorum": "法定人数",
    "people": "人员",
    "agenda": "议程",
    "discussion": "讨论情况",
    "votes": "表决",
    "resolutions": "决议",
    "follow_ups": "后续工作",
    "attachments": "附件",
}
KINDS: Final = {
    EntryKind.VERSION: "定稿",
    EntryKind.SIGNED: "签名",
    EntryKind.REOPENED: "撤回签名修改",
    EntryKind.SUBMITTED: "报送审核",
    EntryKind.RETURNED: "退回",
    EntryKind.ARCHIVED: "审核归档",
    EntryKind.CORRECTED: "更正记录",
    EntryKind.ATTENDANCE_CORRECTED: "更正到会情况",
}
ROLES: Final = {"host": "主持人", "recorder": "记录人"}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A table of labels and values; a line holds one pair or two."""

    lines: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, kw_only=True)
class Heading:
    text: str
    level: int = 1


@dataclass(frozen=True, kw_only=True)
class Prose:
    """Paragraphs, each with two characters of indent."""

    paragraphs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table whose heads are repeated on every page; `widths` are shares."""

    heads: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Signatures:
    """Lines to sign by hand, each with the signature by PIN under it."""

    lines: tuple[tuple[str, str], ...]


Block = Facts | Heading | Prose | Table | Signatures


@dataclass(frozen=True, kw_only=True)
class Document:
    """`seal` is the hash of the last entry, which stands at the foot of every page."""

    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    seal: str


def document(entries: Sequence[Entry], zone: ZoneInfo) -> Document:
    """Return the paper of a record that was signed; raise ValueError for one that was not."""
    signed = [entry for entry in entries if entry.kind is EntryKind.VERSION]
    if not signed:
        raise ValueError("nobody has signed this record")
    content = content_of(signed[-1])
    parts = [
        ("议程", _agenda(content)),
        ("讨论情况", _discussion(content)),
        ("表决", _votes(content)),
        ("决议", _resolutions(content)),
        ("后续工作", _follow_ups(content)),
        ("未到会人员", _missing(content)),
        ("参会人员名单", _people(content)),
        ("附件", _attachments(content)),
        ("更正", list(_corrections(entries, signed[-1].seq, zone))),
    ]
    blocks: list[Block] = [Facts(lines=_facts(content, zone))]
    number = 0
    for name, inside in parts:
        if inside:
            number += 1
            blocks += [Heading(text=f"{numeral(number)}、{name}"), *inside]
    blocks += [_signatures(entries, signed[-1].seq, zone)]
    blocks += [Heading(text="办理经过", level=2), _history(entries, zone)]
    return Document(
        title=heading_of(content),
        subtitle=content.branch.name,
        blocks=tuple(blocks),
        seal=entries[-1].hash,
    )


def heading_of(content: RecordContent) -> str:
    """Return the title of the paper: 支部党员大会会议记录, 党课记录."""
    name = words.TYPES[content.type]
    return f"{name}会议记录" if name.endswith("会") else f"{name}记录"


def person_cells(number: int, line: PersonLine) -> tuple[str, ...]:
    """Return a person's line of the list of people."""
    notes = [words.REASONS[line.reason]] if line.reason else []
    if line.exempt and line.state is not Attended.EXEMPT:
        notes.append("豁免")
    if line.substitute:
        notes.append(f"替会人{line.substitute}")
    return (
        str(number),
        line.name,
        line.unit_name,
        words.STANDINGS[line.standing],
        words.STATES[line.state],
        "，".join(notes),
    )


def numeral(number: int) -> str:
    """Return a number from 1 to 199 as headings count: 九, 十, 十一, 二十, 一百零一."""
    if number >= 100:
        rest = number - 100
        between = "" if not rest else "零" if rest < 10 else "一" if rest < 20 else ""
        return f"一百{between}{numeral(rest) if rest else ''}"
    tens, ones = divmod(number, 10)
    return (
        ("" if tens <= 1 else _DIGITS[tens])
        + ("十" if tens else "")
        + (_DIGITS[ones] if ones else "")
    )


def _facts(content: RecordContent, zone: ZoneInfo) -> tuple[tuple[tuple[str, str], ...], ...]:
    numbers = content.numbers

    def people(number: int) -> str:
        return f"{number} 人"

    lines: list[tuple[tuple[str, str], ...]] = [
        (("会议名称", content.title),),
        (("计划时间", words.span(content.scheduled_start, content.scheduled_end, zone)),),
        (("实际时间", words.span(content.started_at, content.ended_at, zone)),),
        (("地　　点", content.place),),
        (("形　　式", words.MODES[content.mode]), ("会　　场", f"{len(content.sites)} 处")),
        (
            ("主 持 人", content.host.name if content.host else ""),
            ("记 录 人", content.recorder.name if content.recorder else ""),
        ),
        (("应　　到", people(numbers.expected)), ("实　　到", people(numbers.present))),
        (("请　　假", people(numbers.on_leave)), ("缺　　席", people(numbers.absent))),
        (("迟　　到", people(numbers.late)), ("早　　退", people(numbers.left_early))),
        (("豁　　免", people(numbers.exempt)), ("列　　席", people(numbers.non_voting))),
    ]
    if content.quorum is not None:
        lines.append((("法定人数", words.quorum_line(content.quorum)),))
    return tuple(lines)


def _agenda(content: RecordContent) -> list[Block]:
    lines = [f"{n}. {words.agenda_line(line)}" for n, line in enumerate(content.agenda, 1)]
    return [Prose(paragraphs=tuple(lines))] if lines else []


def _discussion(content: RecordContent) -> list[Block]:
    blocks: list[Block] = []
    for number, section in enumerate(content.discussion, 1):
        blocks.append(Heading(text=f"（{numeral(number)}）{_section_title(section)}", level=2))
        blocks.append(Prose(paragraphs=_paragraphs(section.text) or ("（未记录）",)))
    return blocks


def _section_title(section: Discussed) -> str:
    return f"{section.title}（{section.speaker}）" if section.speaker else section.title


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _votes(content: RecordContent) -> list[Block]:
    lines = tuple(f"{n}. {words.vote_line(vote)}。" for n, vote in enumerate(content.votes, 1))
    return [Prose(paragraphs=lines)] if lines else []


def _resolutions(content: RecordContent) -> list[Block]:
    votes = {vote.id: vote.title for vote in content.votes}
    lines = [
        f"{number}. {words.resolution_line(one, votes)}"
        for number, one in enumerate(content.resolutions, 1)
    ]
    return [Prose(paragraphs=tuple(lines) or ("本次会议未形成决议。",))]


def _follow_ups(content: RecordContent) -> list[Block]:
    lines = [f"{n}. {words.follow_up_line(one)}" for n, one in enumerate(content.follow_ups, 1)]
    return [Prose(paragraphs=tuple(lines))] if lines else []


def _missing(content: RecordContent) -> list[Block]:
    """Name who was not there, each with the reason, by state."""
    absent = missing(content)
    paragraphs = []
    for state in (Attended.LEAVE, Attended.ABSENT, Attended.LEFT_EARLY, Attended.EXEMPT):
        names = [
            f"{line.name}（{words.REASONS[line.reason] if line.reason else '未写明原因'}）"
            for line in absent
            if line.state is state
        ]
        if names:
            paragraphs.append(f"{words.STATES[state]} {len(names)} 人：{'、'.join(names)}。")
    return [Prose(paragraphs=tuple(paragraphs) or ("应到人员全部到会。",))]


def _people(content: RecordContent) -> list[Block]:
    order = {Standing.EXPECTED: 0, Standing.NON_VOTING: 1, None: 2}
    people = sorted(content.people, key=lambda line: order[line.standing])
    rows = tuple(person_cells(number, line) for number, line in enumerate(people, 1))
    heads = ("序号", "姓名", "单位", "身份", "情况", "备注")
    return [Table(heads=heads, widths=(4, 7, 14, 5, 5, 8), rows=rows)] if rows else []


def _attachments(content: RecordContent) -> list[Block]:
    rows = tuple(
        (str(number), one.name, f"{-(-one.size_bytes // 1024)} KB", one.sha256[:16])
        for number, one in enumerate(content.attachments, 1)
    )
    heads = ("序号", "文件名", "大小", "校验值（前 16 位）")
    return [Table(heads=heads, widths=(2, 9, 3, 7), rows=rows)] if rows else []


def _corrections(entries: Sequence[Entry], since: int, zone: ZoneInfo) -> Iterator[Block]:
    before = content_of(entries[since - 1])
    for entry in entries[since:]:
        head = f"{words.moment(entry.at, zone)}　{entry.author_name}　{KINDS[entry.kind]}"
        if entry.kind is EntryKind.ATTENDANCE_CORRECTED:
            said = entry.value()
            state = words.STATES[Attended(said["state"])]
            minutes = "" if said["minutes"] is None else f"（{said['minutes']} 分钟）"
            yield Heading(text=head, level=2)
            yield Prose(
                paragraphs=(
                    f"{said['name']}的到会情况更正为{state}{minutes}。原因：{entry.reason}",
                )
            )
        elif holds_text(entry):
            after = content_of(entry)
            rows = tuple(
                (
                    f"{SECTIONS[one.section]} {one.of}".strip(),
                    one.before or "（无）",
                    one.after or "（删去）",
                )
                for one in changes(before, after, zone)
            )
            yield Heading(text=head, level=2)
            yield Prose(paragraphs=(f"原因：{entry.reason}",))
            yield Table(heads=("项目", "原记录", "更正为"), widths=(3, 6, 6), rows=rows)
            before = after


def _signatures(entries: Sequence[Entry], version: int, zone: ZoneInfo) -> Signatures:
    lines = []
    for role, name in ROLES.items():
        by_pin = ""
        for entry in entries[version:]:
            if entry.kind is EntryKind.SIGNED and entry.value()["role"] == role:
                by_pin = f"{entry.author_name}，{words.moment(entry.at, zone)} 凭本人口令签名"
        lines.append((f"{name}（签字）", by_pin))
    for entry in entries[version:]:
        if entry.kind is EntryKind.ARCHIVED:
            by_pin = f"{entry.author_name}，{words.moment(entry.at, zone)} 审核归档"
            lines.append(("审核人（签字）", by_pin))
    return Signatures(lines=tuple(lines))


def _history(entries: Sequence[Entry], zone: ZoneInfo) -> Table:
    return Table(
        heads=("序号", "时间", "事项", "经办人", "说明"),
        widths=(4, 11, 11, 7, 13),
        rows=tuple(
            (
                str(entry.seq),
                f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M}",
                KINDS[entry.kind] + _role(entry),
                entry.author_name,
                entry.reason,
            )
            for entry in entries
        ),
    )


def _role(entry: Entry) -> str:
    return f"（{ROLES[entry.value()['role']]}）" if entry.kind is EntryKind.SIGNED else ""
