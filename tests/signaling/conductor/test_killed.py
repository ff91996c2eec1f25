"""A server that is killed in the middle of a meeting: the meeting goes on, the facts are there."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from scheduler.accounts import Accounts
from scheduler.attendance.reports import Reports
from scheduler.clock import SystemClock
from scheduler.store.attendance_tables import attendance_fact as fact
from scheduler.store.engine import Store
from tests.signaling.wire import Wire, connected
from tests.support.clock import MovableClock
from tests.support.meetings import SHANGHAI, adhoc, found_branch, meetings_of
from tests.support.server import ServerProcess


async def prepare(url: str) -> tuple[str, str]:
    """Fill the store; return the id of a meeting that begins now, and the token of phone1."""
    store, clock = await Store.open(url), MovableClock()
    try:
        await found_branch(store)
        meeting = await meetings_of(store, clock).create_adhoc(adhoc(start=clock.now()))
        accounts = Accounts(store, clock, 30)
        code = await accounts.issue_pairing_code("phone1", None)
        return meeting.id, (await accounts.enrol(code.code)).token
    finally:
        await store.close()


async def come(wire: Wire, meeting: str, resume: str | None = None) -> None:
    """Do what a phone's page does: say hello, wait for the invitation, join."""
    await wire.hello(resume, 0)
    invited = {invitation["occurrence"] for invitation in wire.welcome["invitations"]}
    if meeting not in invited:
        await wire.until("invited", lambda e: bool(e["invitation"]["occurrence"] == meeting))
    await wire.ask("join", occurrence=meeting)


async def test_killing_the_server_changes_nothing_for_the_meeting(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/test.db"
    meeting, token = await prepare(url)
    async with ServerProcess(tmp_path) as server:
        await server.start()
        async with connected(server.url, token) as wire:
            await come(wire, meeting)
            resume = wire.welcome["resume"]
            await asyncio.sleep(2)  # stay for a while, which is what is to be kept
            await server.kill()
            killed_at = SystemClock().now()
            await wire.until_closed()
        await server.start()
        async with connected(server.url, token) as wire:
            await come(wire, meeting, resume)
            assert not wire.welcome["resumed"]
            assert await last_end(url, meeting) is None
            await wire.ask("leave")
        back_until = SystemClock().now()
        await server.end()
    ended = await last_end(url, meeting)
    assert ended is not None
    assert abs(ended - back_until) < timedelta(seconds=1)
    first = await first_end(url, meeting)
    assert killed_at - timedelta(seconds=1.5) < first < killed_at + timedelta(seconds=0.5)


async def last_end(url: str, meeting: str) -> datetime | None:
    """Return when p1 was last there; None while p1 is."""
    store = await Store.open(url, migrate=False)
    try:
        report = await Reports(store, SystemClock(), SHANGHAI).occurrence(meeting)
    finally:
        await store.close()
    [row] = [row for row in report.rows if row.person == "p1"]
    return None if row.present_now else row.last


async def first_end(url: str, meeting: str) -> datetime:
    """Return the end that the next start wrote for the presence of the server that was killed."""
    store = await Store.open(url, migrate=False)
    try:
        async with store.read() as connection:
            rows = await connection.execute(
                select(fact.c.at).where(fact.c.occurrence == meeting, fact.c.cause == "server_lost")
            )
            found: datetime = rows.scalar_one()
            return found
    finally:
        await store.close()
