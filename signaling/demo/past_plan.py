"""What was held before the demonstration begins, and how it went: plain values. Pure.

Everything is plainly synthetic: the units and persons are those of the demo directory.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from scheduler.meetings.model import AgendaLine, MeetingType

LIVED: Final = timedelta(days=40)
"""How long ago the past begins."""
WEEKS: Final = 3
"""For so long the network branches have met."""
MEETING_BRANCHES: Final = 4
"""How many of the branches that have a whole committee have held something."""


class Fate(StrEnum):
    """How far the record of a meeting has got."""

    DRAFTED = "drafted"  # nobody has signed it
    HALF_SIGNED = "half_signed"  # the host's signature is missing
    SUBMITTED = "submitted"  # the township has to look at it
    RETURNED = "returned"
    ARCHIVED = "archived"


class Outcome(StrEnum):
    """How somebody attended."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    LEAVE = "leave"
    ABSENT = "absent"


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A branch that met: its members, of whom the first two preside and write the record."""

    unit: str
    name: str
    members: tuple[str, ...]
    committee: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PastMeeting:
    """A meeting that was held. `voted` is what its members decided; `makes_up` says that who was
    absent made it up."""

    branch: Branch
    type: MeetingType
    title: str
    start: datetime
    length: timedelta
    persons: tuple[str, ...]
    outcomes: Mapping[str, Outcome]
    agenda: tuple[AgendaLine, ...]
    said: str
    fate: Fate
    voted: str | None = None
    makes_up: bool = False

    @property
    def end(self) -> datetime:
        return self.start + self.length


_HOUR: Final = timedelta(hours=1)
_WEEKLY: Final = (
    AgendaLine(title="上周工作情况", speaker="各村第一书记", minutes=30),
    AgendaLine(title="下周安排", minutes=20),
)
_KINDS: Final = (
    # type, title, days ago, start, agenda, what was said, vote
    (
        MeetingType.MEMBER_ASSEMBLY,
        "支部党员大会",
        33,
        time(9, 30),
        "村容整治方案",
        "与会党员逐条讨论了村容整治方案，提出两处修改意见。",
        "关于村容整治方案的决议",
    ),
    (
        MeetingType.PARTY_LECTURE,
        "党课",
        25,
        time(19),
        "冬季果树管理",
        "讲了冬剪和防冻的要点。",
        None,
    ),
    (
        MeetingType.THEME_PARTY_DAY,
        "主题党日",
        12,
        time(15),
        "帮扶果园冬管",
        "分组到果园帮助修剪，回来交流了做法。",
        None,
    ),
    (
        MeetingType.BRANCH_COMMITTEE_MEETING,
        "支部委员会会议",
        8,
        time(10),
        "下月工作安排",
        "研究了下月的学习和走访安排。",
        None,
    ),
)
_ON_THEIR_WAY: Final = (Fate.SUBMITTED, Fate.RETURNED, Fate.HALF_SIGNED, Fate.DRAFTED)
"""The records of the last weekly meetings of the first network branches."""
_LATER: Final = (MeetingType.THEME_PARTY_DAY, MeetingType.BRANCH_COMMITTEE_MEETING)
"""What all the branches held; the first two held the rest as well."""


def past_meetings(
    networks: Sequence[Branch],
    branches: Sequence[Branch],
    today: date,
    zone: ZoneInfo,
    weeks: int,
) -> tuple[PastMeeting, ...]:
    """Return what was held up to yesterday, the oldest first: the weekly meetings of network
    branches, and what a few other branches owe."""
    found = [
        *_weekly(networks, today, zone, weeks),
        *_of_branches(branches, today, zone),
    ]
    return tuple(sorted(found, key=lambda one: (one.start, one.branch.unit)))


def _weekly(
    networks: Sequence[Branch], today: date, zone: ZoneInfo, weeks: int
) -> Iterator[PastMeeting]:
    for place, branch in enumerate(networks):
        for week in range(1, weeks + 1):
            day = today - timedelta(days=7 * week - place % 2)
            fate = Fate.ARCHIVED
            if week == 1 and place < len(_ON_THEIR_WAY):
                fate = _ON_THEIR_WAY[place]
            yield PastMeeting(
                branch=branch,
                type=MeetingType.NETWORK_BRANCH_MEETING,
                title=f"{branch.name}例会",
                start=datetime.combine(day, time(15), zone),
                length=_HOUR,
                persons=branch.members,
                outcomes=_outcomes(branch.members, place + week),
                agenda=_WEEKLY,
                said="各村说了上周的工作和下周的安排。",
                fate=fate,
            )


def _of_branches(branches: Sequence[Branch], today: date, zone: ZoneInfo) -> Iterator[PastMeeting]:
    for place, branch in enumerate(branches):
        for kind, title, ago, start, item, said, voted in _KINDS:
            if place > 1 and kind not in _LATER:
                continue
            committee = kind is MeetingType.BRANCH_COMMITTEE_MEETING
            persons = branch.committee if committee else branch.members
            yield PastMeeting(
                branch=branch,
                type=kind,
                title=title,
                start=datetime.combine(today - timedelta(days=ago), start, zone),
                length=_HOUR,
                persons=persons,
                outcomes=_outcomes(persons, place + ago),
                agenda=(AgendaLine(title=item, minutes=40),),
                said=said,
                fate=Fate.ARCHIVED,
                voted=voted,
                makes_up=kind is MeetingType.PARTY_LECTURE,
            )


def _outcomes(persons: Sequence[str], shift: int) -> dict[str, Outcome]:
    """Most are there; who presides and who writes always are."""
    rare = {1: Outcome.ABSENT, 4: Outcome.LATE, 7: Outcome.LEAVE, 10: Outcome.LEFT_EARLY}
    return {
        person: Outcome.PRESENT
        if place < 2
        else rare.get((place * 5 + shift * 3) % 13, Outcome.PRESENT)
        for place, person in enumerate(persons)
    }
