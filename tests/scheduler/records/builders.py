"""Builders for records: a text, persons, votes."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from config.settings import Records
from scheduler.attendance.model import Attended
from scheduler.meetings.model import MeetingType, Standing
from scheduler.records.chain import Entry, EntryKind, next_entry, time_text
from scheduler.records.content import (
    AgendaLine,
    AttachmentLine,
    Named,
    Numbers,
    PersonLine,
    Quorum,
    RecordContent,
    VoteLine,
)
from scheduler.records.minutes import (
    AbsenceReason,
    Discussed,
    FollowUp,
    Minutes,
    Mode,
    Resolution,
)

START = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
END = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

FULL = Minutes(
    place="市会议室",
    discussion=(Discussed(title="果树修剪", speaker="示例一", text="讲了冬剪的要点。"),),
    resolutions=(Resolution(text="各村十二月底前完成冬剪。"),),
    follow_ups=(FollowUp(task="统计果树棵数", responsible="示例二", due=date(2026, 12, 10)),),
    absences={"p3": AbsenceReason.WORK},
)


class VotesKnown:
    """Votes and a quorum that the tests set."""

    def __init__(self) -> None:
        self.ended: tuple[VoteLine, ...] = ()
        self.known: Quorum | None = None

    async def votes(self, occurrence: str) -> tuple[VoteLine, ...]:
        return self.ended

    async def quorum(self, occurrence: str) -> Quorum | None:
        return self.known


def person(name: str = "示例一", state: str = "present", **changes: Any) -> PersonLine:
    values: dict[str, Any] = {
        "person": f"person-{name}",
        "name": name,
        "unit_name": "示范一村党支部",
        "standing": Standing.EXPECTED,
        "exempt": False,
        "state": Attended(state),
        "minutes": 60 if state == "present" else 0,
        "reason": None,
    }
    return PersonLine(**(values | changes))


def numbers(people: tuple[PersonLine, ...]) -> Numbers:
    expected = [line for line in people if line.standing is Standing.EXPECTED]

    def count(*states: str) -> int:
        return sum(line.state in states for line in expected)

    return Numbers(
        expected=len(expected),
        present=count("present", "late"),
        late=count("late"),
        left_early=count("left_early"),
        on_leave=count("leave"),
        absent=count("absent"),
        exempt=sum(line.exempt for line in expected),
        non_voting=sum(line.state is Attended.NON_VOTING for line in people),
    )


def content(**changes: Any) -> RecordContent:
    """A whole record with nothing to find fault with."""
    people: tuple[PersonLine, ...] = changes.pop(
        "people", (person("示例一"), person("示例二"), person("示例三", "leave", reason="family"))
    )
    values: dict[str, Any] = {
        "occurrence": "meeting-1",
        "branch": Named(id="br1", name="示范一村党支部"),
        "type": MeetingType.MEMBER_ASSEMBLY,
        "title": "第四季度支部党员大会",
        "scheduled_start": START,
        "scheduled_end": END,
        "started_at": START,
        "ended_at": END,
        "place": "村部会议室",
        "mode": Mode.MIXED,
        "sites": ("示范一村",),
        "host": Named(id="person-示例一", name="示例一"),
        "recorder": Named(id="person-示例二", name="示例二"),
        "numbers": numbers(people),
        "quorum": None,
        "people": people,
        "agenda": (),
        "discussion": (Discussed(title="果树修剪", text="讲了冬剪的要点。"),),
        "votes": (),
        "resolutions": (Resolution(text="各村十二月底前完成冬剪。"),),
        "follow_ups": (),
        "attachments": (),
    }
    return RecordContent(**(values | changes))


def vote(**changes: Any) -> VoteLine:
    values: dict[str, Any] = {
        "id": "vote-1",
        "item": None,
        "title": "关于冬剪的决议",
        "kind": "general",
        "in_favour": 9,
        "against": 1,
        "abstained": 2,
        "expected_voting": 16,
        "present_voting": 12,
        "adopted": True,
    }
    return VoteLine(**(values | changes))


def entries_of(
    record: RecordContent, *, archived: bool = True, corrected: RecordContent | None = None
) -> list[Entry]:
    """The chain of a record that was signed by both, submitted, archived and corrected."""
    found: list[Entry] = []

    def append(kind: EntryKind, author: str, reason: str = "", **said: Any) -> None:
        found.append(
            next_entry(
                found[-1] if found else None,
                occurrence=record.occurrence,
                kind=kind,
                author=f"person-{author}",
                author_name=author,
                at=END + timedelta(minutes=10 * len(found)),
                reason=reason,
                content=said,
            )
        )

    append(EntryKind.VERSION, "示例一", record=record.members())
    for role, author in (("host", "示例一"), ("recorder", "示例二")):
        append(EntryKind.SIGNED, author, role=role, version=1, digest=record.digest())
    if archived:
        append(EntryKind.SUBMITTED, "示例一")
        append(EntryKind.ARCHIVED, "示例六", version=1, digest=record.digest())
    if corrected is not None:
        append(EntryKind.CORRECTED, "示例二", "日期记错", record=corrected.members())
        append(
            EntryKind.ATTENDANCE_CORRECTED,
            "示例一",
            "设备故障，本人确已到会",
            person="person-示例三",
            name="示例三",
            state="present",
            minutes=60,
            at=time_text(END),
        )
    return found


def long_record(people: int = 120) -> RecordContent:
    """A record with all that can stand in one, and a roster of several pages."""
    numerals = "一二三四五六七八九十"
    states = ("present", "present", "present", "late", "leave", "absent", "left_early")
    lines = [
        person(
            f"示例{numerals[number // 10 % 10]}{numerals[number % 10]}",
            states[number % len(states)],
            person=f"p{number}",
            unit_name=f"示范{numerals[number % 10]}村党支部",
            reason="work" if states[number % len(states)] in ("leave", "absent") else None,
        )
        for number in range(people - 2)
    ]
    lines += [
        person("示例列席", "non_voting", standing="non_voting"),
        person("示例豁免", "exempt", exempt=True, reason="exempt"),
    ]
    lines[0] = person("示例一", person="person-示例一")
    lines[1] = person("示例二", person="person-示例二", substitute="示例代")
    paragraph = (
        "会议听取了关于冬季果树管理的说明，与会同志围绕“冬剪、施肥、防冻”三件事逐项讨论："
        "一是各村于 2026 年 12 月底前完成冬剪；二是统一采购有机肥（每亩约 150 公斤）；"
        "三是遇低于零下 10 ℃ 的天气提前一天用电话通知到户——不漏一户。"
    )
    return content(
        people=tuple(lines),
        quorum=Quorum(expected_voting=100, present_voting=68, needed=50, reached=True),
        agenda=(
            AgendaLine(id="a1", title="冬季果树管理", speaker="农技站", minutes=30),
            AgendaLine(id="a2", title="讨论并表决《冬剪工作方案》", minutes=20),
        ),
        discussion=(
            Discussed(item="a1", title="冬季果树管理", speaker="农技站", text=paragraph * 3),
            Discussed(item="a2", title="《冬剪工作方案》", text=f"{paragraph}\n{paragraph}"),
        ),
        votes=(vote(),),
        resolutions=(
            Resolution(text="通过《冬剪工作方案》，自即日起施行。", vote="vote-1"),
            Resolution(text="由各村第一书记负责落实，每周例会上报进度。"),
        ),
        follow_ups=(FollowUp(task="统计果树棵数", responsible="示例二", due=date(2026, 12, 10)),),
        attachments=(
            AttachmentLine(
                id="f1",
                name="冬剪工作方案.txt",
                media_type="text/plain",
                size_bytes=len(PAPER),
                sha256=sha256(PAPER).hexdigest(),
            ),
        ),
    )


PAPER = "冬剪工作方案\n".encode()
FONT = Records().font
