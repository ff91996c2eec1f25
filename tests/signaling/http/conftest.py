"""The routes of the real application over fakes, spoken to by HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from config.settings import Settings
from scheduler.accounts import Accounts
from scheduler.directory.service import Directory
from scheduler.meetings.service import Meetings
from signaling import keys
from signaling.access import Access
from signaling.app import frame
from tests.signaling.http import fakes
from tests.support.clock import MovableClock
from tests.support.server import RunningServer, running_server, settings_for_tests
from tests.support.templates import lay_ruzhou

Client = TestClient[web.Request, web.Application]


@pytest.fixture
def accounts() -> fakes.FakeAccounts:
    return fakes.FakeAccounts()


@pytest.fixture
def web_folder(tmp_path: Path) -> Path:
    (tmp_path / "i18n").mkdir()
    (tmp_path / "i18n" / "zh-CN.json").write_text('{"error.not_allowed": "没有这个权限"}', "utf-8")
    (tmp_path / "i18n" / "en.json").write_text(
        '{"error.not_allowed": "Not allowed", "error.internal": "Failed"}', "utf-8"
    )
    (tmp_path / "index.html").write_text("<!doctype html>" + "<p>page</p>" * 100, "utf-8")
    return tmp_path


@pytest.fixture
def app(accounts: fakes.FakeAccounts, web_folder: Path) -> web.Application:
    app = frame(Settings(), MovableClock(), web_folder)
    directory = cast("Directory", fakes.FakeDirectory())
    meetings = cast("Meetings", fakes.meetings())
    app[keys.ACCOUNTS] = cast("Accounts", accounts)
    app[keys.DIRECTORY] = directory
    app[keys.MEETINGS] = meetings
    app[keys.ACCESS] = Access(directory, meetings)
    return app


@pytest.fixture
async def client(app: web.Application) -> AsyncIterator[Client]:
    async with spoken_to(app) as client:
        yield client


@pytest.fixture
async def ruzhou(tmp_path: Path) -> AsyncIterator[RunningServer]:
    """A whole server with the directory of Ruzhou."""
    await lay_ruzhou(tmp_path / "test.db")
    async with running_server(settings_for_tests(tmp_path)) as server:
        yield server


@asynccontextmanager
async def spoken_to(app: web.Application) -> AsyncIterator[Client]:
    """Serve the application on a free port."""
    async with TestClient(TestServer(app)) as client:
        yield client


def bearer(token: str) -> dict[str, Any]:
    """Keyword arguments of a request in somebody's name."""
    return {"headers": {"Authorization": f"Bearer {token}"}}
