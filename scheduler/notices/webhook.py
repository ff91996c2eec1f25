"""The webhook channel: JSON to one address inside the network, signed as the specification of
Standard Webhooks 1.0 says."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

import aiohttp

from config.settings import Webhook
from scheduler.clock import Clock
from scheduler.notices.model import Letter, Undeliverable

_TIMEOUT = aiohttp.ClientTimeout(total=30)
_TRY_AGAIN = frozenset({408, 425, 429})


def signature(secret: bytes, id_: str, timestamp: int, body: bytes) -> str:
    """Return the value of `webhook-signature`: HMAC-SHA256 of id, time and body."""
    signed = b".".join([id_.encode(), str(timestamp).encode(), body])
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


class WebhookSender:
    """Tells one address of every notice; whoever answers there passes it on as it likes.

    The body carries the person's id and name, and no telephone number or mail address.
    """

    def __init__(self, settings: Webhook, clock: Clock) -> None:
        self._url = settings.url
        self._secret = settings.secret.encode()
        self._clock = clock

    async def send(self, letter: Letter) -> None:
        """Post it. Raise Undeliverable for an answer that will not change (4xx), ClientError or
        TimeoutError for anything else but success."""
        id_ = f"notice-{letter.notice.id}"
        body = json.dumps(_content(letter), ensure_ascii=False).encode()
        now = int(self._clock.now().timestamp())
        headers = {
            "content-type": "application/json",
            "webhook-id": id_,
            "webhook-timestamp": str(now),
            "webhook-signature": signature(self._secret, id_, now, body),
        }
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.post(self._url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            check(answer)


def check(answer: aiohttp.ClientResponse) -> None:
    """Return for 2xx; raise Undeliverable for a refusal, ClientResponseError for a failure."""
    if 200 <= answer.status < 300:
        return
    if answer.status < 500 and answer.status not in _TRY_AGAIN:
        raise Undeliverable(f"refused_{answer.status}")
    answer.raise_for_status()


def _content(letter: Letter) -> dict[str, Any]:
    notice = letter.notice
    return {
        "type": f"meeting.{notice.kind}",
        "timestamp": _utc(notice.written_at),
        "data": {
            "occurrence": notice.occurrence,
            "sequence": notice.sequence,
            "title": notice.title,
            "start": _utc(notice.start),
            "end": _utc(notice.end),
            "person": letter.to.id,
            "name": letter.to.name,
            "subject": letter.subject,
            "text": letter.text,
            "link": letter.link,
        },
    }


def _utc(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
