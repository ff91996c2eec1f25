"""Several worker processes as one: rooms are spread, and each worker dies alone."""

import asyncio
import os
import socket

import pytest

from config.settings import Media
from media import handle
from media.handle import CommandRefused, WorkerUnavailable
from media.messages import CloseRouter, CloseTransport, GiveFloor, OpenRouter
from media.pool import Workers
from tests.media.pool.pool import a_pool


def free_ports() -> int:
    """Return the first of two UDP ports that are free now."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as next_one:
                try:
                    next_one.bind(("127.0.0.1", port + 1))
                except OSError:
                    continue
                return port


async def test_every_worker_has_a_port_of_its_own_beside_the_first() -> None:
    port = free_ports()
    workers = Workers(Media(host="127.0.0.1", udp_port=port, workers=2))
    await workers.start()
    assert [worker.udp_port for worker in workers.members] == [port, port + 1]
    await workers.stop()


async def test_when_one_worker_cannot_start_none_is_left() -> None:
    port = free_ports()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", port + 1))
        workers = Workers(Media(host="127.0.0.1", udp_port=port, workers=2))
        with pytest.raises(WorkerUnavailable, match="port"):
            await workers.start()
    assert [worker.pid for worker in workers.members] == [None, None]


async def test_two_rooms_are_on_two_workers_and_a_third_one_joins_the_emptier() -> None:
    async with a_pool(in_process=True) as pool:
        await pool.open("a", "b")
        first = await pool.join("a", "1")
        await pool.workers.request(OpenRouter(router="c"))
        routers = (await pool.stats())["routers"]
        assert isinstance(routers, dict)
        assert {name: router["workers"] for name, router in routers.items()} == {
            "a": [0],
            "b": [1],
            "c": [1],
        }
        assert routers["a"]["transports"]["1"]["worker"] == 0
        await first.close()


async def test_a_closed_room_is_known_nowhere() -> None:
    async with a_pool(in_process=True) as pool:
        await pool.workers.request(OpenRouter(router="a"))
        await pool.workers.request(CloseTransport(router="a", transport="nobody"))
        await pool.workers.request(CloseRouter(router="a"))
        await pool.workers.request(CloseRouter(router="a"))
        with pytest.raises(CommandRefused, match="unknown_router"):
            await pool.workers.request(GiveFloor(router="a", transport=None))
        assert (await pool.stats())["routers"] == {}


async def test_a_worker_that_dies_does_not_touch_the_room_of_the_other() -> None:
    async with a_pool() as pool:
        await pool.open("a", "b")
        hit, spared = await pool.join("a", "1"), await pool.join("b", "2")
        pool.kill(0)
        assert await pool.lost.get() == {"a": frozenset({"1"})}
        # The other worker takes the room at once; nobody waits for the restart.
        await pool.workers.request(OpenRouter(router="a"))
        again = await pool.join("a", "1")
        assert spared.state == "connected"
        assert pool.states("2") == ["connected"]
        routers = (await pool.stats())["routers"]
        assert isinstance(routers, dict)
        assert routers["a"]["workers"] == [1]
        for participant in (hit, spared, again):
            await participant.close()


async def test_the_room_of_the_only_worker_is_told_lost_when_there_is_a_worker_again() -> None:
    async with a_pool(workers=1) as pool:
        await pool.workers.request(OpenRouter(router="a"))
        pool.kill(0)
        assert await pool.lost.get() == {"a": frozenset()}
        await pool.workers.request(OpenRouter(router="a"))
        assert pool.workers.members[0].restarts == 1


async def test_the_sums_go_on_with_those_that_answer() -> None:
    async with a_pool() as pool:
        await pool.open("a", "b")
        pool.kill(1)
        assert await pool.lost.get() == {"b": frozenset()}
        workers = (await pool.stats())["workers"]
        assert isinstance(workers, list)
        assert [worker["worker"] for worker in workers] == [0]


async def test_a_worker_that_is_stopped_while_it_starts_leaves_no_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    born: list[int] = []
    spawn = handle._spawn

    async def spawned(settings: Media, theirs: socket.socket) -> tuple[handle.End, int]:
        end, pid = await spawn(settings, theirs)
        born.append(pid)
        starting.cancel()  # it arrives at the next thing that is awaited
        return end, pid

    monkeypatch.setattr(handle, "_spawn", spawned)
    starting = asyncio.create_task(Workers(Media(host="127.0.0.1", udp_port=0)).start())
    with pytest.raises(asyncio.CancelledError):
        await starting
    with pytest.raises(ProcessLookupError):
        os.kill(born[0], 0)
