"""The join storm goes through the whole product and counts what it should. It is not timed here."""

import pytest

from benchmarks import join_storm
from benchmarks.join_storm import Storm

STORM = Storm(
    devices=235, within_s=1.0, saw=235, first_picture_p50_s=1.0, first_picture_p99_s=2.0,
    signaling_ms=3.0, worker_ms=5.0, forwarding_ms=1.5, load_core_percent=20.0,
    signaling_mb=150.0, worker_mb=110.0,
)  # fmt: skip


@pytest.mark.measured
async def test_a_small_storm_brings_everybody_a_picture() -> None:
    storm = await join_storm.measure(3, 0.1)
    assert storm.saw == 3
    assert 0 < storm.first_picture_p50_s <= storm.first_picture_p99_s < join_storm.GIVE_UP_S
    assert storm.signaling_ms > 0
    assert storm.worker_ms > 0


def test_what_forwarding_costs_beside_is_not_the_joins() -> None:
    assert STORM.join_ms == 6.5


def test_the_table_has_a_figure_under_each_head() -> None:
    heads, _, row = join_storm.table(STORM).splitlines()
    assert heads.count("|") == row.count("|")
