"""Receivers that tell when packets came instead of estimating: what their lines carry is found out
here, and found out as well."""

import pytest

from media.core import rtcp_build
from media.core.departures import KEPT, REMEMBERED_S, Departures
from media.core.estimator import CUT, FIRST_S, ROOM, ROOM_BPS, Estimator
from media.core.rtcp import TransportFeedback
from tests.media.core.building import receiving
from tests.media.core.lines import Line, ThinMeeting
from tests.media.core.meeting import Meeting

MAIN, VOICE = 2000, 1000


def watching(seed: int, line: Line, *, speakers: int = 5) -> ThinMeeting:
    meeting = ThinMeeting(seed)
    meeting.speakers(speakers)
    meeting.run(2)
    meeting.at_line("v", line, tells=True).asks = True
    return meeting


def late(meeting: ThinMeeting, since: float, delay: float) -> float:
    """Return the share of sound that was later than that."""
    delays = [d for at, ssrc, d in meeting.browsers["v"].delays if ssrc == VOICE and at > since]
    return sum(d > delay for d in delays) / len(delays)


def longest_gap(meeting: ThinMeeting, ssrc: int, since: float) -> float:
    times = [at for at, s, _ in meeting.browsers["v"].delays if s == ssrc and at >= since]
    return max(b - a for a, b in zip([since, *times], [*times, meeting.now], strict=True))


def test_a_line_of_2_mbit_carries_everything_within_five_seconds_and_for_good() -> None:
    line = Line(2_000_000)
    meeting = watching(1, line)
    meeting.run(5)
    assert meeting.layers("v") == [2, 0, 0, 0, 0]
    switched = meeting.switches("v")
    meeting.run(30)
    assert meeting.switches("v") == switched
    assert line.overflowed == 0
    dump = meeting.router._transports["v"].dump()
    assert dump["estimate_by"] == "transport-cc"
    assert dump["budget_bps"] is None


@pytest.mark.parametrize("capacity", [200_000, 500_000])
def test_a_thin_line_settles_without_a_queue(capacity: int) -> None:
    line = Line(capacity, queue_s=0.4)
    meeting = watching(2, line)
    meeting.run(12)
    settled, switched = meeting.now, meeting.switches("v")
    meeting.run(40)
    layers = meeting.layers("v")
    assert layers[0] == (0 if capacity == 200_000 else 1) or layers[:2] == [0, 0]
    assert meeting.switches("v") - switched <= 4
    assert late(meeting, settled, 0.2) < 0.05
    assert longest_gap(meeting, VOICE, settled) < 0.3
    assert longest_gap(meeting, MAIN, settled) < 0.7
    assert line.overflowed == 0
    meeting.check()


@pytest.mark.parametrize(("loss", "burst"), [(0.05, 1.0), (0.1, 5.0)])
def test_a_line_that_loses_at_random_keeps_its_pictures(loss: float, burst: float) -> None:
    line = Line(5_000_000, loss=loss, burst=burst)
    meeting = watching(2, line)
    meeting.run(20)
    switched = meeting.switches("v")
    meeting.run(20)
    assert meeting.layers("v") == [2, 0, 0, 0, 0]
    assert meeting.switches("v") - switched <= 4


def test_a_line_that_becomes_thin_sheds_soon_and_takes_back_what_it_can() -> None:
    line = Line(2_000_000)
    meeting = watching(3, line)
    meeting.browsers["v"].asks = False
    meeting.run(10)
    line.capacity = 300_000
    meeting.run(2.5)
    assert meeting.layers("v") == [0, None, None, None, None]
    meeting.run(1.5)
    assert meeting.worst_delay("v", meeting.now - 0.5, VOICE) < 0.2
    meeting.run(16)
    line.capacity = 2_000_000
    meeting.run(60)
    assert meeting.layers("v") == [2, 0, 0, 0, 0]
    meeting.check()


def test_a_long_and_unsteady_line_is_no_full_one() -> None:
    meeting = watching(1, Line(3_000_000, delay=0.15, jitter=0.02))
    meeting.run(20)
    assert meeting.layers("v") == [2, 0, 0, 0, 0]


