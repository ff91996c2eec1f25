"""The most who were there at one time: what the quorum of a meeting asks for."""

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.attendance.evidence import Evidence
from scheduler.attendance.intervals import Intervals
from scheduler.attendance.model import Attended, Correction, Fact, Interval, Mark, MarkKind
from scheduler.meetings.model import RosterPerson
from scheduler.records.paper.sheet import attendance_sheet
from scheduler.records.votes import RecordedVotes
from scheduler.records.words import quorum_line
from scheduler.votes.together import most_together, stays_of, together
from tests.scheduler.attendance.builders import at, expected, stay
from tests.scheduler.attendance.test_fold_properties import PERSONS, facts, marks, rosters
from tests.scheduler.records.builders import long_record
from tests.scheduler.votes.conftest import Assembly
from tests.signaling.builders import occurrence
from tests.support.meetings import SHANGHAI

CAME = (Attended.PRESENT, Attended.LATE)


def evidence(**changes: Any) -> Evidence:
    """A meeting from 19:00 to 20:00 that was closed then, with p1, p2 and p3 expected."""
    values: dict[str, Any] = {
        "occurrence": occurrence(
            scheduled_start=at(0), scheduled_end=at(60), opened_at=at(-5), closed_at=at(60)
        ),
        "roster": tuple(expected(person) for person in PERSONS),
        "leave": {},
        "facts": (),
        "marks": (),
        "corrections": {},
    }
    return Evidence(**(values | changes))


def most(**changes: Any) -> int:
    return together(stays_of(evidence(**changes), at(120)), PERSONS)


def correction(state: Attended, minutes: float | None = None) -> tuple[Correction, ...]:
    one = Correction(
        person="p1", state=state, minutes=minutes, author="p6", reason="设备故障", at=at(90)
    )
    return (one,)


def test_those_who_leave_early_were_together_and_those_who_follow_each_other_were_not() -> None:
    assert most(facts=(*stay(0, 20, "p1"), *stay(5, 25, "p2"), *stay(0, 60, "p3"))) == 3
    assert most(facts=(*stay(0, 20, "p1"), *stay(20, 40, "p2"), *stay(40, 60, "p3"))) == 1


def test_a_broken_line_is_not_an_absence() -> None:
    broken = (*stay(0, 10, "p1"), *stay(11, 60, "p1"), *stay(10.25, 10.75, "p2"))
    assert most(facts=broken) == 2


def test_what_happens_after_the_scheduled_end_counts_while_the_meeting_is_open() -> None:
    longer = occurrence(
        scheduled_start=at(0), scheduled_end=at(60), opened_at=at(-5), closed_at=at(80)
    )
    late = (*stay(62, 75, "p1"), *stay(65, 80, "p2"))
    assert most(occurrence=longer, facts=late) == 2
    assert most(facts=late) == 0


def test_a_roll_call_counts_while_its_room_is_connected_and_no_substitute_does() -> None:
    room = tuple(stay(0, 30, None, site="hall", room=True))
    ticks = [
        Mark(site="hall", person="p1", mark=MarkKind.PRESENT, at=at(5)),
        Mark(site="hall", person="p2", mark=MarkKind.PRESENT, at=at(5), substitute="p3"),
    ]
    assert most(facts=room, marks=tuple(ticks)) == 1
    assert most(facts=(*room, *stay(31, 60, "p2")), marks=tuple(ticks)) == 1
    assert most(marks=tuple(ticks)) == 0


def test_who_left_early_by_a_correction_was_there_from_the_beginning() -> None:
    left = {"p1": correction(Attended.LEFT_EARLY, 20)}
    assert most(facts=tuple(stay(19, 60, "p2")), corrections=left) == 2
    assert most(facts=tuple(stay(21, 60, "p2")), corrections=left) == 1
    assert most(facts=tuple(stay(0, 30, "p1")), corrections=left) == 1


spans = st.lists(
    st.lists(st.integers(0, 20), min_size=2, max_size=6, unique=True)
    .map(sorted)
    .map(
        lambda steps: tuple(
            Interval(at(start), at(end))
            for start, end in zip(steps[::2], steps[1::2], strict=False)
        )
    ),
    max_size=6,
)


