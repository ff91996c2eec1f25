"""The webhook and the SMS gateway, over a real HTTP server."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from config.settings import Sms, Webhook
from scheduler.notices.model import Channel, Undeliverable
from scheduler.notices.sms import JsonGateway, SmsSender, load
from scheduler.notices.webhook import WebhookSender
from tests.scheduler.notices.letters import letter
from tests.support.clock import MovableClock

SECRET = "a secret of enough length"


@dataclass
class OtherSide:
    """Keeps what came, and answers with `status`."""

    status: int = 204
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.came.append((headers, await request.read()))
        answer = {"Location": "/elsewhere"} if 300 <= self.status < 400 else {}
        return web.Response(status=self.status, headers=answer)


@pytest.fixture
async def other() -> AsyncIterator[OtherSide]:
    side = OtherSide()
    app = web.Application()
    app.router.add_post("/{anywhere}", side.take)
    async with TestServer(app) as server:
        side.url = str(server.make_url("/hook"))
        yield side


async def test_a_webhook_is_signed_and_carries_no_address(other: OtherSide) -> None:
    clock = MovableClock()
    await WebhookSender(Webhook(url=other.url, secret=SECRET), clock).send(letter())
    headers, body = other.came[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = hmac.digest(SECRET.encode(), signed, hashlib.sha256)
    assert headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
    assert headers["webhook-id"] == "notice-7"
    told = json.loads(body)
    assert told["type"] == "meeting.invitation"
    assert told["data"]["title"] == "果树管理交流"
    assert told["data"]["start"] == "2026-11-23T11:00:00Z"
    assert b"13800000001" not in body
    assert b"one@village.example" not in body


@pytest.mark.parametrize("status", [301, 400, 404, 410])
async def test_an_answer_that_will_not_change_is_final(other: OtherSide, status: int) -> None:
    other.status = status
    with pytest.raises(Undeliverable, match=f"^refused_{status}$"):
        await WebhookSender(Webhook(url=other.url, secret=SECRET), MovableClock()).send(letter())
    assert len(other.came) == 1  # a redirection is not followed


@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_a_failure_may_be_tried_again(other: OtherSide, status: int) -> None:
    other.status = status
    with pytest.raises(aiohttp.ClientResponseError):
        await WebhookSender(Webhook(url=other.url, secret=SECRET), MovableClock()).send(letter())


async def test_an_sms_goes_to_the_gateway_with_its_key_and_a_reference(other: OtherSide) -> None:
    gateway = load(Sms(url=other.url, token="key of the gateway"))
    assert isinstance(gateway, JsonGateway)
    await SmsSender(gateway).send(letter(Channel.SMS))
    headers, body = other.came[0]
    assert headers["authorization"] == "Bearer key of the gateway"
    sent = json.loads(body)
    assert sent == {
        "phone": "13800000001",
        "text": letter().text,
        "reference": "notice-7",
    }


@pytest.mark.parametrize("driver", ["nowhere:Gateway", "scheduler.notices.sms:Nothing", "plain"])
def test_a_driver_that_cannot_be_loaded_is_named(driver: str) -> None:
    with pytest.raises(ValueError, match=driver):
        load(Sms(url="http://127.0.0.1:9/", driver=driver))
