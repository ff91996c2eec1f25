"""What is asked of senders, in virtual time: missing packets and key frames."""

import itertools
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from media.core.keyframes import THROTTLE_S, KeyframeRequests
from media.core.nack import MAX_MISSING, MAX_TRIES, REORDER_S, MissingPackets

TRIP = 0.1


def test_a_gap_is_asked_for_after_a_moment() -> None:
    missing = MissingPackets()
    assert missing.skipped(10, 13, 1.0)
    assert missing.due(1.0, TRIP) == ([], 0)
    assert missing.deadline == 1.0 + REORDER_S
    assert missing.due(missing.deadline, TRIP) == ([10, 11, 12], 0)


def test_packets_that_only_overtook_each_other_are_not_asked_for() -> None:
    missing = MissingPackets()
    missing.skipped(10, 11, 1.0)
    assert missing.arrived(10)
    assert missing.deadline == inf
    assert missing.due(2.0, TRIP) == ([], 0)


def test_a_question_is_repeated_after_a_round_trip_and_not_before() -> None:
    missing = MissingPackets()
    missing.skipped(10, 11, 1.0)
    missing.due(1.01, TRIP)
    assert missing.due(1.05, TRIP) == ([], 0)
    assert missing.deadline > 1.01 + TRIP
    assert missing.due(missing.deadline, TRIP) == ([10], 0)


def test_what_does_not_come_is_given_up_once() -> None:
    missing = MissingPackets()
    missing.skipped(10, 11, 1.0)
    asked = given_up = 0
    now = 1.0
    while missing.deadline < inf:
        now = missing.deadline
        ask, lost = missing.due(now, 0.0)
        asked, given_up = asked + len(ask), given_up + lost
    assert (asked, given_up) == (MAX_TRIES, 1)
    assert now < 2.5


def test_after_a_line_was_away_nothing_is_asked_for() -> None:
    missing = MissingPackets()
    missing.skipped(0, 100, 1.0)
    assert not missing.skipped(200, 200 + MAX_MISSING, 1.1)
    assert len(missing) == 0
    assert missing.deadline == inf


@given(
    st.lists(st.tuples(st.integers(1, 300), st.floats(0, 0.2), st.booleans()), max_size=80),
)
def test_gaps_stay_bounded_and_in_order(steps: list[tuple[int, float, bool]]) -> None:
    missing = MissingPackets()
    highest, now = 1000, 0.0
    for jump, passed, one_arrives in steps:
        now += passed
        missing.skipped(highest + 1, highest + jump, now)
        highest += jump
        if one_arrives:
            missing.arrived(highest - 1)
        ask, _ = missing.due(now, TRIP)
        assert ask == sorted(ask)
        assert len(missing) <= MAX_MISSING
        assert (missing.deadline == inf) == (len(missing) == 0)


def test_many_wishes_for_a_key_frame_are_one_request() -> None:
    requests = KeyframeRequests()
    for moment in range(20):
        requests.want(1.0 + moment / 1000)
    assert requests.due(1.02)
    assert not requests.due(1.03)
    assert requests.sent == 1


def test_a_sender_is_not_asked_again_too_soon() -> None:
    requests = KeyframeRequests()
    requests.want(1.0)
    requests.due(1.0)
    requests.settled()
    requests.want(1.1)
    assert not requests.due(1.2)
    assert requests.deadline == 1.0 + THROTTLE_S
    assert requests.due(requests.deadline)


def test_on_a_long_line_an_answer_is_waited_for() -> None:
    requests = KeyframeRequests()
    requests.want(1.0)
    requests.due(1.0, round_trip=0.6)
    assert requests.deadline == 1.9


def test_a_request_is_repeated_with_growing_waits_until_the_key_frame_comes() -> None:
    requests = KeyframeRequests()
    requests.want(0.0)
    times = []
    while requests.deadline < 8:
        times.append(requests.deadline)
        assert requests.due(requests.deadline)
    waits = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert waits == sorted(waits)
    assert max(waits) <= 2.0
    assert sum(time <= 2.0 for time in times) >= 4
    requests.settled()
    assert requests.deadline == inf
