"""Reports to everybody go out in groups: whoever waits for media waits for one group at most."""

from collections import Counter

import pytest

from media.core.outputs import RtcpOut
from media.core.router import REPORTS_AT_ONCE
from tests.media.core.meeting import Meeting


@pytest.mark.parametrize("people", [5, 40, 150])
def test_those_who_came_together_are_not_reported_to_together(people: int) -> None:
    meeting = Meeting()
    meeting.join("speaker")
    meeting.levels["speaker"] = 20
    for number in range(people):
        meeting.join(f"p{number}", video=False)
    meeting.run(1.5)
    meeting.outputs.clear()
    meeting.run(4.0)  # a report a second
    reports = [
        (at, output.transport)
        for at, output in meeting.outputs
        if isinstance(output, RtcpOut) and output.transport.startswith("p")
    ]
    at_once = Counter(at for at, _ in reports)
    assert max(at_once.values()) <= max(REPORTS_AT_ONCE, (people + 1) // 10)
    by_person = Counter(transport for _, transport in reports)
    assert set(by_person.values()) <= {3, 4, 5}
    assert len(by_person) == people
