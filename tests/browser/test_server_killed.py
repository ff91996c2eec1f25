"""The server dies in the middle of a meeting: the pages return, the record is whole."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser
from sqlalchemy import select

from config.settings import Meeting
from scheduler.accounts import Accounts
from scheduler.attendance.reports import Reports
from scheduler.clock import SystemClock
from scheduler.directory.service import Directory
from scheduler.meetings.service import Meetings
from scheduler.store.attendance_tables import attendance_fact
from scheduler.store.engine import Store
from signaling.http.cookies import COOKIE
from tests.browser.conftest import DURATION, EXPECTED, ZONE, weekly_meeting
from tests.browser.pages import MeetingPage, eventually
from tests.support.server import ServerProcess
from tests.support.templates import lay_ruzhou

pytestmark = [pytest.mark.browser, pytest.mark.measured]

BACK_WITHIN_S = 10.0
PERSONS = EXPECTED[:2]


class Records:
    """The store of the server under test, seen from outside."""

    def __init__(self, store: Store) -> None:
        clock = SystemClock()
        self.store = store
        self.accounts = Accounts(store, clock, 30)
        self.directory = Directory(store, clock, ZONE)
        self.meetings = Meetings(store, clock, Meeting(), ZONE)
        self.reports = Reports(store, clock, ZONE)

    async def cookie_of_phone(self, person: str, url: str) -> dict[str, str]:
        [phone] = [
            device
            for device in await self.directory.devices_held_by([person])
            if device.kind == "video_phone"
        ]
        code = (await self.accounts.issue_pairing_code(phone.id, None)).code
        return {"name": COOKIE, "value": (await self.accounts.enrol(code)).token, "url": url}

    async def facts(self) -> list[tuple[str, str | None, datetime]]:
        """Return (kind, device, at) of every fact, in their order."""
        table = attendance_fact
        async with self.store.read() as connection:
            rows = await connection.execute(
                select(table.c.kind, table.c.device, table.c.at).order_by(table.c.id)
            )
            return [(row.kind, row.device, row.at) for row in rows]


async def back_in_the_meeting(page: MeetingPage) -> float:
    """Wait until the page is in the meeting and decodes again; return when, loop time."""

    async def decodes() -> float | None:
        state = await page.state()
        if state["connection"] != "online" or state["occurrence"] is None:
            return None
        if state["media"] != "connected":
            return None
        return asyncio.get_running_loop().time()

    await eventually(decodes, f"{page.name} is back in the meeting", within_s=30)
    await page.wait_for_frames(3)
    return asyncio.get_running_loop().time()


async def test_a_killed_server_changes_nothing_for_the_meeting(
    browser: Browser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await lay_ruzhou(tmp_path / "test.db")
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path}/test.db")
    records = Records(store)
    begun = datetime.now(ZONE).replace(microsecond=0) - timedelta(minutes=2)
    await weekly_meeting(records.meetings, begun.date(), begun.time())
    async with ServerProcess(tmp_path) as server:
        cookies = [await records.cookie_of_phone(person, server.url) for person in PERSONS]
        await server.start()
        pages = [
            await MeetingPage.open(browser, f"{server.url}/phone", cookie, name=person)
            for person, cookie in zip(PERSONS, cookies, strict=True)
        ]
        for page in pages:
            await page.join()
            await page.sees("counts", "已签到")
        for page in pages:
            await page.wait_for_frames(5)
        before = await records.facts()
        joined = [device for kind, device, _ in before if kind == "joined"]
        assert len(joined) == len(pages)

        loop = asyncio.get_running_loop()
        killed_at = datetime.now(UTC)
        await server.kill()
        await server.start()
        started = loop.time()
        back = [await back_in_the_meeting(page) - started for page in pages]
        with capsys.disabled():
            print(f"\nback in the meeting with picture {max(back):.1f} s after the start")
        assert max(back) < BACK_WITHIN_S

        # Nothing that was written is gone; the broken stay ends at the last sign of life.
        after = await records.facts()
        assert after[: len(before)] == before
        ended = [at for kind, _, at in after[len(before) :] if kind == "left"]
        assert len(ended) == len(pages)
        assert all(killed_at - at < timedelta(seconds=2) for at in ended), (killed_at, ended)

        occurrence = (await records.meetings.occurrences(begun - DURATION, begun + DURATION))[0]
        report = await records.reports.occurrence(occurrence.id)
        rows = {row.person: row for row in report.rows}
        for person in PERSONS:
            row = rows[person]
            assert row.present_now
            assert len(row.intervals) == 1, "a gap shorter than the grace is no absence"
        for page in pages:
            assert page.errors == []
            await page.close()
    await store.close()


async def test_the_killed_server_leaves_no_worker_behind(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path) as server:
        await server.start()
        children = await _children(server.pid)
        assert children, "the media worker is a process of its own"
        await server.kill()

        async def gone() -> bool | None:
            return not any(Path(f"/proc/{child}").exists() for child in children) or None

        await eventually(gone, "the worker ends with its server", within_s=10)


async def test_a_stopped_server_says_goodbye_within_five_seconds(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path) as server:
        await server.start()
        children = await _children(server.pid)
        async with aiohttp.ClientSession(server.url) as http, http.get("/healthz") as answer:
            assert answer.status == 200
        loop = asyncio.get_running_loop()
        since = loop.time()
        assert await server.end() == 0
        assert loop.time() - since < 5.0
        assert not any(Path(f"/proc/{child}").exists() for child in children)
        assert not list(tmp_path.rglob("*.sock"))


async def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in found.split()]
