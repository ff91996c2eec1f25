"""Errors are problem details (RFC 9457) with a code for programs and a text for people."""

import io
import logging
from typing import Annotated

import pytest
from aiohttp import web
from pydantic import BaseModel, Field

from scheduler.errors import Conflict, DomainError, Invalid, NotFound, Refused
from signaling.http.call import Call
from signaling.http.problems import code_and_status
from signaling.http.routing import Routes, install
from signaling.roles import Permission
from tests.signaling.http.conftest import spoken_to


class Body(BaseModel):
    pin: Annotated[str, Field(pattern="^[0-9]{4}$")]


def failing(error: Exception) -> Routes:
    routes = Routes("test")

    @routes.post("/fail", needs=Permission.PUBLIC)
    async def fail(call: Call, body: Body) -> None:
        """Fail."""
        raise error

    return routes


async def test_a_refusal_says_what_it_is_in_the_language_asked_for(app: web.Application) -> None:
    install(app, [failing(Refused("not_allowed", "p1"))])
    async with spoken_to(app) as client:
        answer = await client.post(
            "/fail", json={"pin": "1234"}, headers={"Accept-Language": "zh-CN,zh;q=0.9"}
        )
        problem = await answer.json(content_type="application/problem+json")
    assert (answer.status, problem["code"]) == (403, "not_allowed")
    assert problem["detail"] == "没有这个权限"
    assert problem["type"] == "urn:liancun:problem:not_allowed"
    assert answer.headers["Content-Language"] == "zh-CN"
    assert problem["request"] == answer.headers["X-Request-Id"]


async def test_an_unexpected_error_tells_strangers_nothing(
    app: web.Application, caplog: pytest.LogCaptureFixture
) -> None:
    install(app, [failing(RuntimeError("secret of the house"))])
    with caplog.at_level(logging.CRITICAL):
        async with spoken_to(app) as client:
            answer = await client.post("/fail", json={"pin": "1234"})
            text = await answer.text()
    assert answer.status == 500
    assert "secret" not in text
    assert '"code": "internal"' in text


async def test_bad_input_is_named_by_field_and_never_repeated(app: web.Application) -> None:
    install(app, [failing(RuntimeError())])
    async with spoken_to(app) as client:
        answer = await client.post("/fail", json={"pin": "hunter2"})
        problem = await answer.json(content_type=None)
    assert (answer.status, problem["code"]) == (422, "bad_input")
    assert [error["field"] for error in problem["errors"]] == ["pin"]
    assert "hunter2" not in str(problem)


@pytest.mark.parametrize(
    ("content", "content_type", "status", "code"),
    [
        (b"{", "application/json", 422, "bad_input"),
        (b"\xff\xfe", "application/json", 422, "bad_input"),
        (b"[]", "application/json", 422, "bad_input"),
        (b"pin=1234", "application/x-www-form-urlencoded", 415, "not_json"),
        (b'{"pin": "' + b"1" * 2_000_000 + b'"}', "application/json", 413, "too_large"),
    ],
)
async def test_a_body_that_is_no_body_is_refused(
    app: web.Application, content: bytes, content_type: str, status: int, code: str
) -> None:
    install(app, [failing(RuntimeError())])
    async with spoken_to(app) as client:
        answer = await client.post(
            "/fail", data=io.BytesIO(content), headers={"Content-Type": content_type}
        )
        problem = await answer.json(content_type=None)
    assert (answer.status, problem["code"]) == (status, code)


async def test_unknown_paths_and_wrong_methods_are_problems_too(app: web.Application) -> None:
    async with spoken_to(app) as client:
        missing = await client.get("/api/nothing")
        wrong = await client.delete("/healthz")
    assert missing.status == 404
    assert missing.content_type == "application/problem+json"
    assert wrong.status == 405
    assert "GET" in wrong.headers["Allow"]


async def test_a_monitor_may_ask_for_the_head_alone(app: web.Application) -> None:
    async with spoken_to(app) as client:
        answer = await client.head("/healthz")
        assert (answer.status, await answer.read()) == (200, b"")


async def test_somebody_who_typed_a_wrong_address_gets_a_page(app: web.Application) -> None:
    async with spoken_to(app) as client:
        answer = await client.get("/nothing", headers={"Accept": "text/html,*/*"})
        page = await answer.text()
    assert (answer.status, answer.content_type) == (404, "text/html")
    assert '<a href="/">' in page


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("unknown_person"), 404),
        (Invalid("not_on_roster"), 422),
        (Conflict("occurrence_not_open"), 409),
        (Refused("pin_wrong"), 403),
        (Refused("not_signed_in"), 401),
        (Refused("sign_in_wrong"), 401),
        (Refused("too_many_tries"), 429),
        (Refused("stream_too_often"), 429),
        (DomainError("not_ready"), 503),
        (ValueError("x"), 500),
    ],
)
def test_each_class_of_error_has_its_status(error: Exception, status: int) -> None:
    assert code_and_status(error)[1] == status
