"""The SMS channel: a driver for the gateway that the institution has.

A driver is a class with two methods; `sms.driver` names it as `package.module:Class`:

    class MyGateway:
        def __init__(self, url: str, token: str) -> None: ...
        async def send(self, phone: str, text: str, reference: str) -> None: ...

`send` returns when the gateway took the message, raises `Undeliverable("word")` when it never
will, and anything else to be called again later. `reference` is the same when a message is sent
again after a crash, so that a gateway which knows it sends one SMS only. `JsonGateway` below is
the driver that comes along.
"""

from importlib import import_module
from typing import Protocol

import aiohttp

from config.settings import Sms
from scheduler.notices.model import Letter, Undeliverable
from scheduler.notices.webhook import check

_TIMEOUT = aiohttp.ClientTimeout(total=30)


class Gateway(Protocol):
    """What a driver does."""

    async def send(self, phone: str, text: str, reference: str) -> None:
        """Hand one message over; raise Undeliverable where the gateway never takes it."""


class SmsSender:
    """Sends the words of a letter, with the link, as one message."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def send(self, letter: Letter) -> None:
        """Hand the letter to the gateway; raise what it raises."""
        if letter.to.phone is None:
            raise Undeliverable("no_address")
        await self._gateway.send(letter.to.phone, letter.text, f"notice-{letter.notice.id}")


class JsonGateway:
    """Posts `{"phone", "text", "reference"}` with a bearer token, as many gateways take it."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"authorization": f"Bearer {token}"} if token else {}

    async def send(self, phone: str, text: str, reference: str) -> None:
        """Post one message. 4xx is a refusal, anything else but 2xx a failure."""
        message = {"phone": phone, "text": text, "reference": reference}
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT, headers=self._headers) as session,
            session.post(self._url, json=message, allow_redirects=False) as answer,
        ):
            check(answer)


def load(settings: Sms) -> Gateway:
    """Return the gateway of the settings. Raise ValueError where the driver cannot be loaded."""
    module, _, name = settings.driver.partition(":")
    try:
        driver = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"sms.driver {settings.driver!r} cannot be loaded: {error}") from error
    gateway: Gateway = driver(settings.url, settings.token)
    return gateway
