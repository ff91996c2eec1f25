"""Two workers beside one: both carry a room each, and the steps are compared rightly."""

import json

from benchmarks import workers
from benchmarks.workers import Step


async def test_two_rooms_run_on_two_workers() -> None:
    step = await workers.measure(2, 2, 1.0, 2)
    expected = workers.ROOMS * 2 * (workers.FPS * 2 + 50)
    assert step.workers == 2
    assert 0.7 * expected < step.packets_per_second < 1.3 * expected
    assert step.us > 0


def test_workers_are_compared_in_what_both_carried() -> None:
    steps = [
        Step(1, 100, 4, 4.0, 30_000, 12.0, 10.0, 0.0),
        Step(2, 100, 4, 5.0, 30_000, 7.0, 10.0, 0.0),
        Step(1, 100, 24, 3.0, 160_000, 48.0, 40.0, 0.1),
        Step(2, 100, 24, 3.3, 160_000, 26.0, 40.0, 0.0),
        Step(1, 100, 48, 3.0, 250_000, 99.0, 80.0, 12.0),
        Step(2, 100, 48, 3.0, 300_000, 45.0, 90.0, 0.0),
    ]
    assert workers.gains(steps) == {"cost_of_a_packet": 1.1, "most_packets": 1.88}
    assert workers.gains(steps[4:]) == {}
    assert len(workers.table(steps).splitlines()) == 2 + len(steps)
    document = json.loads(json.dumps(workers.document(steps, 4.0)))
    assert document["two_against_one"]["most_packets"] == 1.88
