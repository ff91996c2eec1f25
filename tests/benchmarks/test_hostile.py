"""Bent datagrams and floods, a few of them; `make fuzz` and `make flood` send many."""

import random
from collections import Counter

import pytest

from benchmarks.hostile import flood, fuzz
from benchmarks.hostile.fuzz import Lived, Parsed
from benchmarks.hostile.material import Bender
from benchmarks.hostile.parsers import SHARES, benders, parsers

WELL = Lived(
    datagrams=100, taken=100, faults=0, deaths=0, drops={}, grown_mb=0.1,
    frames=90, frames_expected=100, lost=0, seconds=1.0,
)  # fmt: skip


def test_no_parser_raises_what_it_does_not_document() -> None:
    parsed = fuzz.parse(6_000, seed=7)
    assert parsed.faults == {}
    assert parsed.datagrams >= 5_900


@pytest.mark.measured
async def test_a_meeting_goes_on_among_bent_datagrams() -> None:
    lived = await fuzz.live(3_000, seed=7)
    assert (lived.faults, lived.deaths) == (0, 0)
    assert lived.taken >= 0.9 * lived.datagrams
    assert lived.frames > 0
    assert {"unknown_address", "stun_malformed", "stun_unknown_name"} <= set(lived.drops)


@pytest.mark.measured
async def test_floods_of_strangers_take_no_packet_from_who_listens() -> None:
    windows = await flood.measure(0.5, 2_000.0, ["stun by name"])
    assert [window.flood for window in windows] == ["none", "stun by name", "none"]
    assert all(window.sent > 0 for window in windows)
    assert [window.lost for window in windows] == [0, 0, 0]
    assert windows[1].flood_per_s > 0


def test_the_same_seed_bends_the_same_way() -> None:
    good = [b"abcdefgh" * 20, b"0123"]
    first, second = (Bender(good, random.Random(5)) for _ in range(2))
    assert [first.next() for _ in range(200)] == [second.next() for _ in range(200)]


def test_every_parser_gets_its_share() -> None:
    assert set(parsers(random.Random(1))) == set(SHARES)
    assert sum(SHARES.values()) == pytest.approx(1)
    assert {kind for kind, _ in parsers(random.Random(1)).values()} <= set(benders(1))


def test_whatever_went_wrong_is_said() -> None:
    assert fuzz.faults(Parsed(), WELL) == []
    raised = Parsed(faults=Counter({"stun: KeyError": 2}), kept_kb=1_000.0)
    assert len(fuzz.faults(raised, WELL)) == 2
    bad = Lived(
        datagrams=100, taken=100, faults=1, deaths=1, drops={}, grown_mb=50.0,
        frames=5, frames_expected=100, lost=0, seconds=1.0,
    )  # fmt: skip
    assert len(fuzz.faults(Parsed(), bad)) == 3
    assert fuzz.table(Parsed(), WELL).count("\n") == 10