def test_who_agreed_to_tell_and_does_not_is_judged_by_loss() -> None:
    meeting = watching(1, Line(500_000, queue_s=0.2))
    browser = meeting.browsers["v"]
    browser.arrivals, browser.asks = None, False
    meeting.run(15)
    settled = meeting.now
    meeting.run(15)
    transport = meeting.router._transports["v"]
    assert transport.allowance.estimate is None
    assert not transport.allowance.estimating
    assert transport.pictures_bps < 600_000
    assert longest_gap(meeting, VOICE, settled) < 1.0


def test_who_did_not_agree_to_tell_is_not_listened_to() -> None:
    meeting = Meeting()
    meeting.join("a", slots=receiving())
    told = watching(1, Line(5_000_000)).browsers["v"].arrivals
    assert told is not None
    told.came(1, MAIN, 5.0)
    (packet,) = told.compile(9, 5.0)
    meeting.router.inbound_rtcp("a", rtcp_build.receiver_report(9) + packet, meeting.now)
    assert meeting.router._transports["a"].drops == {"transport_feedback_not_agreed": 1}


# -- one line, packet by packet -------------------------------------------------------------------


class Told:
    """Packets of 1,000 bytes, each told of by itself: it came `delay` after it left."""

    def __init__(self, clock: float = 0.0) -> None:
        self.departures, self.estimator = Departures(), Estimator()
        self.now, self.clock = 100.0, clock
        self.estimates: list[tuple[float, float]] = []

    def run(self, seconds: float, bps: float, delay: float, grows: float = 0.0) -> None:
        """Let `delay` grow by so much a second."""
        end, began = self.now + seconds, self.now
        while self.now < end:
            number = self.departures.take(1000, self.now)
            came = self.now + delay + grows * (self.now - began) + self.clock
            ticks = round(came * 4000)
            reference = ticks // 256
            packet = TransportFeedback(
                number, 1, reference & 0xFFFFFF, ((number, ticks - 256 * reference),)
            )
            bps_now = self.estimator.take(packet, self.departures, self.now)
            if bps_now is not None:
                self.estimates.append((self.now, bps_now))
            self.now += 8000 / bps


def test_there_is_no_estimate_until_the_delay_grows() -> None:
    line = Told()
    line.run(2, 800_000, 0.05)
    assert line.estimates == []
    line.run(1, 800_000, 0.05, grows=0.2)
    assert line.estimates[0][1] == pytest.approx(CUT * 800_000 / 1.2, rel=0.1)


def test_where_delay_never_grows_the_estimate_comes_late_and_ends_above_what_is_sent() -> None:
    line = Told(clock=-99.0)
    line.run(33, 800_000, 0.05)
    assert line.estimates[0][0] == pytest.approx(100 + FIRST_S, abs=0.3)
    bps = [estimate for _, estimate in line.estimates]
    assert bps == sorted(bps)
    assert bps[-1] == pytest.approx(ROOM * 800_000 + ROOM_BPS, rel=0.05)
    assert len(bps) <= 27, "what rises is told once a second"


def test_the_clock_of_the_receiver_may_wrap_and_jump() -> None:
    wrap = 0.064 * 2**24
    line = Told(clock=wrap - 103.0)
    line.run(12, 800_000, 0.05)
    line.clock += 3_600.0
    line.run(12, 800_000, 0.05)
    line.clock -= 7_200.0
    line.run(12, 800_000, 0.05)
    bps = [estimate for _, estimate in line.estimates]
    assert bps == sorted(bps), "no delay grew"
    assert len(bps) > 10


def test_packets_are_known_once_and_for_a_time() -> None:
    departures = Departures()
    first = departures.take(700, 5.0)
    assert departures.came(first, 5.1) == (5.0, 700)
    assert departures.came(first, 5.1) is None
    assert departures.came(first + 1, 5.1) is None, "it was not sent yet"
    second = departures.take(700, 5.0)
    assert departures.came(second, 5.0 + REMEMBERED_S + 0.1) is None
    third = departures.take(700, 5.0)
    for _ in range(KEPT):
        departures.take(800, 5.0)
    assert departures.came(third, 5.0) is None
