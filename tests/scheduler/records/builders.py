"""Builders for records: a text, persons, votes."""

from datetime import UTC, date, datetime
from typing import Any

from scheduler.attendance.model import Attended
from scheduler.meetings.model import MeetingType, Standing
from scheduler.records.content import Named, Numbers, PersonLine, Quorum, RecordContent, VoteLine
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
