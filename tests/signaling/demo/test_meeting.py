"""The demonstration's meeting: in progress, found again after a restart, followed by a next one."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest

from scheduler.meetings.model import State
from signaling import keys
from signaling.demo.demo import DEMO, add_demo
from signaling.http.addresses import Addresses
from tests.support.clock import MovableClock
from tests.support.server import RunningServer, running_server, settings_for_tests

Starter = Callable[[], AbstractAsyncContextManager[RunningServer]]


@pytest.fixture
def start(tmp_path: Path) -> Starter:
    """Start the demonstration without synthetic phones, over the same folder each time."""
    settings, clock = settings_for_tests(tmp_path), MovableClock()
    return partial(running_server, settings, clock, partial(add_demo, participants=0))


async def becomes(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await true():  # noqa: ASYNC110 - what it looks at tells nobody
            await asyncio.sleep(0.02)


async def test_a_weekly_meeting_of_a_network_branch_is_in_progress(start: Starter) -> None:
    async with start() as server:
        meeting, now = server.part(DEMO).occurrence, server.clock.now()
        assert meeting.state is State.OPEN
        assert meeting.scheduled_start <= now < meeting.scheduled_end
        assert meeting.series is not None
        roster = await server.part(keys.MEETINGS).roster(meeting.id)
        assert sum(entry.standing == "expected" for entry in roster.persons) in (16, 17)
        series = await server.part(keys.MEETINGS).all_series()
        assert len({one.unit for one in series}) == 6


async def test_a_restart_finds_the_same_meeting(start: Starter) -> None:
    async with start() as server:
        before = server.part(DEMO).occurrence.id
    async with start() as server:
        assert server.part(DEMO).occurrence.id == before
        assert len(await server.part(keys.MEETINGS).all_series()) == 6


async def test_a_start_after_its_end_calls_a_new_meeting(start: Starter) -> None:
    async with start() as server:
        before = server.part(DEMO).occurrence.id
        server.clock.advance(hours=3)
    async with start() as server:
        meeting = server.part(DEMO).occurrence
        assert meeting.id != before
        assert meeting.state is State.OPEN


async def test_when_it_is_over_the_next_one_begins(start: Starter) -> None:
    async with start() as server:
        demo, meetings = server.part(DEMO), server.part(keys.MEETINGS)
        before = demo.occurrence.id
        server.clock.advance(minutes=61)

        async def over() -> bool:
            return (await meetings.occurrence(before)).state is not State.OPEN

        async def followed() -> bool:
            server.clock.advance(seconds=10)
            return demo.occurrence.id != before and demo.occurrence.state is State.OPEN

        await becomes(over)
        await becomes(followed)


async def test_visitors_get_links_for_every_part(start: Starter) -> None:
    async with start() as server:
        demo = server.part(DEMO)
        await demo.start(Addresses(server.url, None))
        roster = await server.part(keys.MEETINGS).roster(demo.occurrence.id)
        async with server.http() as client:
            async with client.get("/api/demo") as answer:
                links = {link["part"]: link for link in (await answer.json())["links"]}
            assert set(links) == {"video_phone", "meeting_room", "organizer", "mobile"}
            for link in links.values():
                async with client.get(link["path"], allow_redirects=False) as answer:
                    assert answer.headers["Location"] == link["page"]
                    token = answer.cookies["liancun_session"].value
                identity = await server.part(keys.ACCOUNTS).identify(token)
                if link["part"] in ("video_phone", "mobile"):
                    assert identity.device is not None
                    assert roster.of(identity.device.holder or "") is not None
            async with client.get("/api/demo") as answer:
                again = {link["path"] for link in (await answer.json())["links"]}
            assert again.isdisjoint({link["path"] for link in links.values()})


async def test_without_the_demonstration_there_are_no_links(tmp_path: Path) -> None:
    async with (
        running_server(settings_for_tests(tmp_path)) as server,
        server.http() as client,
        client.get("/api/demo") as answer,
    ):
        assert answer.status == 404
        assert (await answer.json(content_type=None))["code"] == "not_demo"
