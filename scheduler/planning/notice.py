"""The notice of a meeting (会议通知): made of what is known, in the form such letters have. Pure.

The notice is a Chinese document whatever the language of the page is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from scheduler.meetings.model import AgendaItem, Occurrence, State

_NUMERALS = "一二三四五六七八九十"
_WEEKDAYS = "一二三四五六日"
GREETING = "各参会同志："
_INDENT = "　　"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a notice says, with names in the place of ids.

    `main_sites` are the sites with a meeting room, `branch_sites` all others. `persons` are
    None for readers who may not see the roster: the notice tells the number then.
    """

    meeting: Occurrence
    unit: str
    main_sites: tuple[str, ...]
    branch_sites: tuple[str, ...]
    persons: tuple[str, ...] | None
    guests: tuple[str, ...] | None
    expected: int
    host: str | None
    recorder: str | None
    agenda: tuple[AgendaItem, ...]
    papers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A heading, numbered parts with their lines, and who signs on which day."""

    title: str
    opening: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    signed_by: str
    signed_on: str

    @property
    def text(self) -> str:
        """The whole as text to be copied."""
        lines = [self.title, "", GREETING, f"{_INDENT}{self.opening}"]
        for heading, told in self.parts:
            lines.append(f"{_INDENT}{heading}")
            lines += [f"{_INDENT}{line}" for line in told]
        return "\n".join([*lines, "", self.signed_by, self.signed_on]) + "\n"


def notice(facts: Facts, today: date, zone: ZoneInfo) -> Notice:
    """Write the notice of a meeting; of a cancelled one, that it does not take place."""
    meeting = facts.meeting
    when = moment(meeting.scheduled_start, zone)
    if meeting.state is State.CANCELLED:
        return Notice(
            title=f"关于取消“{meeting.title}”的通知",
            opening=f"原定于{when}召开的“{meeting.title}”取消。"
            + (f"原因：{_reason(meeting)}。" if _reason(meeting) else ""),
            parts=(),
            signed_by=facts.unit,
            signed_on=_day(today),
        )
    told = [
        ("会议时间", _time(meeting, zone)),
        ("会议地点", _places(facts)),
        ("参加人员", _people(facts)),
        ("会议议程", _agenda(facts.agenda)),
        ("会议材料", tuple(f"《{name}》" for name in facts.papers)),
        ("有关要求", _asked(meeting)),
    ]
    kept = [(heading, lines) for heading, lines in told if lines]
    return Notice(
        title=f"关于召开“{meeting.title}”的通知",
        opening=f"定于{when}召开“{meeting.title}”。现将有关事项通知如下：",
        parts=tuple(
            (f"{_NUMERALS[number]}、{heading}", lines)
            for number, (heading, lines) in enumerate(kept)
        ),
        signed_by=facts.unit,
        signed_on=_day(today),
    )


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Return a local moment as notices write it."""
    local = at.astimezone(zone)
    return f"{_day(local.date())}（星期{_WEEKDAYS[local.weekday()]}）{local:%H:%M}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _reason(meeting: Occurrence) -> str:
    known = {"holiday": meeting.holiday or "节假日", "series_changed": "例会安排已调整"}
    return known.get(meeting.cancel_reason or "", meeting.cancel_reason or "")


def _time(meeting: Occurrence, zone: ZoneInfo) -> tuple[str, ...]:
    start, end = meeting.scheduled_start.astimezone(zone), meeting.scheduled_end.astimezone(zone)
    until = f"{end:%H:%M}" if end.date() == start.date() else moment(end, zone)
    minutes = int((end - start).total_seconds()) // 60
    lines = [f"{moment(start, zone)}至{until}，约{minutes}分钟。"]
    day = meeting.planned_for
    if day is not None and day != start.date():
        why = f"因{meeting.holiday}" if meeting.holiday else ""
        lines.append(f"本次会议原定{_day(day)}，{why}改到上述时间。")
    return tuple(lines)


def _places(facts: Facts) -> tuple[str, ...]:
    lines = []
    if facts.main_sites:
        lines.append(f"视频会议室：{'、'.join(facts.main_sites)}。")
    if facts.branch_sites:
        lines.append(f"各村站点（视频电话）：{'、'.join(facts.branch_sites)}。")
    return tuple(lines)


def _people(facts: Facts) -> tuple[str, ...]:
    lines = []
    if facts.expected:
        names = f"：{'、'.join(facts.persons)}" if facts.persons else ""
        lines.append(f"应到{facts.expected}人{names}。")
    if facts.guests:
        lines.append(f"列席：{'、'.join(facts.guests)}。")
    officers = [("主持人", facts.host), ("记录人", facts.recorder)]
    named = [f"{office}：{name}" for office, name in officers if name is not None]
    return (*lines, *([f"{'；'.join(named)}。"] if named else []))


def _agenda(items: Sequence[AgendaItem]) -> tuple[str, ...]:
    lines = []
    for number, item in enumerate(items, 1):
        about = [item.speaker, f"{item.minutes}分钟" if item.minutes else None]
        more = "，".join(part for part in about if part)
        lines.append(f"{number}. {item.title}{f'（{more}）' if more else ''}")
    return tuple(lines)


def _asked(meeting: Occurrence) -> tuple[str, ...]:
    minutes = meeting.open_before_s // 60
    early = f"请提前{minutes}分钟进入会场，" if minutes else "请准时进入会场，"
    return (f"{early}调好设备。", "因故不能参加的，请在会前请假。")
