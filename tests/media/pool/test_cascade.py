"""One room on two real workers: its participants notice nothing of it."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from media.handle import CommandRefused
from media.messages import (
    ClosePipe,
    CloseRouter,
    CloseTransport,
    ConnectTransport,
    GiveFloor,
    LeadRouter,
    SetMuted,
)
from media.synthetic.participant import SlotStats, SyntheticParticipant
from tests.media.pool.pool import Pool, a_pool
from tests.media.sdp.builders import CHROMIUM
from tests.support.waiting import until

ALL = ("a", "b", "c", "d")


class Spread:
    """A room of four: `a` and `b` on the first worker, which leads, `c` and `d` on the second."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.people: dict[str, SyntheticParticipant] = {}

    async def join(self, *names: str) -> None:
        for name in names:
            self.people[name] = await self.pool.join("room", name)

    async def all_see(self, speaker: str, *names: str) -> None:
        others = [name for name in names or self.people if name != speaker]
        await until(lambda: all(self.pool.main_picture(name) == speaker for name in others))

    async def picture_flows(self, name: str, frames: int = 10) -> None:
        before = self.slot(name)["frames"]
        await until(lambda: self.slot(name)["frames"] >= before + frames)

    def slot(self, name: str, kind: str = "video", slot: int = 0) -> SlotStats:
        slots = self.people[name].stats()["slots"]
        return next(s for s in slots if (s["kind"], s["slot"]) == (kind, slot))

    def lost(self, *names: str) -> int:
        return sum(s["lost"] for name in names for s in self.people[name].stats()["slots"])

    async def workers_of_room(self) -> dict[str, int]:
        routers = (await self.pool.stats())["routers"]
        assert isinstance(routers, dict)
        transports = routers["room"]["transports"]
        return {name: transport["worker"] for name, transport in transports.items()}

    async def pipes(self) -> set[tuple[int, str]]:
        routers = (await self.pool.stats())["routers"]
        assert isinstance(routers, dict)
        return {(end["worker"], end["pipe"]) for end in routers["room"]["pipes"]}

    async def close(self) -> None:
        for participant in self.people.values():
            await participant.close()


@asynccontextmanager
async def a_spread_room(*, in_process: bool = False, key_every: int = 4) -> AsyncIterator[Spread]:
    async with a_pool(room_share=2, in_process=in_process, key_every=key_every) as pool:
        await pool.open("room")
        room = Spread(pool)
        try:
            await room.join(*ALL)
            yield room
        finally:
            await room.close()


async def test_a_speaker_is_seen_and_heard_on_both_workers_without_loss() -> None:
    async with a_spread_room() as room:
        assert await room.workers_of_room() == {"a": 0, "b": 0, "c": 1, "d": 1}
        room.people["a"].speak(True)
        await room.all_see("a")
        await room.picture_flows("c")
        assert "a" in room.pool.voices("c") & room.pool.voices("d")
        room.people["a"].speak(False)
        room.people["c"].speak(True)
        await room.all_see("c")
        await room.picture_flows("a")
        assert "c" in room.pool.voices("a") & room.pool.voices("b")
        assert room.pool.speakers() == ["a", "c"]
        assert room.lost(*ALL) == 0
        assert all(participant.state == "connected" for participant in room.people.values())


async def test_the_floor_and_what_is_muted_cross_the_workers() -> None:
    async with a_spread_room(in_process=True) as room:
        request = room.pool.workers.request
        await request(GiveFloor(router="room", transport="d"))
        await room.all_see("d")
        await room.picture_flows("a")
        await request(SetMuted(router="room", transport="d", audio=True, video=True))
        await until(lambda: room.pool.slots["a"][3].paused)
        await request(SetMuted(router="room", transport="d", audio=False, video=False))
        await until(lambda: not room.pool.slots["a"][3].paused)
        await room.picture_flows("a")
        await request(GiveFloor(router="room", transport=None))


async def test_a_newcomer_on_the_other_worker_begins_with_a_key_frame_asked_across() -> None:
    async with a_spread_room(in_process=True, key_every=250) as room:
        room.people["a"].speak(True)
        await room.all_see("a")
        await room.picture_flows("c")
        asked = room.people["a"].stats()["keyframe_requests"]
        await room.people["d"].close()
        await room.pool.workers.request(CloseTransport(router="room", transport="d"))
        await room.join("d")
        await room.all_see("a")
        await room.picture_flows("d")
        assert room.people["a"].stats()["keyframe_requests"] > asked
        assert (await room.workers_of_room())["d"] == 1


async def test_when_the_following_worker_dies_its_people_come_back_and_the_others_stay() -> None:
    async with a_spread_room() as room:
        room.people["a"].speak(True)
        await room.all_see("a")
        room.pool.kill(1)
        assert await room.pool.lost.get() == {"room": frozenset({"c", "d"})}
        for name in ("c", "d"):
            room.people[name].abandon()
        await room.join("c", "d")
        await room.all_see("a")
        await room.picture_flows("c")
        await room.picture_flows("b")
        assert room.lost("a", "b") == 0
        assert room.pool.states("a") == room.pool.states("b") == ["connected"]


async def test_when_the_leading_worker_dies_the_other_one_leads_on() -> None:
    async with a_spread_room() as room:
        room.people["c"].speak(True)
        await room.all_see("c")
        await room.picture_flows("d")
        room.pool.kill(0)
        assert await room.pool.lost.get() == {"room": frozenset({"a", "b"})}
        for name in ("a", "b"):
            room.people[name].abandon()
        await room.picture_flows("d")
        await room.join("a", "b")
        await room.all_see("c")
        await room.picture_flows("a")
        room.people["c"].speak(False)
        room.people["a"].speak(True)
        await room.all_see("a")
        await room.picture_flows("d")
        assert room.pool.states("d") == ["connected"]
        assert room.pool.speakers() == ["c", "a"]


async def test_a_pipe_that_breaks_while_both_workers_live_is_laid_again() -> None:
    async with a_spread_room(in_process=True) as room:
        room.people["a"].speak(True)
        await room.all_see("a")
        assert await room.pipes() == {(0, "pipe1"), (1, "pipe1")}
        await room.pool.workers.members[0].request(ClosePipe(router="room", pipe="pipe1"))
        await room.picture_flows("c", 20)
        assert await room.pipes() == {(0, "pipe2"), (1, "pipe2")}
        assert room.pool.lost.empty()


async def test_a_closed_room_is_closed_on_all_its_workers() -> None:
    async with a_spread_room(in_process=True) as room:
        await room.pool.workers.request(CloseRouter(router="room"))
        assert (await room.pool.stats())["routers"] == {}


async def test_rooms_that_spanned_workers_leave_no_file_and_no_socket_behind() -> None:
    async with a_pool(room_share=1, in_process=True) as pool:
        request, left = pool.workers.request, [0] * 4

        def files() -> int:
            return len(os.listdir("/proc/self/fd"))

        for number in range(len(left)):
            await pool.open("room")
            for name in ("a", "b"):
                await request(ConnectTransport(router="room", transport=name, offer=CHROMIUM))
            await request(CloseRouter(router="room"))
            left[number] = files()
        assert left == [left[0]] * 4


async def test_who_holds_the_pool_cannot_command_its_pipes() -> None:
    async with a_pool(1, in_process=True) as pool:
        await pool.open("room")
        with pytest.raises(CommandRefused):
            await pool.workers.request(LeadRouter(router="room"))
