"""Two workers beside one: all layouts carry the same, and the steps are compared rightly."""

import json

import pytest

from benchmarks import workers
from benchmarks.workers import EACH, ONE, SPANNING, Layout, Step


@pytest.mark.measured
@pytest.mark.parametrize("layout", [EACH, SPANNING])
async def test_receivers_are_served_by_two_workers(layout: Layout) -> None:
    receivers, packets = 4, 2
    step = await workers.measure(layout, receivers, 1.0, packets)
    expected = receivers * (workers.FPS * packets + 50)
    assert step.layout == layout.name
    assert 0.7 * expected < step.packets_per_second < 1.3 * expected
    assert step.us > 0


def test_layouts_are_compared_in_what_both_carried() -> None:
    steps = [
        Step(ONE.name, 4, 4.0, 30_000, 12.0, 10.0, 0.0),
        Step(EACH.name, 4, 5.0, 30_000, 7.0, 10.0, 0.0),
        Step(ONE.name, 24, 3.0, 160_000, 48.0, 40.0, 0.1),
        Step(EACH.name, 24, 3.3, 160_000, 26.0, 40.0, 0.0),
        Step(ONE.name, 48, 3.0, 250_000, 99.0, 80.0, 12.0),
        Step(EACH.name, 48, 3.0, 300_000, 45.0, 90.0, 0.0),
    ]
    assert workers.gains(steps, EACH) == {"cost_of_a_packet": 1.1, "most_packets": 1.88}
    assert workers.gains(steps, SPANNING) == {}
    assert len(workers.table(steps).splitlines()) == 2 + len(steps)
    document = json.loads(json.dumps(workers.document(steps, 4.0)))
    assert document["against_one_worker"][EACH.name]["most_packets"] == 1.88
