"""Leave over HTTP: asked for by oneself, seen and decided by who may, told to who asked."""

from datetime import timedelta
from typing import Any

import pytest

from tests.signaling.http.test_meetings import adhoc, got, posted
from tests.support.server import RunningServer


@pytest.fixture
async def meeting(ruzhou: RunningServer) -> str:
    """The id of a meeting of tomorrow that expects fs001 to fs003."""
    start = ruzhou.clock.now() + timedelta(days=1)
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        body = adhoc(ruzhou, start=start.isoformat())
        return str((await posted(organizer, "/api/occurrences", body, 201))["id"])


async def leaves(server: RunningServer, person: str, path: str) -> list[dict[str, Any]]:
    async with server.http(await server.token_of_person(person)) as client:
        found: list[dict[str, Any]] = (await got(client, path))["leaves"]
        return found


async def test_what_a_member_asks_for_waits_with_the_secretary_until_it_is_decided(
    ruzhou: RunningServer, meeting: str
) -> None:
    path = f"/api/occurrences/{meeting}"
    async with ruzhou.http(await ruzhou.token_of_person("fs002")) as member:
        await posted(member, f"{path}/leave", {"person": "fs002", "reason": "family"}, 201)
    (waiting,) = await leaves(ruzhou, "fs001", "/api/leaves")
    assert waiting["name"] == "示例书记002"
    assert waiting["reason"] == "family"
    assert (waiting["occurrence"], waiting["title"]) == (meeting, "果树")
    assert waiting["unit_name"] == "第一网络党支部"
    (asked,) = await leaves(ruzhou, "fs002", "/api/me/leaves")
    assert asked["decision"] == "requested"
    async with ruzhou.http(await ruzhou.token_of_person("fs001")) as secretary:
        body = {"person": "fs002", "approve": True}
        await posted(secretary, f"{path}/leave-decision", body)
    assert await leaves(ruzhou, "fs001", "/api/leaves") == []
    (told,) = await leaves(ruzhou, "fs002", "/api/me/leaves")
    assert told["decision"] == "approved"


async def test_another_branch_does_not_see_what_was_asked_for(
    ruzhou: RunningServer, meeting: str
) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("fs002")) as member:
        body = {"person": "fs002", "reason": "illness"}
        await posted(member, f"/api/occurrences/{meeting}/leave", body, 201)
        await posted(member, f"/api/occurrences/{meeting}/leave", body | {"person": "fs003"}, 403)
        await got(member, "/api/leaves", 403)
    assert await leaves(ruzhou, "fs017", "/api/leaves") == []
    assert await leaves(ruzhou, "fs003", "/api/me/leaves") == []


async def test_a_device_is_nobody_who_asks_for_leave(ruzhou: RunningServer) -> None:
    async with ruzhou.http(await ruzhou.token_of_device("room-city-1")) as device:
        assert (await got(device, "/api/me/leaves", 403))["code"] == "not_allowed"


async def test_what_is_over_waits_for_nobody(ruzhou: RunningServer, meeting: str) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("fs002")) as member:
        body = {"person": "fs002", "reason": "work"}
        await posted(member, f"/api/occurrences/{meeting}/leave", body, 201)
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        await posted(organizer, f"/api/occurrences/{meeting}/cancel", {"reason": "下大雨"})
    assert await leaves(ruzhou, "fs001", "/api/leaves") == []
    ruzhou.clock.advance(days=2)
    assert await leaves(ruzhou, "fs002", "/api/me/leaves") == []
