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
    def __init__(self, refusals: int) -> None:
        self.placement = Placement(share=1)
        self.members = [Member(), Member(refusals)]
        for number in range(2):
            self.placement.up(number)
        self.given_up: list[tuple[str, frozenset[str]]] = []
        self.cascade = Cascade(
            self.placement, self.members, lambda *lost: self.given_up.append(lost)
        )
        self.placement.open("room")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cascade, "RETRY_S", (0.0, 0.0))


async def settled(scene: Scene) -> None:
    while scene.cascade._mending:
        await asyncio.gather(*scene.cascade._mending)


async def test_those_who_come_at_once_wait_for_the_same_pipe() -> None:
    scene = Scene(0)
    first, second = scene.cascade.reach("room", 1), scene.cascade.reach("room", 1)
    assert first is second
    assert first is not None
    assert await first
    assert scene.members[1].commands == ["open_router", "join_pipe"]
    assert scene.members[0].commands == ["offer_pipe"]
    await asyncio.sleep(0)
    assert scene.cascade.reach("room", 1) is None
    assert scene.cascade.reach("room", 0) is None


async def test_a_room_that_cannot_span_stays_where_it_is() -> None:
    scene = Scene(1)
    reached = scene.cascade.reach("room", 1)
    assert reached is not None
    assert not await reached
    assert scene.placement.parts("room") == (0,)
    assert scene.members[0].commands == ["offer_pipe", "close_pipe"]


async def test_a_pipe_that_broke_is_laid_again_after_a_refusal() -> None:
    scene = Scene(2)
    scene.placement.span("room", 1)
    scene.cascade.pipe_lost("room", 1)
    await settled(scene)
    assert scene.placement.parts("room") == (0, 1)
    assert scene.given_up == []


async def test_a_part_that_cannot_be_joined_again_is_given_up_with_its_transports() -> None:
    scene = Scene(9)
    scene.placement.span("room", 1)
    scene.placement.put("room", "c", 1)
    scene.cascade.pipe_lost("room", 1)
    await settled(scene)
    assert scene.given_up == [("room", frozenset({"c"}))]
    assert scene.placement.parts("room") == (0,)
    assert scene.members[1].commands[-1] == "close_router"


async def test_what_the_leading_part_says_of_a_pipe_is_left_to_the_other_end() -> None:
    scene = Scene(0)
    scene.placement.span("room", 1)
    scene.cascade.pipe_lost("room", 0)
    scene.cascade.pipe_lost("other", 1)
    await settled(scene)
    assert scene.members[0].commands == scene.members[1].commands == []


async def test_a_room_that_was_closed_meanwhile_is_closed_on_the_new_worker_too() -> None:
    scene = Scene(0)
    reached = scene.cascade.reach("room", 1)
    assert reached is not None
    scene.members[0].meanwhile = lambda: scene.placement.close("room")
    assert not await reached
    assert scene.members[1].commands == ["open_router", "join_pipe", "close_router"]
    await scene.cascade.stop()
