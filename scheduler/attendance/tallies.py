"""The sums of one occurrence, for the figures of a branch over a year. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from scheduler.attendance.counts import CAME
from scheduler.attendance.model import Attended
from scheduler.meetings.model import Standing
from scheduler.store.result_rows import Result

TOOK_PART: Final = CAME | {Attended.LEFT_EARLY, Attended.NON_VOTING}
"""What counts as one of the 人次: whoever was there, also for too short a time to be present."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """Numbers of persons. `counted` are the expected ones that are not exempt, `came` those of
    them who were present; `took_place` is false for a meeting without a minute of its schedule."""

    took_place: bool
    expected: int = 0
    counted: int = 0
    came: int = 0
    late: int = 0
    left_early: int = 0
    on_leave: int = 0
    absent: int = 0
    took_part: int = 0


def tally_of(results: Collection[Result], *, took_place: bool) -> Tally:
    """Add up the results of one occurrence, one for each person."""
    expected = [one for one in results if one.standing is Standing.EXPECTED]
    counted = [one for one in expected if not one.exempt]

    def number(state: Attended) -> int:
        return sum(one.state is state for one in expected)

    return Tally(
        took_place=took_place,
        expected=len(expected),
        counted=len(counted),
        came=sum(one.state in CAME for one in counted),
        late=number(Attended.LATE),
        left_early=number(Attended.LEFT_EARLY),
        on_leave=number(Attended.LEAVE),
        absent=number(Attended.ABSENT),
        took_part=sum(one.state in TOOK_PART for one in results),
    )
