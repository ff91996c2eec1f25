"""The benchmark runs, counts what it should, and leaves nothing behind. It is not timed here."""

import json
from dataclasses import replace

import pytest

from benchmarks import forwarding
from benchmarks.forwarding import Result, Window
from benchmarks.scenes import FRAMES, SINGLE, Profile
from benchmarks.server import WorkerServer

RESULT = Result(
    "liancun", "single", 50, 9.0, 6.0, 1.5, 1, 1.0, 1.0, 0.0, 0.0, 2.0, 90.0, 1.0, 2.0, 0.5, 1.0
)  # fmt: skip


@pytest.mark.measured
@pytest.mark.parametrize(("profile", "packets"), [(SINGLE, 3 * 110), (FRAMES, 3 * 170)])
async def test_a_short_run_measures_both_forwarders_with_the_same_receivers(
    profile: Profile, packets: int
) -> None:
    result = await forwarding.measure("liancun", WorkerServer(), profile, 3, 1.0, 1)
    assert (result.server, result.profile, result.receivers) == ("liancun", profile.name, 3)
    assert 0.6 * packets < result.packets_per_second < 1.3 * packets
    assert result.server_us > 0
    assert result.null_us > 0
    assert result.join_ms > 0
    assert 0 < result.delay_p50_ms <= result.delay_p99_ms
    assert 0 < result.null_delay_p50_ms <= result.null_delay_p99_ms


@pytest.mark.measured
async def test_in_a_lecture_the_null_forwarder_forwards_just_as_many_packets() -> None:
    people, layers = 7, 4 + 1  # a frame of the highest layer has four packets, of the lowest one
    result = await forwarding.measure("liancun", WorkerServer(), None, people, 1.5, 1)
    voices, others = 3 * 50, people - 1
    expected = others * (30 * (layers + 3) + voices)
    assert (result.profile, result.receivers) == ("lecture", people)
    assert 0.8 * expected < result.packets_per_second < 1.2 * expected
    assert result.lost_percent < 2
    assert result.null_lost_percent < 2


def test_windows_of_a_kind_are_added_up_and_losses_are_told_apart() -> None:
    windows = [
        Window("server", 2.0, 0.010, 1000, 1000, 0.1, [1000, 2000, 3000]),
        Window("null", 2.0, 0.004, 1000, 1000, 0.1),
        Window("server", 2.0, 0.010, 1000, 1000, 0.1, [4000, 5000]),
        Window("null", 2.0, 0.006, 990, 1010, 0.1),
    ]
    result = forwarding.result("liancun", "single", 50, windows, 0.002, 90_000_000)
    assert (result.server_us, result.null_us, result.ratio) == (10.0, 5.03, 1.99)
    assert (result.lost_percent, result.null_lost_percent) == (0.0, 1.0)
    assert (result.packets_per_second, result.server_core_percent) == (500, 0.5)
    assert (result.join_ms, result.peak_mb) == (2.0, 90.0)
    assert (result.delay_p50_ms, result.delay_p99_ms) == (3.0, 5.0)


def test_the_table_and_the_document_hold_every_result() -> None:
    results = [replace(RESULT, receivers=n) for n in (50, 235)]
    assert [line.split("|")[3].strip() for line in forwarding.table(results).splitlines()] == [
        "receivers",
        "---:",
        "50",
        "235",
    ]
    document = json.loads(json.dumps(forwarding.document(results, 5.0, 2)))
    assert [r["receivers"] for r in document["results"]] == [50, 235]
    assert document["machine"]["cores"] >= 1


def test_servers_are_compared_where_both_did_the_same() -> None:
    results = [
        RESULT,
        replace(RESULT, receivers=235, server_us=8.0),
        replace(RESULT, server="janus", receivers=235, server_us=50.0),
        replace(RESULT, server="janus", receivers=235, profile="frames"),
    ]
    assert forwarding.times_as_much(results) == {"janus": {"single": 6.25}}
