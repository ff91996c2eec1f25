"""Copies that try a line do not look like what they are not."""

from dataclasses import replace
from itertools import pairwise

import pytest

from media.core.copies import APART_S
from tests.media.core.building import receiving
from tests.media.core.clusters import ALIKE_S, Clusters
from tests.media.core.lines import ThinMeeting
from tests.media.core.meeting import Sent

CLOCKS_S = 0.002
"""So much may be between when a packet is due and when it goes."""


class FineMeeting(ThinMeeting):
    """Time goes on by a millisecond; a camera's pictures come as unevenly as real ones do."""

    def __init__(self, seed: int, fps: float) -> None:
        super().__init__(seed)
        self.departures: list[tuple[float, int]] = []
        self._fps = fps
        self._next_picture = self.now

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            if self.now >= self._next_picture:
                self._next_picture += self.random.uniform(0.7, 1.3) / self._fps
                for tid, layers in self.cameras.items():
                    self._shoot(tid, layers)
            self.now = round(self.now + 0.001, 6)
            self._deliver()

    def _down(self, tid: str, sent: Sent) -> None:
        if tid == "v":
            self.departures.append((self.now, sent.octets - 28))
        super()._down(tid, sent)


def test_two_distances_in_turn_and_their_sums_are_told_apart() -> None:
    for count in (1, 2):
        sums = [sum((APART_S * 3)[n : n + count]) for n in range(4)]
        for here, there in pairwise(sums):
            assert abs(here - there) > ALIKE_S + 2 * CLOCKS_S


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("fps", [15, 25])
def test_copies_that_try_a_new_line_are_no_cluster(seed: int, fps: float) -> None:
    """On a line without limit the first estimate is as late as Chromium's first one by time."""
    meeting = FineMeeting(seed, fps)
    meeting.speakers(1)
    meeting.run(2)
    meeting.join("v", video=False, slots=[replace(s, abs_send_time=3) for s in receiving()])
    meeting.run(4.5)
    clusters = Clusters()
    taken = [clusters.take(at, at, octets, None) for at, octets in meeting.departures]
    assert len(taken) > 200
    assert [estimate for estimate in taken if estimate is not None] == []
