"""What every answer carries, and what pages of other origins may not do."""

import pytest
from aiohttp import web

from signaling.http.call import Call
from signaling.http.routing import Routes, install
from signaling.roles import Permission
from tests.signaling.http.conftest import Client, spoken_to


@pytest.fixture
def changing(app: web.Application) -> web.Application:
    routes = Routes("test")

    @routes.post("/change", needs=Permission.PUBLIC)
    async def change(call: Call) -> None:
        """Change something."""

    install(app, [routes])
    return app


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/nothing", "/api/me"])
async def test_every_answer_carries_a_strict_policy(client: Client, path: str) -> None:
    answer = await client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_what_the_api_says_is_not_stored(client: Client) -> None:
    assert (await client.get("/version")).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_a_foreign_page_changes_nothing(
    changing: web.Application, headers: dict[str, str]
) -> None:
    async with spoken_to(changing) as client:
        answer = await client.post("/change", headers=headers)
        assert answer.status == 403
        assert (await answer.json(content_type=None))["code"] == "foreign_origin"


async def test_our_own_page_and_programs_may(changing: web.Application) -> None:
    async with spoken_to(changing) as client:
        own = f"http://{client.host}:{client.port}"
        assert (await client.post("/change", headers={"Origin": own})).status == 204
        assert (await client.post("/change")).status == 204


async def test_a_foreign_page_opens_no_websocket(client: Client) -> None:
    headers = {
        "Origin": "https://evil.example",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    assert (await client.get("/ws", headers=headers)).status == 403


async def test_a_request_keeps_the_id_it_came_with(client: Client) -> None:
    answer = await client.get("/healthz", headers={"X-Request-Id": "abc-123-def"})
    assert answer.headers["X-Request-Id"] == "abc-123-def"
    answer = await client.get("/healthz", headers={"X-Request-Id": "no spaces; please"})
    assert answer.headers["X-Request-Id"] != "no spaces; please"
