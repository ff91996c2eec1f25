"""What the soak calls growth."""

from benchmarks.soak import Look, grown

QUIET: Look = {
    "came": 40, "pipe_ends_in_between": 2, "signaling_mb": 120.0, "worker0_mb": 90.0,
    "worker1_mb": 90.0, "signaling_files": 20, "worker0_files": 9, "worker1_files": 9, "tasks": 12,
    "sessions": 0, "peers": 0, "transports": 0, "rows": 0, "pipes": 0, "restarts": 0,
}  # fmt: skip


def rounds(number: int, **steps: float) -> list[Look]:
    """Build rounds in which these figures rise by a step each time."""
    return [
        {**QUIET, **{name: QUIET[name] + n * step for name, step in steps.items()}}
        for n in range(number)
    ]


def test_a_server_that_is_as_it_was_has_not_grown() -> None:
    assert grown(rounds(9)) == []


def test_a_task_a_socket_or_a_slot_left_over_each_round_is_found() -> None:
    kept = ("signaling_files", "worker0_files", "worker1_files", "sessions", "transports", "pipes")
    for name in ("tasks", *kept, "rows"):
        assert [words.split(":")[0] for words in grown(rounds(20, **{name: 1}))] == [name]


def test_memory_may_grow_while_caches_fill_but_not_for_ever() -> None:
    filling = [{**look, "worker1_mb": 90.0 + min(n, 3) * 20} for n, look in enumerate(rounds(9))]
    assert grown(filling) == []
    assert [words.split(":")[0] for words in grown(rounds(9, worker1_mb=5))] == ["worker1_mb"]


def test_a_worker_that_died_or_a_round_without_anybody_is_no_success() -> None:
    assert len(grown([{**QUIET, "restarts": 1}])) == 1
    assert len(grown([{**QUIET, "came": 0}])) == 1


def test_a_room_that_never_spanned_the_workers_is_no_success() -> None:
    assert len(grown([{**QUIET, "pipe_ends_in_between": 0}])) == 1
