"""Offers are counted by key, in virtual time."""

from contextlib import suppress

import pytest

from scheduler.errors import Refused
from signaling.streams.pace import BURST, RATE, Pace


def test_a_key_has_a_burst_and_then_its_rate() -> None:
    pace, taken = Pace(), 0
    for step in range(1_000):  # ten a second for 100 s
        with suppress(Refused):
            pace.take("tv", 50 + step / 10)
            taken += 1
    assert abs(taken - (BURST + 100 * RATE)) <= 1


def test_one_key_takes_nothing_from_another() -> None:
    pace = Pace()
    for _ in range(BURST):
        pace.take("tv", 0.0)
    with pytest.raises(Refused, match="stream_too_often"):
        pace.take("tv", 0.0)
    pace.take("encoder", 0.0)


def test_of_many_keys_one_that_asks_on_is_not_forgotten() -> None:
    pace, refused = Pace(), 0
    for number in range(3_000):
        pace.take(f"key {number}", 0.0)
        try:
            pace.take("busy", 0.0)
        except Refused:
            refused += 1
    assert refused == 3_000 - BURST
