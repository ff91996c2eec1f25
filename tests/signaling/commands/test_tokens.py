"""`liancun token`: keys for encoders and players, from the command line."""

import asyncio
import json
from datetime import datetime, timedelta

import pytest

from config.settings import Settings
from scheduler.accounts import Accounts
from scheduler.clock import SystemClock
from scheduler.errors import Refused
from scheduler.store.engine import Store
from signaling.cli import main
from tests.support.clock import MovableClock
from tests.support.meetings import adhoc, found_branch, meetings_of


@pytest.fixture
def room() -> str:
    """A meeting that begins in an hour."""

    async def plan() -> str:
        store, clock = await Store.open(Settings().store.url), MovableClock()
        try:
            await found_branch(store)
            start = clock.now().replace(microsecond=0) + timedelta(hours=1)
            return (await meetings_of(store, clock).create_adhoc(adhoc(start=start))).id
        finally:
            await store.close()

    return asyncio.run(plan())


def speaks_for(token: str) -> str:
    """Return the label of a token."""

    async def identify() -> str:
        store = await Store.open(Settings().store.url)
        try:
            identity = await Accounts(store, SystemClock(), 30).identify(token)
        finally:
            await store.close()
        assert identity.stream is not None
        return f"{identity.stream.scope} {identity.stream.label}"

    return asyncio.run(identify())


@pytest.mark.parametrize("scope", ["whip", "whep"])
def test_a_key_is_printed_with_its_address(
    room: str, scope: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANCUN_HTTP__PUBLIC_URL", "https://liancun.example/")
    assert main(["token", scope, room, "--label", "会议室", "--hours", "2", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["url"] == f"https://liancun.example/{scope}/{room}"
    left = datetime.fromisoformat(shown["until"]) - datetime.now().astimezone()
    assert timedelta(minutes=117) < left < timedelta(minutes=121)
    assert speaks_for(shown["token"]) == f"{scope} 会议室"


def test_it_can_be_read_by_people_and_be_withdrawn(
    room: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["token", "whip", room]) == 0
    lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert speaks_for(lines["token"]) == "whip 视频信号"
    assert main(["token", "withdraw", room]) == 0
    with pytest.raises(Refused):
        speaks_for(lines["token"])


def test_there_is_none_for_an_unknown_room(capsys: pytest.CaptureFixture[str], room: str) -> None:
    assert main(["token", "whip", "nowhere"]) == 1
    assert "unknown_occurrence" in capsys.readouterr().err


@pytest.mark.parametrize("hours", ["0", "-1", "9000", "soon", "nan"])
def test_hours_are_bounded(room: str, hours: str) -> None:
    with pytest.raises(SystemExit):
        main(["token", "whip", room, "--hours", hours])
