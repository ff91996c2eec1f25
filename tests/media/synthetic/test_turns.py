"""Turn-taking in virtual time."""

import itertools
import random

from media.synthetic.turns import LONGEST, SHORTEST, Turns

VILLAGES = ["大峪", "温泉", "杨楼"]


def spoken(turns: Turns, present: list[str], until: float) -> list[tuple[float, str | None]]:
    changes: list[tuple[float, str | None]] = []
    now = 0.0
    while now < until:
        who = turns.advance(present, now)
        if not changes or changes[-1][1] != who:
            changes.append((now, who))
        now = turns.deadline()
    return changes


def test_turns_last_eight_to_fifteen_seconds_with_pauses_and_nobody_twice_running() -> None:
    changes = spoken(Turns(random.Random(1), 0.0), VILLAGES, 600)
    speakers = [who for _, who in changes if who]
    assert set(speakers) == set(VILLAGES)
    assert all(a != b for a, b in itertools.pairwise(speakers))
    for (start, who), (end, _) in itertools.pairwise(changes):
        if who:
            assert SHORTEST <= end - start <= LONGEST
        else:
            assert end - start <= 1.2


def test_one_alone_speaks_again_and_again() -> None:
    assert [w for _, w in spoken(Turns(random.Random(1), 0.0), ["大峪"], 60) if w][:2] == [
        "大峪",
        "大峪",
    ]


def test_who_leaves_in_the_middle_of_a_sentence_loses_the_turn_at_once() -> None:
    turns = Turns(random.Random(1), 0.0)
    first = turns.advance(VILLAGES, 0.0)
    rest = [v for v in VILLAGES if v != first]
    assert turns.advance(rest, 1.0) is None
    assert turns.advance(rest, turns.deadline()) in rest


def test_nobody_there_is_silence() -> None:
    turns = Turns(random.Random(1), 0.0)
    assert turns.advance([], 0.0) is None
    assert turns.advance(VILLAGES, turns.deadline()) in VILLAGES
