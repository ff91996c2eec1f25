"""`liancun demo` and `liancun serve` as processes: what they print and what they leave behind."""

import json
import os
import re
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.server import ServerProcess

pytestmark = pytest.mark.measured

STOPS_WITHIN_S = 5.0


def children_of(pid: int) -> set[int]:
    """Process ids of the living children (proc_pid_task_children(5))."""
    return {int(i) for i in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def living(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}").exists()}


def sockets_under(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_socket()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_server_stops_in_time_and_leaves_nothing(
    tmp_path: Path, number: signal.Signals
) -> None:
    async with ServerProcess(tmp_path) as server:
        await server.start()
        children = children_of(server.pid)
        assert children, "the media worker is a process of its own"
        started = time.monotonic()
        assert await server.end(number) == 0
        assert time.monotonic() - started < STOPS_WITHIN_S
    assert living(children) == set()
    assert sockets_under(tmp_path) == []


async def test_the_demonstration_prints_one_line_of_json_and_stops_with_its_phones(
    tmp_path: Path,
) -> None:
    async with ServerProcess(tmp_path) as server:
        await server.start("demo", "--json", "--participants", "1")
        shown = json.loads(await server.line())
        assert shown["addresses"]["local"] == server.url
        assert {link["part"] for link in shown["links"]} == {
            "video_phone",
            "meeting_room",
            "organizer",
            "mobile",
        }
        pins = {
            link["part"] for link in shown["links"] if re.fullmatch("[0-9]{6}", link["pin"] or "")
        }
        assert pins == {"organizer", "mobile"}, "who signs is a person"
        children = children_of(server.pid)
        assert len(children) == 2, "the media worker and the synthetic phones"
        started = time.monotonic()
        assert await server.end() == 0
        assert time.monotonic() - started < STOPS_WITHIN_S
    assert living(children) == set()


async def test_a_killed_server_takes_its_worker_along_and_its_store_is_whole(
    tmp_path: Path,
) -> None:
    async with ServerProcess(tmp_path) as server:
        await server.start()
        await server.kill()
        await server.start()
        assert await server.end() == 0
    with closing(sqlite3.connect(tmp_path / "test.db")) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_a_worker_that_does_not_answer_does_not_hold_up_the_stop_of_an_open_meeting(
    tmp_path: Path,
) -> None:
    async with ServerProcess(tmp_path) as server:
        await server.start("demo", "--json", "--no-past", "--participants", "0")
        assert json.loads(await server.line())["occurrence"]
        (worker,) = children_of(server.pid)
        os.kill(worker, signal.SIGSTOP)
        started = time.monotonic()
        assert await server.end() == 0
        assert time.monotonic() - started < STOPS_WITHIN_S
    assert living({worker}) == set()
    assert "not everything stopped" not in (tmp_path / "server.log").read_text()
