"""The line on which two workers talk about a room."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from media.plane import link
from media.plane.link import Door, Link, knock


class End:
    """A link with what it heard."""

    def __init__(self, connected: socket.socket) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()
        self.closed = asyncio.Event()
        self.link = Link(connected, self.heard.put_nowait, self.closed.set)


@asynccontextmanager
async def two_ends() -> AsyncIterator[tuple[End, End]]:
    came: asyncio.Queue[socket.socket] = asyncio.Queue()
    door = Door(came.put_nowait)
    ours = End(knock(door.name, door.token))
    async with asyncio.timeout(10):
        theirs = End(await came.get())
        try:
            yield ours, theirs
        finally:
            ours.link.close()
            theirs.link.close()
            door.close()


async def test_messages_arrive_whole_and_in_order() -> None:
    async with two_ends() as (ours, theirs):
        for number in range(100):
            ours.link.send(bytes((number,)) * 1000)
        theirs.link.send(b"and back")
        assert [(await theirs.heard.get())[0] for _ in range(100)] == list(range(100))
        assert await ours.heard.get() == b"and back"


async def test_what_does_not_fit_into_the_socket_waits() -> None:
    async with two_ends() as (ours, theirs):
        for number in range(50):
            ours.link.send(bytes((number,)) * 50_000)
        assert [len(await theirs.heard.get()) for _ in range(50)] == [50_000] * 50


async def test_an_end_that_reads_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "MOST_WAITING", 8)
    async with two_ends() as (ours, theirs):
        for _ in range(50):
            ours.link.send(bytes(50_000))
        await ours.closed.wait()
        await theirs.closed.wait()


async def test_the_end_that_is_left_is_told_once_and_the_leaving_one_is_not() -> None:
    async with two_ends() as (ours, theirs):
        ours.link.close()
        ours.link.close()
        await theirs.closed.wait()
        assert not ours.closed.is_set()
        theirs.link.send(b"nobody hears")


async def test_who_does_not_know_the_token_is_not_let_in_and_the_door_stays() -> None:
    came: asyncio.Queue[socket.socket] = asyncio.Queue()
    door = Door(came.put_nowait)
    stranger = knock(door.name, "x" * len(door.token))
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(10):
        assert await loop.sock_recv(stranger, 10) == b""
        guest = knock(door.name, door.token)
        (await came.get()).close()
    with pytest.raises(OSError, match="refused"):
        knock(door.name, door.token)
    stranger.close()
    guest.close()
    door.close()


async def test_a_closed_door_lets_nobody_in() -> None:
    door = Door(lambda connected: connected.close())
    waiting = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    waiting.connect(f"\0{door.name}")
    await asyncio.sleep(0)
    door.close()
    with pytest.raises(OSError, match="refused"):
        knock(door.name, door.token)
    waiting.close()
