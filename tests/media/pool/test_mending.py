"""How parts of a room are kept together when workers say no."""

import asyncio
from collections.abc import Callable

import pytest

from media import cascade
from media.cascade import Cascade
from media.handle import CommandRefused
from media.messages import Answer, Command, Done, JoinPipe, OfferPipe, PipeOffered
from media.placement import Placement

OFFERED = PipeOffered(door="d", token="t", keys="k", host="127.0.0.1", port=1, video_codec=None)


class Member:
    """A worker at its boundary: `refusals` are how many times it will not join a pipe."""

    def __init__(self, refusals: int = 0) -> None:
        self.commands: list[str] = []
        self.refusals = refusals
        self.meanwhile: Callable[[], object] = lambda: None

    async def request(self, command: Command) -> Answer:
        self.commands.append(command.type)
        self.meanwhile()
        if isinstance(command, JoinPipe) and self.refusals:
            self.refusals -= 1
            raise CommandRefused("no_pipe", "refused")
        return OFFERED if isinstance(command, OfferPipe) else Done()


class Scene:
    """A room on the first of two workers."""

    def __init__(self, refusals: int = 0) -> None:
        self.placement = Placement(share=1)
        self.members = [Member(), Member(refusals)]
        for number in range(2):
            self.placement.up(number)
        self.given_up: list[tuple[str, frozenset[str]]] = []
        self.cascade = Cascade(
            self.placement, self.members, lambda *lost: self.given_up.append(lost)
        )
        self.placement.open("room")

    async def spanning(self, refusals: int) -> None:
        """Let the room span both, with `c` on the second, which then refuses so many pipes."""
        reached = self.cascade.reach("room", 1)
        assert reached is not None
        assert await reached
        self.placement.put("room", "c", 1)
        self.members[1].refusals = refusals
        for member in self.members:
            member.commands.clear()

    async def settled(self) -> None:
        while self.cascade._tasks:
            await asyncio.gather(*self.cascade._tasks)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cascade, "RETRY_S", (0.0, 0.0))


async def test_those_who_come_at_once_wait_for_the_same_pipe() -> None:
    scene = Scene()
    first, second = scene.cascade.reach("room", 1), scene.cascade.reach("room", 1)
    assert first is second
    assert first is not None
    assert await first
    assert scene.members[1].commands == ["open_router", "join_pipe"]
    assert scene.members[0].commands == ["offer_pipe"]
    assert scene.cascade.reach("room", 1) is None
    assert scene.cascade.reach("room", 0) is None


async def test_a_room_that_cannot_span_stays_where_it_is_and_nobody_is_lost() -> None:
    scene = Scene(1)
    reached = scene.cascade.reach("room", 1)
    assert reached is not None
    assert not await reached
    assert scene.placement.parts("room") == (0,)
    assert scene.members[0].commands == ["offer_pipe", "close_pipe"]
    assert scene.members[1].commands == ["open_router", "join_pipe", "close_router"]
    assert scene.given_up == []


async def test_a_pipe_that_broke_is_laid_again_after_a_refusal() -> None:
    scene = Scene()
    await scene.spanning(refusals=2)
    scene.cascade.pipe_lost("room", "pipe1")
    await scene.settled()
    assert scene.members[1].commands == ["open_router", "join_pipe"] * 3
    assert scene.placement.parts("room") == (0, 1)
    assert scene.given_up == []


async def test_a_part_that_cannot_be_joined_again_is_given_up_with_its_transports() -> None:
    scene = Scene()
    await scene.spanning(refusals=9)
    scene.cascade.pipe_lost("room", "pipe1")
    await scene.settled()
    assert scene.given_up == [("room", frozenset({"c"}))]
    assert scene.placement.parts("room") == (0,)
    assert scene.members[1].commands[-1] == "close_router"


async def test_a_pipe_is_laid_again_once_though_both_ends_say_that_it_broke() -> None:
    scene = Scene()
    await scene.spanning(refusals=0)
    scene.cascade.pipe_lost("room", "pipe1")
    await scene.settled()
    scene.cascade.pipe_lost("room", "pipe1")
    scene.cascade.pipe_lost("other", "pipe1")
    await scene.settled()
    assert scene.members[0].commands == ["offer_pipe"]


async def test_a_room_that_is_closed_meanwhile_is_joined_no_more() -> None:
    scene = Scene()
    reached = scene.cascade.reach("room", 1)
    assert reached is not None

    def close() -> None:
        scene.placement.close("room")
        scene.cascade.tend("room")

    scene.members[0].meanwhile = close
    assert not await reached
    assert scene.members[1].commands == ["open_router"]
    assert scene.given_up == []
    await scene.cascade.stop()
