"""Notices in words, and the channels that the settings name."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from prometheus_client.metrics_core import CounterMetricFamily, Metric

from config.settings import ConfigError, Settings
from scheduler.clock import Clock
from scheduler.directory.service import Directory
from scheduler.meetings.service import Meetings
from scheduler.notices.mail import MailSender
from scheduler.notices.model import OF_RECORDS, Channel, Letter, Notice, NoticeState, Sender
from scheduler.notices.notifier import Notifier
from scheduler.notices.sms import SmsSender, load
from scheduler.notices.webhook import WebhookSender
from signaling.http.addresses import Addresses
from signaling.http.texts import Texts

PAGE = "/phone"
"""Where people on the way enter a meeting."""
RECORD_PAGE = "/record"
"""Where a record is written, signed and reviewed."""


def senders(settings: Settings, clock: Clock) -> dict[Channel, Sender]:
    """Return the channels that are set. Raise ConfigError where the SMS driver cannot be loaded."""
    found: dict[Channel, Sender] = {}
    if settings.mail.host:
        found[Channel.MAIL] = MailSender(settings.mail, ZoneInfo(settings.time_zone))
    if settings.webhook.url:
        found[Channel.WEBHOOK] = WebhookSender(settings.webhook, clock)
    if settings.sms.url:
        try:
            found[Channel.SMS] = SmsSender(load(settings.sms))
        except ValueError as error:
            raise ConfigError(str(error)) from error
    return found


class Wording:
    """Puts notices into the language of the settings: long for mail, short for the others."""

    def __init__(
        self, settings: Settings, texts: Texts, directory: Directory, meetings: Meetings
    ) -> None:
        addresses = Addresses.of(settings.http, settings.http.port)
        self._base = addresses.network or addresses.local
        self._language = settings.language
        self._zone = ZoneInfo(settings.time_zone)
        self._texts = texts
        self._directory = directory
        self._meetings = meetings

    async def letter(self, notice: Notice) -> Letter:
        """Compose the letter of a notice; raise NotFound where its person or meeting is gone."""
        meeting = await self._meetings.occurrence(notice.occurrence)
        unit = (await self._directory.unit(meeting.unit)).name
        person = await self._directory.person(notice.person)
        link = self._base + PAGE
        if notice.kind in OF_RECORDS:
            link = f"{self._base}{RECORD_PAGE}?occurrence={notice.occurrence}"
        names = {
            "name": person.name,
            "unit": unit,
            "title": notice.title,
            "when": self._when(notice),
            "link": link,
        }
        form = "long" if notice.channel is Channel.MAIL else "short"
        return Letter(
            notice=notice,
            to=person,
            subject=self._say(f"notice.{notice.kind}.subject", names),
            text=self._say(f"notice.{notice.kind}.{form}", names),
            unit=unit,
            link=link,
        )

    def _when(self, notice: Notice) -> str:
        start, end = notice.start.astimezone(self._zone), notice.end.astimezone(self._zone)
        return self._say(
            "notice.when",
            {
                "year": str(start.year),
                "month": str(start.month),
                "day": str(start.day),
                "weekday": self._say(f"notice.weekday.{start.isoweekday()}", {}),
                "start": f"{start:%H:%M}",
                "end": f"{end:%H:%M}",
            },
        )

    def _say(self, key: str, names: dict[str, str]) -> str:
        pieces = self._texts.text(self._language, key).split("{")
        said = [pieces[0]]
        for piece in pieces[1:]:  # not replace(): a title may hold braces itself
            name, _, rest = piece.partition("}")
            said += [names[name], rest]
        return "".join(said)


class NoticeFigures:
    """How many notices ended how, for Prometheus."""

    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier

    def collect(self) -> Iterable[Metric]:
        family = CounterMetricFamily(
            "liancun_notices", "Notices that ended, by channel and how.", labels=("channel", "how")
        )
        for channel in Channel:
            for state in NoticeState:
                if state is not NoticeState.DUE:
                    family.add_metric([channel, state], self._notifier.ended[channel, state])
        yield family
