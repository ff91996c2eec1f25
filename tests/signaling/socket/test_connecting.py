"""Who gets a connection, and how a conversation must begin."""

import aiohttp
import pytest

from signaling import socket as endpoint
from tests.signaling.live import Branch
from tests.signaling.wire import Refusal, connected


@pytest.mark.parametrize("token", [None, "", "nonsense", "x" * 5000])
async def test_a_stranger_is_refused_before_the_upgrade(branch: Branch, token: str | None) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with connected(branch.server.url, token):
            pass
    assert refused.value.status == 401


async def test_a_page_of_another_origin_is_refused(branch: Branch) -> None:
    token, foreign = await branch.token("phone1"), {"Origin": "http://evil.example"}
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with connected(branch.server.url, token, foreign):
            pass
    assert refused.value.status == 403


async def test_the_pages_of_this_server_are_let_in(branch: Branch) -> None:
    own = {"Origin": branch.server.url}
    async with connected(branch.server.url, await branch.token("phone1"), own) as wire:
        assert (await wire.hello())["device"] == "phone1"


async def test_a_welcome_says_who_one_is_and_how_to_come_back(branch: Branch) -> None:
    wire = await branch.hello("phone1")
    assert {
        "version": 1,
        "seq": 0,
        "resumed": False,
        "device": "phone1",
        "device_kind": "video_phone",
        "person": None,
        "invitations": [],
        "room": None,
    }.items() <= wire.welcome.items()
    assert len(wire.welcome["resume"]) >= 20


async def test_hello_comes_first_and_once(branch: Branch) -> None:
    wire = await branch.wire("phone1")
    for message in ("ping", "leave"):
        with pytest.raises(Refusal, match="hello_first"):
            await wire.ask(message)
    await wire.hello()
    with pytest.raises(Refusal, match="hello_twice"):
        await wire.hello()
    assert await wire.ask("ping") is None


async def test_another_version_is_told_so_and_closed(branch: Branch) -> None:
    wire = await branch.wire("phone1")
    with pytest.raises(Refusal, match="version_unsupported"):
        await wire.ask("hello", version=99)
    assert await wire.until_closed() == 1002


async def test_a_connection_without_hello_is_closed(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "HELLO_WITHIN_S", 0.05)
    wire = await branch.wire("phone1")
    await wire.until_error("hello_first")
    assert await wire.until_closed() == 1008


async def test_errors_speak_the_language_of_the_device(branch: Branch) -> None:
    said = []
    for language in ("zh-CN,zh;q=0.9", "en"):
        header = {"Accept-Language": language}
        async with connected(branch.server.url, await branch.token("phone1"), header) as wire:
            with pytest.raises(Refusal):
                await wire.ask("leave")
            said.append(wire.errors[-1]["message"])
    assert said[0] != said[1]
    assert said[1].isascii()
    assert not said[0].isascii()
