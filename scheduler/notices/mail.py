"""The mail channel: plain words, and the meeting as an invitation to a calendar (RFC 6047)."""

import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from zoneinfo import ZoneInfo

import aiosmtplib

from config.settings import Mail
from scheduler.notices import invitation
from scheduler.notices.model import OF_RECORDS, Letter, NoticeKind, Undeliverable

_TIMEOUT_S = 30.0


class MailSender:
    """Sends each letter to one person, over the institution's own mail server."""

    def __init__(self, settings: Mail, zone: ZoneInfo) -> None:
        self._settings = settings
        self._zone = zone

    async def send(self, letter: Letter) -> None:
        """Hand the letter to the server. Raise Undeliverable where it refuses the recipient or
        the message for good (5xx), and what aiosmtplib raises for anything else."""
        settings = self._settings
        try:
            await aiosmtplib.send(
                self._message(letter),
                hostname=settings.host,
                port=settings.port,
                username=settings.user or None,
                password=settings.password or None,
                use_tls=settings.security == "tls",
                start_tls=settings.security == "starttls",
                tls_context=self._tls(),
                timeout=_TIMEOUT_S,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(500 <= refused.code < 600 for refused in error.recipients):
                raise Undeliverable("recipient_refused") from None
            raise
        except aiosmtplib.SMTPDataError as error:
            if 500 <= error.code < 600:
                raise Undeliverable("message_refused") from None
            raise

    def _tls(self) -> ssl.SSLContext | None:
        if self._settings.security == "none":
            return None
        return ssl.create_default_context(cafile=self._settings.ca_file or None)

    def _message(self, letter: Letter) -> EmailMessage:
        notice, sender = letter.notice, self._settings.sender
        to = letter.to.mail
        if to is None:
            raise Undeliverable("no_address")
        message = EmailMessage()
        message["From"] = Address(letter.unit, addr_spec=sender)
        message["To"] = Address(letter.to.name, addr_spec=to)
        message["Subject"] = " ".join(letter.subject.split())  # a header is one line
        message["Date"] = format_datetime(notice.written_at)
        # The same notice has the same id: what is sent twice after a crash can be told apart.
        message["Message-ID"] = make_msgid(f"notice-{notice.id}", sender.partition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer by a machine
        message.set_content(letter.text)
        if notice.kind is not NoticeKind.REMINDER and notice.kind not in OF_RECORDS:
            content = invitation.write(letter, organizer=sender, attendee=to, zone=self._zone)
            message.add_alternative(
                content.decode(),
                subtype="calendar",
                params={"method": invitation.method(notice.kind)},
            )
        return message
