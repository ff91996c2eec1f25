"""Attendance as the domain has it (section 3): a device is not a person."""

from datetime import timedelta
from typing import Any

import pytest

from scheduler.attendance.model import Attended, Fact, FactKind
from scheduler.meetings.model import Standing
from tests.scheduler.attendance.builders import (
    at,
    expected,
    folded,
    hour,
    live_at,
    minutes,
    of,
    signed_in,
    stay,
)


def state_of(facts: list[Fact], **changes: Any) -> Attended:
    return of(folded(facts, roster=[expected(**changes)])).state


def test_a_person_who_stays_to_the_end_is_present() -> None:
    one = of(folded(stay(-3, 61)))
    assert (one.state, minutes(one)) == (Attended.PRESENT, 60)
    assert (one.first, one.last) == (at(-3), at(60))


def test_the_line_between_present_and_left_early_is_eighty_percent() -> None:
    assert state_of(stay(0, 48)) is Attended.PRESENT
    assert state_of(stay(0, 47.9)) is Attended.LEFT_EARLY


def test_the_line_between_present_and_late_is_five_minutes() -> None:
    assert state_of(stay(5, 60)) is Attended.PRESENT
    assert state_of(stay(5.1, 60)) is Attended.LATE


def test_very_late_but_there_to_the_end_is_late() -> None:
    assert state_of(stay(30, 58)) is Attended.LATE
    assert state_of(stay(30, 57.9)) is Attended.LEFT_EARLY


def test_nobody_seen_is_absent() -> None:
    one = of(folded([]))
    assert (one.state, minutes(one), one.first) == (Attended.ABSENT, 0, None)


def test_a_leave_is_for_those_who_do_not_come() -> None:
    assert state_of([], leave=True) is Attended.LEAVE
    assert state_of(stay(0, 60), leave=True) is Attended.PRESENT


def test_who_is_exempt_and_does_not_come_is_exempt() -> None:
    assert state_of([], exempt=True) is Attended.EXEMPT
    assert state_of(stay(0, 60), exempt=True) is Attended.PRESENT


def test_a_gap_within_the_grace_joins_two_intervals() -> None:
    one = of(folded(stay(0, 20) + stay(21.9, 60)))
    assert len(one.intervals) == 1
    assert minutes(one) == 60


def test_a_gap_as_long_as_the_grace_does_not() -> None:
    one = of(folded(stay(0, 20) + stay(22, 60)))
    assert len(one.intervals) == 2
    assert minutes(one) == 58


def test_a_broken_line_over_the_start_is_no_late_arrival() -> None:
    one = of(folded(stay(-2, -0.5) + stay(1, 60)))
    assert (one.state, minutes(one)) == (Attended.PRESENT, 60)


def test_several_devices_count_a_person_once() -> None:
    one = of(folded(stay(0, 40) + stay(20, 60) + stay(10, 30)))
    assert minutes(one) == 60
    assert len(one.intervals) == 1


def test_two_persons_at_one_phone_count_each_from_signing_in() -> None:
    facts = signed_in(stay(0, 60, None), "p1", 2)
    facts += signed_in(facts, "p2", 10)[-1:]
    result = folded(facts, roster=[expected("p1"), expected("p2"), expected("p3")])
    assert [minutes(of(result, person)) for person in ("p1", "p2", "p3")] == [58, 50, 0]


def test_a_stay_without_an_end_lasts_to_the_end_of_the_meeting() -> None:
    assert minutes(of(folded(stay(10, None)))) == 50


def test_a_stay_on_a_server_that_died_lasts_until_it_was_last_alive() -> None:
    [joined] = stay(0, None)
    lost = Fact(
        kind=joined.kind,
        presence=joined.presence,
        at=joined.at,
        person=joined.person,
        known_until=at(25),
    )
    assert minutes(of(folded([lost]))) == 25


def test_an_end_without_a_beginning_says_nothing() -> None:
    alone = Fact(kind=FactKind.LEFT, presence="x", at=at(10))
    assert of(folded([alone])).state is Attended.ABSENT


def test_an_end_before_the_beginning_gives_no_minutes() -> None:
    assert minutes(of(folded(stay(20, 10)))) == 0


def test_a_non_voting_attendee_is_no_expected_one() -> None:
    guest = expected("p5", standing=Standing.NON_VOTING)
    result = folded(stay(0, 60, "p5"), roster=[guest])
    assert of(result, "p5").state is Attended.NON_VOTING
    assert of(folded([], roster=[guest]), "p5").state is Attended.ABSENT


def test_who_comes_without_being_on_the_roster_is_written_down_too() -> None:
    one = of(folded(stay(0, 30, "p9")), "p9")
    assert (one.standing, one.state, minutes(one)) == (None, Attended.NON_VOTING, 30)


def test_minutes_before_the_start_and_after_the_end_do_not_count() -> None:
    assert minutes(of(folded(stay(-5, 90), frame=hour(until=at(90))))) == 60
    assert of(folded(stay(-5, -3))).state is Attended.ABSENT
    assert of(folded(stay(-5, -3))).first == at(-5)


def test_a_meeting_ended_early_is_measured_by_its_real_length() -> None:
    one = of(folded(stay(0, 24), frame=hour(end=at(30), until=at(30))))
    assert one.state is Attended.PRESENT
    assert minutes(one) == 24


def test_a_meeting_that_was_never_held_has_no_minutes() -> None:
    result = folded(stay(-20, -10), frame=hour(end=at(-10), until=at(-10)))
    assert minutes(of(result)) == 0


def test_live_who_is_here_is_never_called_gone() -> None:
    frame = live_at(30)
    assert of(folded(stay(0, None), frame=frame)).state is Attended.PRESENT
    assert of(folded(stay(20, None), frame=frame)).state is Attended.LATE
    back = of(folded(stay(0, 5) + stay(25, None), frame=frame))
    assert (back.state, back.present_now) == (Attended.PRESENT, True)
    gone = of(folded(stay(0, 10), frame=frame))
    assert (gone.state, gone.present_now) == (Attended.LEFT_EARLY, False)


def test_live_before_the_start_who_is_here_is_present() -> None:
    one = of(folded(stay(-4, None), frame=live_at(-1)))
    assert (one.state, one.present_now, minutes(one)) == (Attended.PRESENT, True, 0)


@pytest.mark.parametrize("late_after", [0, 10])
def test_the_thresholds_are_those_of_the_meeting(late_after: int) -> None:
    frame = hour(late_after=timedelta(minutes=late_after), present_percent=50)
    one = of(folded(stay(7, 40), frame=frame))
    assert one.state is (Attended.PRESENT if late_after else Attended.LATE)
