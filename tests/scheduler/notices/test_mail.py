"""Mail over a real SMTP server: words for people, an invitation for their calendar."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest
import recurring_ical_events
from aiosmtpd.smtp import SMTP

from config.settings import Mail
from scheduler.notices.mail import MailSender
from scheduler.notices.model import NoticeKind, Undeliverable
from tests.scheduler.notices.letters import letter
from tests.support.meetings import SEVEN, SHANGHAI


class Postbox:
    """What the server does with each message: keeps it, or answers what it was told to."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipient_answer = "250 OK"
        self.data_answer = "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.data_answer.startswith("250"):
            parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(parsed, EmailMessage)
            self.messages.append(parsed)
        return self.data_answer


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
async def sender(postbox: Postbox) -> AsyncIterator[MailSender]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(postbox, loop=loop), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = Mail(host="127.0.0.1", port=port, security="none", sender="meetings@liancun.example")
    yield MailSender(settings, SHANGHAI)
    server.close()
    await server.wait_closed()


def calendar_of(message: EmailMessage) -> tuple[str, icalendar.Calendar]:
    """Return the method and the calendar of the message's invitation."""
    part = next(one for one in message.walk() if one.get_content_type() == "text/calendar")
    parsed = icalendar.Calendar.from_ical(part.get_content())
    assert isinstance(parsed, icalendar.Calendar)
    return str(part.get_param("method")), parsed


async def test_a_letter_comes_in_plain_words_and_from_the_branch(
    sender: MailSender, postbox: Postbox
) -> None:
    await sender.send(letter())
    (message,) = postbox.messages
    assert message["Subject"] == "会议通知：果树管理交流"
    assert message["From"].addresses[0].display_name == "第一网络党支部"
    assert [one.addr_spec for one in message["To"].addresses] == ["one@village.example"]
    body = message.get_body(preferencelist=("plain",))
    assert body is not None
    assert "请您参加“果树管理交流”。" in body.get_content()


async def test_a_calendar_takes_the_invitation_and_then_its_change_and_cancellation(
    sender: MailSender, postbox: Postbox
) -> None:
    moved = SEVEN + timedelta(days=1)
    for kind, sequence, start in (
        (NoticeKind.INVITATION, 0, SEVEN),
        (NoticeKind.CHANGE, 1, moved),
        (NoticeKind.CANCELLATION, 2, moved),
    ):
        end = start + timedelta(hours=1)
        await sender.send(letter(kind=kind, sequence=sequence, start=start, end=end))
    invited, changed, cancelled = (calendar_of(message) for message in postbox.messages)
    assert [invited[0], changed[0], cancelled[0]] == ["REQUEST", "REQUEST", "CANCEL"]
    events = [parsed.events[0] for _, parsed in (invited, changed, cancelled)]
    assert {str(event["uid"]) for event in events} == {"meeting-meeting1"}
    assert [event["sequence"] for event in events] == [0, 1, 2]
    assert str(events[0]["attendee"]) == "mailto:one@village.example"
    assert str(events[0]["organizer"]) == "mailto:meetings@liancun.example"
    assert str(events[2]["status"]) == "CANCELLED"
    (read,) = recurring_ical_events.of(changed[1]).between(SEVEN, moved + timedelta(days=1))
    assert read.start == moved


async def test_a_refused_address_is_given_up_and_a_busy_server_is_not(
    sender: MailSender, postbox: Postbox
) -> None:
    postbox.recipient_answer = "550 no such mailbox"
    with pytest.raises(Undeliverable, match="recipient_refused"):
        await sender.send(letter())
    postbox.recipient_answer = "450 later"
    with pytest.raises(Exception, match="later") as failure:
        await sender.send(letter())
    assert not isinstance(failure.value, Undeliverable)
    postbox.recipient_answer = "250 OK"
    postbox.data_answer = "554 not wanted here"
    with pytest.raises(Undeliverable, match="message_refused"):
        await sender.send(letter())
    assert postbox.messages == []


async def test_a_title_cannot_write_headers_of_its_own(
    sender: MailSender, postbox: Postbox
) -> None:
    given = letter(title="会\r\nBcc: stranger@elsewhere.example")
    await sender.send(given)
    assert postbox.messages[0]["Bcc"] is None
    _, parsed = calendar_of(postbox.messages[0])
    assert "stranger" in str(parsed.events[0]["summary"])
