"""From a meeting that is called to the message that leaves the house, and who may see of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from config.settings import ConfigError
from scheduler.notices.model import NoticeKind
from signaling.http.texts import LANGUAGES, Texts
from tests.signaling.http.test_meetings import adhoc, got, posted
from tests.support.server import RunningServer, running_server, settings_for_tests
from tests.support.templates import lay_ruzhou

WEB = Path(__file__).parents[3] / "web"


@pytest.fixture
async def came() -> AsyncIterator[tuple[str, asyncio.Queue[dict[str, Any]]]]:
    """The address of a messenger, and what comes there."""
    queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def take(request: web.Request) -> web.Response:
        queue.put_nowait(json.loads(await request.read()))
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/hook", take)
    async with TestServer(app) as messenger:
        yield str(messenger.make_url("/hook")), queue


@pytest.fixture
async def telling(
    came: tuple[str, asyncio.Queue[dict[str, Any]]], tmp_path: Path
) -> AsyncIterator[RunningServer]:
    """A server with the directory of Ruzhou that tells the messenger."""
    webhook = {"url": came[0], "secret": "a secret of enough length"}
    public = {"public_url": "https://liancun.example/"}
    settings = settings_for_tests(tmp_path, webhook=webhook, http=public)
    await lay_ruzhou(tmp_path / "test.db")
    async with running_server(settings) as server:
        yield server


async def test_people_are_told_of_a_meeting_and_that_it_is_called_off(
    telling: RunningServer, came: tuple[str, asyncio.Queue[dict[str, Any]]]
) -> None:
    _, queue = came
    start = telling.clock.now() + timedelta(days=1)
    body = adhoc(telling, start=start.isoformat(), title="果树{when}")
    async with asyncio.timeout(30), telling.http(await telling.token_of_person("org001")) as http:
        made = await posted(http, "/api/occurrences", body, 201)
        telling.clock.advance(seconds=6)
        invited = [await queue.get() for _ in range(4)]
        await posted(http, f"/api/occurrences/{made['id']}/cancel", {"reason": "下大雨"})
        telling.clock.advance(minutes=1, seconds=1)
        called_off = [await queue.get() for _ in range(4)]
        seen = await got(http, f"/api/occurrences/{made['id']}/notices")
    assert {one["type"] for one in invited} == {"meeting.invitation"}
    assert {one["data"]["person"] for one in invited} == {"fs001", "fs002", "fs003", "org002"}
    words = next(one["data"]["text"] for one in invited if one["data"]["person"] == "fs001")
    assert words.startswith("示例书记001同志：第一网络党支部请您参加“果树{when}”，")
    assert words.endswith("进入会议：https://liancun.example/phone")
    assert {one["type"] for one in called_off} == {"meeting.cancellation"}
    assert [one["kind"] for one in seen["notices"]] == ["invitation"] * 4 + ["cancellation"] * 4
    async with telling.http(await telling.token_of_person("fs050")) as stranger:
        await got(stranger, f"/api/occurrences/{made['id']}/notices", 403)


async def test_a_driver_that_is_not_there_stops_the_start_with_its_name(tmp_path: Path) -> None:
    sms = {"url": "http://127.0.0.1:9/", "driver": "nowhere:Gateway"}
    with pytest.raises(ConfigError, match="nowhere:Gateway"):
        async with running_server(settings_for_tests(tmp_path, sms=sms)):
            pass


def test_every_notice_has_its_words() -> None:
    texts = Texts.load(WEB / "i18n", LANGUAGES[0])
    wanted = {
        f"notice.{kind}.{form}" for kind in NoticeKind for form in ("subject", "short", "long")
    } | {f"notice.weekday.{day}" for day in range(1, 8)}
    assert {key for key in wanted if not texts.knows(key)} == set()
