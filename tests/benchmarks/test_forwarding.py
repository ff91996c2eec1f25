"""The benchmark runs, counts what it should, and leaves nothing behind. It is not timed here."""

import json

from benchmarks import forwarding
from benchmarks.forwarding import Result, Window


async def test_a_short_run_measures_both_forwarders_with_the_same_receivers() -> None:
    result = await forwarding.measure(receivers=3, seconds=1.0, rounds=1)
    assert result.receivers == 3
    assert 200 < result.packets_per_second < 400
    assert result.worker_us > 0
    assert result.null_us > 0
    assert result.join_ms > 0


def test_windows_of_a_kind_are_added_up_and_losses_are_told_apart() -> None:
    windows = [
        Window("worker", 2.0, 0.010, 1000, 1000, 0.1),
        Window("null", 2.0, 0.004, 1000, 1000, 0.1),
        Window("worker", 2.0, 0.010, 1000, 1000, 0.1),
        Window("null", 2.0, 0.006, 990, 1010, 0.1),
    ]
    result = forwarding._result(50, windows, 0.002, {"peak_memory": 90_000_000})
    assert (result.worker_us, result.null_us, result.ratio) == (10.0, 5.03, 1.99)
    assert (result.lost_percent, result.null_lost_percent) == (0.0, 1.0)
    assert (result.packets_per_second, result.worker_core_percent) == (500, 0.5)
    assert (result.join_ms, result.worker_peak_mb) == (2.0, 90.0)


def test_the_table_and_the_document_hold_every_result() -> None:
    results = [Result(n, 9.0, 6.0, 1.5, 1, 1.0, 1.0, 0.0, 0.0, 2.0, 90.0) for n in (50, 235)]
    assert [line.split("|")[1].strip() for line in forwarding.table(results).splitlines()] == [
        "receivers",
        "---:",
        "50",
        "235",
    ]
    document = json.loads(json.dumps(forwarding.document(results, 5.0, 2)))
    assert [r["receivers"] for r in document["results"]] == [50, 235]
    assert document["machine"]["cores"] >= 1
