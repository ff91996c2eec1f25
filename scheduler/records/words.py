"""The words of a record on paper, which is Chinese whatever the language of the screens."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from scheduler.attendance.sheet import STANDINGS, STATES
from scheduler.meetings.model import MeetingType
from scheduler.records.content import AgendaLine, Quorum, VoteLine
from scheduler.records.minutes import AbsenceReason, FollowUp, Mode, Resolution

__all__ = ["MODES", "REASONS", "STANDINGS", "STATES", "TYPES"]

TYPES: Final[Mapping[MeetingType, str]] = {
    MeetingType.MEMBER_ASSEMBLY: "支部党员大会",
    MeetingType.BRANCH_COMMITTEE_MEETING: "支部委员会会议",
    MeetingType.GROUP_MEETING: "党小组会",
    MeetingType.PARTY_LECTURE: "党课",
    MeetingType.THEME_PARTY_DAY: "主题党日",
    MeetingType.ORG_LIFE_MEETING: "组织生活会",
    MeetingType.NETWORK_BRANCH_MEETING: "网络党支部例会",
    MeetingType.WORK_MEETING: "工作会议",
}
MODES: Final[Mapping[Mode, str]] = {
    Mode.VIDEO: "视频会议",
    Mode.ON_SITE: "现场会议",
    Mode.MIXED: "现场与视频相结合",
}
REASONS: Final[Mapping[AbsenceReason, str]] = {
    AbsenceReason.WORK: "工作",
    AbsenceReason.ILLNESS: "因病",
    AbsenceReason.FAMILY: "家事",
    AbsenceReason.OTHER: "其他",
    AbsenceReason.EXEMPT: "豁免",
    AbsenceReason.UNEXPLAINED: "未说明",
}
VOTE_KINDS: Final[Mapping[str, str]] = {
    "general": "一般事项表决",
    "admission": "接收预备党员表决",
    "probation": "预备党员转正表决",
    "election": "选举",
}
_WEEKDAYS: Final = "一二三四五六日"


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    """Return a point in time as documents write it: 2026年11月23日（星期一）19:00."""
    if at is None:
        return ""
    here = at.astimezone(zone)
    weekday = _WEEKDAYS[here.weekday()]
    return f"{here.year}年{here.month}月{here.day}日（星期{weekday}）{here:%H:%M}"


def span(start: datetime | None, end: datetime | None, zone: ZoneInfo) -> str:
    """Return from when to when; the day of the end only where it is another one."""
    first, last = moment(start, zone), moment(end, zone)
    if start is None or end is None or not first:
        return first or last
    same_day = start.astimezone(zone).date() == end.astimezone(zone).date()
    return f"{first} 至 {f'{end.astimezone(zone):%H:%M}' if same_day else last}"


def agenda_line(line: AgendaLine) -> str:
    """Return one item of the agenda in words."""
    said = [line.title]
    if line.speaker:
        said.append(f"主讲：{line.speaker}")
    if line.minutes:
        said.append(f"{line.minutes} 分钟")
    return "，".join(said)


def vote_line(vote: VoteLine) -> str:
    """Return a vote and how it ended, in words."""
    result = {True: "通过", False: "未通过", None: "表决中止，无结果"}[vote.adopted]
    kind = VOTE_KINDS.get(vote.kind, vote.kind)
    written = f"（其中书面意见 {vote.written} 票）" if vote.written else ""
    return (
        f"{vote.title}（{kind}）：应到有表决权 {vote.expected_voting} 人，"
        f"实到有表决权 {vote.present_voting} 人；赞成 {vote.in_favour} 票{written}，"
        f"反对 {vote.against} 票，弃权 {vote.abstained} 票；{result}"
    )


def quorum_line(quorum: Quorum) -> str:
    """Return the quorum in words."""
    said = f"应到有表决权 {quorum.expected_voting} 人，实到有表决权 {quorum.present_voting} 人"
    if quorum.together is not None:
        said += f"，同时到会最多 {quorum.together} 人"
    if quorum.needed is None:
        return said
    return f"{said}，须到 {quorum.needed} 人，{'达到' if quorum.reached else '未达到'}规定人数"


def follow_up_line(one: FollowUp) -> str:
    """Return a follow-up with who does it until when."""
    said = [one.task]
    if one.responsible:
        said.append(f"责任人：{one.responsible}")
    if one.due:
        said.append(f"{one.due.year}年{one.due.month}月{one.due.day}日前完成")
    return "；".join(said)


def resolution_line(one: Resolution, votes: Mapping[str, str]) -> str:
    """Return a resolution with the title of the vote that adopted it; `votes` are titles by id."""
    if one.vote is None or one.vote not in votes:
        return one.text
    return f"{one.text}（经表决：{votes[one.vote]}）"
