"""The roll call of a room: many sit behind one camera, and the operator ticks them."""

from scheduler.attendance.model import Attended
from tests.scheduler.attendance.builders import (
    at,
    expected,
    folded,
    live_at,
    minutes,
    of,
    stay,
    tick,
)


def test_a_room_without_a_roll_call_is_connected_but_not_counted() -> None:
    result = folded(stay(0, 60, None, site="hall", room=True))
    assert result.uncounted_rooms == ("hall",)
    assert of(result).state is Attended.ABSENT


def test_a_phone_is_no_room() -> None:
    assert folded(stay(0, 60, None, site="v1")).uncounted_rooms == ()


def test_who_is_ticked_present_counts_from_the_start_of_the_room() -> None:
    facts = stay(-2, 60, None, site="hall", room=True)
    result = folded(facts, [tick("p1", "present", 30)])
    assert (of(result).state, minutes(of(result))) == (Attended.PRESENT, 60)
    assert result.uncounted_rooms == ()


def test_who_is_ticked_late_counts_from_the_tick() -> None:
    one = of(folded(stay(0, 60, None, site="hall"), [tick("p1", "late", 20)]))
    assert (one.state, minutes(one), one.first) == (Attended.LATE, 40, at(20))


def test_late_is_late_even_soon_after_the_start() -> None:
    one = of(folded(stay(0, 60, None, site="hall"), [tick("p1", "late", 2)]))
    assert (one.state, minutes(one)) == (Attended.LATE, 58)


def test_a_ticked_person_has_only_the_minutes_the_room_was_connected() -> None:
    facts = stay(0, 10, None, site="hall") + stay(20, 30, None, site="hall")
    one = of(folded(facts, [tick("p1", "present", 5)]))
    assert (one.state, minutes(one)) == (Attended.LEFT_EARLY, 20)


def test_a_tick_at_a_site_that_was_never_connected_counts_nothing() -> None:
    one = of(folded(stay(0, 60, None, site="v2"), [tick("p1", "present", 5)]))
    assert one.state is Attended.ABSENT


def test_the_last_tick_holds() -> None:
    facts = stay(0, 60, None, site="hall")
    marks = [tick("p1", "present", 5), tick("p1", "absent", 6)]
    assert of(folded(facts, marks)).state is Attended.ABSENT
    assert of(folded(facts, marks[::-1])).state is Attended.ABSENT


def test_a_leave_ticked_is_a_leave() -> None:
    one = of(folded(stay(0, 60, None, site="hall"), [tick("p1", "leave", 5)]))
    assert (one.state, one.leave) == (Attended.LEAVE, True)


def test_absent_in_the_room_but_there_by_the_own_phone_is_present() -> None:
    facts = stay(0, 60, None, site="hall") + stay(0, 60, "p1")
    assert of(folded(facts, [tick("p1", "absent", 5)])).state is Attended.PRESENT


def test_room_and_phone_of_a_person_are_joined() -> None:
    facts = stay(0, 30, None, site="hall") + stay(25, 60, "p1")
    one = of(folded(facts, [tick("p1", "present", 5)]))
    assert (minutes(one), len(one.intervals)) == (60, 1)


def test_a_substitute_counts_as_guest_and_the_person_stays_absent() -> None:
    facts = stay(0, 60, None, site="hall")
    result = folded(facts, [tick("p1", "present", 5, substitute="p9")])
    away, came = of(result), of(result, "p9")
    assert (away.state, away.substitute) == (Attended.ABSENT, "p9")
    assert (came.state, minutes(came), came.substitute_for) == (Attended.NON_VOTING, 60, "p1")


def test_a_substitute_of_somebody_on_leave_counts_too() -> None:
    facts = stay(0, 60, None, site="hall")
    result = folded(facts, [tick("p1", "leave", 5, substitute="p9")])
    assert of(result).state is Attended.LEAVE
    assert minutes(of(result, "p9")) == 60


def test_a_substitute_who_is_expected_too_counts_as_such() -> None:
    facts = stay(0, 60, None, site="hall")
    roster = [expected("p1"), expected("p2")]
    result = folded(facts, [tick("p1", "absent", 5, substitute="p2")], roster)
    assert of(result, "p2").state is Attended.PRESENT


def test_live_a_ticked_person_is_here_while_the_room_is() -> None:
    facts = stay(0, None, None, site="hall", room=True)
    assert of(folded(facts, [tick("p1", "present", 5)], frame=live_at(20))).present_now
    gone = stay(0, 10, None, site="hall", room=True)
    assert not of(folded(gone, [tick("p1", "present", 5)], frame=live_at(20))).present_now
