"""Credentials of the TURN server, in the form coturn's `use-auth-secret` checks."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.settings import Turn
from signaling.turn import ice_servers
from tests.signaling.live import running_branch

NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
URLS = ("turn:turn.example:3478?transport=udp", "turns:[2001:db8::1]:443?transport=tcp")


def test_a_device_gets_a_name_that_holds_its_expiry_and_a_signature_of_it() -> None:
    (server,) = ice_servers(Turn(urls=URLS, secret="north", lifetime_s=3600), "phone1", NOW)
    assert server.urls == URLS
    assert server.username == f"{int(NOW.timestamp()) + 3600}:phone1"
    signature = hmac.new(b"north", server.username.encode(), hashlib.sha1).digest()
    assert base64.b64decode(server.credential) == signature


def test_nothing_is_told_of_a_server_that_is_not_there() -> None:
    assert ice_servers(Turn(), "phone1", NOW) == ()


@pytest.mark.parametrize(
    "values",
    [
        {"urls": ["stun:x"], "secret": "s"},
        {"urls": ['turn:a>;rel="x'], "secret": "s"},
        {"urls": ["turn:turn.example"]},
        {"urls": ["turn:turn.example"], "secret": "s", "lifetime_s": 1},
    ],
)
def test_settings_that_cannot_work_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Turn.model_validate(values)


async def test_who_joins_is_told_and_who_comes_back_is_told_again(tmp_path: Path) -> None:
    turn = {"urls": list(URLS), "secret": "north"}
    async with running_branch(tmp_path, turn=turn) as branch:
        phone, room = await branch.join("phone1", await branch.open())
        (server,) = room["ice_servers"]
        assert server["urls"] == list(URLS)
        assert server["username"].endswith(":phone1")
        await phone.cut()
        again = await branch.hello("phone1", resume=phone)
        assert again.welcome["room"]["ice_servers"][0]["urls"] == list(URLS)


async def test_without_settings_the_list_is_empty(tmp_path: Path) -> None:
    async with running_branch(tmp_path) as branch:
        _, room = await branch.join("phone1", await branch.open())
        assert room["ice_servers"] == []
