"""The benchmark's command: what fails of others is said and left out, what fails of ours is not."""

import argparse

import pytest

from benchmarks import __main__ as command
from benchmarks.peers import known
from benchmarks.peers.peer import Peer
from benchmarks.scenes import SINGLE
from benchmarks.server import WorkerServer


class Refusing(WorkerServer):
    """A server that does not start."""

    async def start(self) -> int:
        raise RuntimeError("it let nobody in")


OPTIONS = argparse.Namespace(seconds=1.0, rounds=1)


async def test_another_server_that_fails_is_left_out_with_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(known.PEERS, "other", Peer("other", lambda: True, "", Refusing))
    assert await command._measure([("other", SINGLE, 1)], OPTIONS) == []
    assert "other: not measured; it let nobody in\n" in capsys.readouterr().out


async def test_a_failure_of_ours_ends_the_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "WorkerServer", Refusing)
    with pytest.raises(RuntimeError, match="it let nobody in"):
        await command._measure([("liancun", SINGLE, 1)], OPTIONS)
