"""The order of what happens at the door of a room."""

import asyncio

from signaling.rooms.door import Door


class Act:
    """Goes through a door, writes that it did, and stays in it until `let`."""

    def __init__(self, door: Door, story: list[str], who: str) -> None:
        self.let = asyncio.Event()
        self._door, self._story, self._who = door, story, who
        self.task = asyncio.create_task(self._alone() if who == "all" else self._pass())

    async def _pass(self) -> None:
        async with self._door.passing(self._who):
            await self._be()

    async def _alone(self) -> None:
        async with self._door.alone():
            await self._be()

    async def _be(self) -> None:
        self._story.append(f"{self._who} in")
        await self.let.wait()
        self._story.append(f"{self._who} out")


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_different_ones_pass_together_and_the_same_one_after_itself() -> None:
    door, story = Door(), list[str]()
    first, other, again = (Act(door, story, who) for who in ("a", "b", "a"))
    await settle()
    assert story == ["a in", "b in"]
    first.let.set()
    await settle()
    assert story == ["a in", "b in", "a out", "a in"]
    for act in (other, again):
        act.let.set()
        await act.task


async def test_what_is_done_alone_waits_and_holds_the_next_ones_up() -> None:
    door, story = Door(), list[str]()
    inside = Act(door, story, "a")
    await settle()
    closing = Act(door, story, "all")
    await settle()
    late = Act(door, story, "b")
    await settle()
    assert story == ["a in"]
    inside.let.set()
    await settle()
    assert story == ["a in", "a out", "all in"]
    closing.let.set()
    await settle()
    assert story[3:] == ["all out", "b in"]
    late.let.set()
    await late.task


async def test_who_gives_up_waiting_leaves_the_door_as_it_was() -> None:
    door, story = Door(), list[str]()
    inside = Act(door, story, "a")
    await settle()
    closing = Act(door, story, "all")
    await settle()
    closing.task.cancel()
    await settle()
    late = Act(door, story, "b")
    await settle()
    assert story == ["a in", "b in"]
    for act in (inside, late):
        act.let.set()
        await act.task
