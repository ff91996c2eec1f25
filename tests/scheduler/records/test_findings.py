"""Findings: what is not right with a record is said, and what the law demands blocks."""

from typing import Any

import pytest

from scheduler.meetings.model import MeetingType
from scheduler.records.content import AgendaLine, Named, Numbers, Quorum, RecordContent
from scheduler.records.findings import CODES, findings
from scheduler.records.minutes import Discussed, Resolution
from scheduler.rules.model import Mark
from tests.scheduler.records.builders import END, START, content, person, vote


def found(record: RecordContent, blocking: tuple[str, ...] = ()) -> dict[str, bool]:
    return {one.code: one.blocking for one in findings(record, blocking)}


NO_QUORUM = Quorum(expected_voting=16, present_voting=7, needed=8, reached=False)
WRONG: dict[str, dict[str, Any]] = {
    "host_missing": {"host": None},
    "recorder_missing": {"recorder": None},
    "host_not_on_roster": {"host": Named(id="stranger", name="外人")},
    "host_is_recorder": {"recorder": Named(id="person-示例一", name="示例一")},
    "present_exceeds_expected": {
        "numbers": Numbers(
            expected=2,
            present=3,
            late=0,
            left_early=0,
            on_leave=0,
            absent=0,
            exempt=0,
            non_voting=0,
        )
    },
    "absence_without_reason": {"people": (person("示例一"), person("示例二", "absent"))},
    "ends_before_it_starts": {"started_at": END, "ended_at": START},
    "quorum_not_reached": {"quorum": NO_QUORUM, "resolutions": ()},
    "resolved_without_quorum": {"quorum": NO_QUORUM},
    "resolved_against_vote": {
        "votes": (vote(adopted=False),),
        "resolutions": (Resolution(text="仍按原议", vote="vote-1"),),
    },
    "nothing_discussed": {"discussion": ()},
    "no_resolution": {"resolutions": ()},
    "lecture_in_other_record": {"agenda": (AgendaLine(id="a", title="书记讲党课"),)},
}


def test_every_check_has_a_case_here() -> None:
    assert set(WRONG) == CODES


def test_a_whole_record_has_no_findings() -> None:
    assert findings(content()) == ()


@pytest.mark.parametrize("code", WRONG)
def test_what_is_not_right_is_found(code: str) -> None:
    assert code in found(content(**WRONG[code]))


def test_what_the_law_demands_blocks_and_the_rest_warns() -> None:
    for changes in WRONG.values():
        for one in findings(content(**changes)):
            assert one.blocking is (one.source.mark is Mark.LAW)
    blocking = {code for code in WRONG if found(content(**WRONG[code]))[code]}
    assert blocking == {"resolved_without_quorum", "resolved_against_vote"}


def test_a_place_may_let_more_of_them_block() -> None:
    record = content(people=(person("示例一"), person("示例二", "absent")))
    assert found(record)["absence_without_reason"] is False
    assert found(record, ("absence_without_reason",))["absence_without_reason"] is True


def test_who_left_early_needs_a_reason_and_who_listened_does_not() -> None:
    people = (
        person("示例一"),
        person("示例二"),
        person("示例三", "left_early"),
        person("示例四", "non_voting", standing="non_voting"),
    )
    [one] = findings(content(people=people))
    assert (one.code, one.numbers, one.people) == (
        "absence_without_reason",
        {"count": 1},
        ("person-示例三",),
    )


def test_sections_that_are_still_empty_are_counted() -> None:
    discussion = (Discussed(title="一", text="谈了"), Discussed(title="二"))
    [one] = findings(content(discussion=discussion))
    assert one.numbers == {"count": 1}


def test_a_lecture_is_a_record_of_its_own_and_may_say_so() -> None:
    lecture = content(
        type=MeetingType.PARTY_LECTURE, title="党课", **WRONG["lecture_in_other_record"]
    )
    assert "lecture_in_other_record" not in found(lecture)


def test_what_a_vote_adopted_stands_though_somebody_left_before_the_end() -> None:
    adopted = Resolution(text="修缮村道", vote="vote-1")
    record = {"quorum": NO_QUORUM, "votes": (vote(),), "resolutions": (adopted,)}
    assert set(found(content(**record))) == {"quorum_not_reached"}
    beside = record | {"resolutions": (adopted, Resolution(text="另议"))}
    assert found(content(**beside))["resolved_without_quorum"] is True