@given(spans)
def test_it_is_the_largest_number_at_any_moment_and_nobody_who_never_came(
    stays: list[Intervals],
) -> None:
    moments = [at(quarter / 4) for quarter in range(84)]
    here = [
        sum(any(one.start <= moment < one.end for one in intervals) for intervals in stays)
        for moment in moments
    ]
    assert most_together(stays) == max(here)
    assert most_together(stays) <= sum(bool(intervals) for intervals in stays)


@settings(deadline=None)
@given(rosters, facts(), marks(), st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_repetition_of_facts_matters(
    roster: list[RosterPerson], known: list[Fact], ticks: list[Mark], shuffled: random.Random
) -> None:
    def of(facts: list[Fact], marks: list[Mark]) -> int:
        return most(roster=tuple(roster), facts=tuple(facts), marks=tuple(marks))

    again, ticked = [*known, *known[:3]], [*ticks, *ticks[:2]]
    shuffled.shuffle(again)
    shuffled.shuffle(ticked)
    assert of(again, ticked) == of(known, ticks)
    found = stays_of(evidence(facts=tuple(known), marks=tuple(ticks)), at(120))
    assert of(known, ticks) <= sum(bool(found.get(person)) for person in PERSONS)


@settings(deadline=None)
@given(facts(), marks(), st.sampled_from(Attended), st.none() | st.integers(0, 60))
def test_a_correction_moves_it_by_its_person_and_no_more(
    known: list[Fact], ticks: list[Mark], state: Attended, minutes: int | None
) -> None:
    seen: dict[str, Any] = {"facts": tuple(known), "marks": tuple(ticks)}
    said = correction(state, None if minutes is None else float(minutes))
    before, after = most(**seen), most(**seen, corrections={"p1": said})
    others = together(stays_of(evidence(**seen), at(120)), PERSONS[1:])
    if state in CAME:
        assert after == others + 1 >= before
    elif state is not Attended.LEFT_EARLY:
        assert after == others <= before
    assert abs(after - before) <= 1


async def test_a_meeting_whose_people_leave_early_had_its_quorum(held: Assembly) -> None:
    await held.come("p1", "p2", "p3", "p4")
    held.clock.advance(minutes=20)
    await held.go("at-p2", "at-p3", "at-hall")
    held.clock.advance(minutes=41)
    await held.go("at-p1")
    await held.meetings.close(held.id)
    await held.meetings.settle(held.id)

    view = await held.quorums.of(held.id)
    assert (view.present_total, view.present_voting, view.needed, view.reached) == (4, 4, 3, True)
    taken_down = await RecordedVotes(held.votes, held.quorums).quorum(held.id)
    assert taken_down is not None
    assert quorum_line(taken_down) == (
        "应到有表决权 5 人，实到有表决权 1 人，同时到会最多 4 人，须到 3 人，达到规定人数"
    )
    for person in ("p3", "p4"):
        await held.log.correct(held.id, person, "absent", None, "p6", "点名有误")
    assert (await held.quorums.of(held.id)).reached is False


async def test_people_who_never_met_had_no_quorum(held: Assembly) -> None:
    for person in ("p1", "p2", "p3"):
        await held.come(person)
        held.clock.advance(minutes=19)
        await held.go(f"at-{person}")
    held.clock.advance(minutes=4)
    await held.meetings.close(held.id)
    view = await held.quorums.of(held.id)
    assert (view.present_voting, view.reached) == (1, False)


def test_what_was_signed_before_keeps_its_words_and_its_digest() -> None:
    before = long_record()
    assert before.quorum is not None
    assert before.quorum.together is None
    assert "together" not in before.members()["quorum"]
    assert quorum_line(before.quorum) == (
        "应到有表决权 100 人，实到有表决权 68 人，须到 50 人，达到规定人数"
    )
    quorum = before.quorum.model_copy(update={"together": 90})
    since = before.model_copy(update={"quorum": quorum})
    assert since.members()["quorum"]["together"] == 90
    assert since.digest() != before.digest()
    sheets = [attendance_sheet(content, SHANGHAI).preface for content in (before, since)]
    assert sheets[1] == (
        *sheets[0],
        ("有表决权的应到", 100),
        ("同时到会最多", 90),
        ("须到", 50),
    )
