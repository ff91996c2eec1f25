"""A county with one weekly meeting, and a browser with a voice."""

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser

from scheduler.meetings.model import Series, SeriesDraft
from scheduler.meetings.service import Meetings
from tests.support.chromium import chromium, write_voice
from tests.support.clock import MovableClock
from tests.support.server import RunningServer, running_server, settings_for_tests
from tests.support.templates import lay_ruzhou

ZONE = ZoneInfo("Asia/Shanghai")
TEN = time(10, 0)
DURATION = timedelta(minutes=40)
ROOM = "room-meishan"
EXPECTED = tuple(f"fs{number:03}" for number in range(1, 9))
"""Eight first secretaries of the first network branch."""


def today(clock: MovableClock) -> date:
    return clock.now().astimezone(ZONE).date()


def local(day: date, hour: int, minute: int, second: int = 0) -> datetime:
    """Return a local time of the county as an aware moment."""
    return datetime.combine(day, time(hour, minute, second), ZONE)


async def weekly_meeting(meetings: Meetings, day: date, start: time = TEN) -> Series:
    """Create the weekly meeting of the network branch: forty minutes, eight expected, one room."""
    weekday = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[day.weekday()]
    return await meetings.create_series(
        SeriesDraft(
            unit="p-net-1",
            type="network_branch_meeting",
            title="第一网络党支部例会",
            rrule=f"FREQ=WEEKLY;BYDAY={weekday}",
            starts_on=day,
            start_time=start,
            duration_s=int(DURATION.total_seconds()),
            host=EXPECTED[0],
            persons=EXPECTED,
            sites=("s-meishan",),
        )
    )


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with chromium(write_voice(tmp_path / "voice.wav")) as running:
        yield running


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[RunningServer]:
    """A server with Ruzhou's directory at ten to ten on a meeting day. Media run in workers of
    their own, as in production, and a meeting of more than two devices spans both: nobody in it is
    to notice. A lost device is given up after a second."""
    here = datetime.now(ZONE).date()
    clock = MovableClock(local(here, 9, 50))
    settings = settings_for_tests(
        tmp_path,
        media={"in_process": False, "workers": 2, "room_share": 2},
        signaling={"resume_grace_s": 1.0},
    )
    await lay_ruzhou(tmp_path / "test.db")
    async with running_server(settings, clock) as server:
        yield server
