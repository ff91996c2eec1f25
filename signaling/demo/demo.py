"""The demonstration as a part of the application: prepared, shown, stopped with it."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web

from config.ruzhou import FOLDER
from config.settings import Settings
from scheduler.directory.imports.importing import apply
from scheduler.meetings.model import Occurrence
from signaling import keys
from signaling.demo.cast import Cast, choose
from signaling.demo.links import DemoLink, issue_links
from signaling.demo.meeting import DemoMeeting
from signaling.demo.phones import SyntheticPhones
from signaling.floor import FLOOR
from signaling.http.addresses import Addresses

MOST_PARTICIPANTS: Final = 20
PARTICIPANTS: Final = 10
PIN_DIGITS: Final = 6

log = structlog.stdlib.get_logger(__name__)


class Demo:
    """One run of the demonstration over a running application."""

    def __init__(self, app: web.Application, participants: int) -> None:
        self._app = app
        self._participants = participants
        self._phones: SyntheticPhones | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._cast: Cast | None = None
        self._pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"
        self._addresses: Addresses | None = None
        self._meeting = DemoMeeting(
            app[keys.MEETINGS],
            app[keys.DIRECTORY],
            app[FLOOR].conductor,
            app[keys.CLOCK],
            app[keys.ZONE],
        )

    @property
    def occurrence(self) -> Occurrence:
        """The meeting that is on."""
        if self._meeting.occurrence is None:
            raise RuntimeError("prepare() comes first")
        return self._meeting.occurrence

    @property
    def participants(self) -> int:
        """How many synthetic phones take part."""
        return len(self._cast.synthetic) if self._cast is not None else 0

    @property
    def present(self) -> int:
        """How many devices are in the meeting now."""
        room = self._app[FLOOR].hub.live(self.occurrence.id)
        return len(room.peers) if room is not None else 0

    async def prepare(self) -> None:
        """Import Ruzhou, open the meeting, choose who plays which part, give the persons a PIN."""
        report = await apply(self._app[keys.STORE], [FOLDER])
        log.info("directory of Ruzhou", created=report.created, changed=report.changed)
        meeting = await self._meeting.prepare()
        roster = await self._app[keys.MEETINGS].roster(meeting.id)
        self._cast = await choose(self._app[keys.DIRECTORY], roster, self._participants)
        for person in (self._cast.organizer, self._cast.mobile.holder):
            if person is not None:
                await self._app[keys.ACCOUNTS].set_pin(person, self._pin)
        self._keeping = asyncio.create_task(self._meeting.keep(), name="demonstration")

    async def start(self, addresses: Addresses) -> None:
        """Let the synthetic phones call; `addresses` are those of the listening server."""
        self._addresses = addresses
        if self._cast is None or not self._cast.synthetic:
            return
        folder = self._app[keys.SETTINGS].directory
        self._phones = SyntheticPhones(
            await self._specs(addresses), folder / "synthetic", folder / "synthetic.log"
        )
        self._phones.start()

    async def links(self) -> tuple[DemoLink, ...]:
        """Issue fresh links; the village phone is one that is not in use."""
        if self._cast is None or self._addresses is None:
            raise RuntimeError("start() comes first")
        connected = {
            session.identity.device.id
            for session in self._app[FLOOR].sessions
            if session.identity.device is not None
        }
        return await issue_links(
            self._app[keys.ACCOUNTS],
            self._app[keys.DIRECTORY],
            self._cast,
            self._addresses,
            self._pin,
            frozenset(connected),
        )

    async def stop(self) -> None:
        """End the phones and the renewal of the meeting."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        if self._phones is not None:
            await self._phones.stop()

    async def _specs(self, addresses: Addresses) -> list[dict[str, str]]:
        """Enrol the synthetic phones and describe them for the child process."""
        assert self._cast is not None
        accounts, directory = self._app[keys.ACCOUNTS], self._app[keys.DIRECTORY]
        sites = await directory.sites([d.site for d in self._cast.synthetic if d.site])
        specs = []
        for device in self._cast.synthetic:
            code = await accounts.issue_pairing_code(device.id, None)
            session = await accounts.enrol(code.code, source=device.id)
            place = sites[device.site].name if device.site in sites else device.name
            specs.append(
                {
                    "url": f"{addresses.local}/ws".replace("http", "ws", 1),
                    "token": session.token,
                    "name": place,
                }
            )
        return specs


DEMO = web.AppKey("demo", Demo)


def add_demo(app: web.Application, participants: int = PARTICIPANTS) -> None:
    """Make an application the demonstration; call before it starts."""

    async def run(app: web.Application) -> AsyncIterator[None]:
        demo = Demo(app, min(max(participants, 0), MOST_PARTICIPANTS))
        app[DEMO] = demo
        try:
            await demo.prepare()
            yield
        finally:
            await demo.stop()

    app.cleanup_ctx.append(run)


def demo_settings(settings: Settings) -> Settings:
    """Return settings with a database of the demonstration's own, unless one was chosen; with
    quiet logs, so that what it prints can be read; and with a clock of the branches that begins
    this month, as in a county that begins with it."""
    changes: dict[str, object] = {}
    if "url" not in settings.store.model_fields_set:
        url = f"sqlite+aiosqlite:///{settings.directory / 'demo.db'}"
        changes["store"] = settings.store.model_copy(update={"url": url})
    if "level" not in settings.log.model_fields_set:
        changes["log"] = settings.log.model_copy(update={"level": "warning"})
    if settings.rules.counted_from is None:
        first = datetime.now(ZoneInfo(settings.time_zone)).date().replace(day=1)
        changes["rules"] = settings.rules.model_copy(update={"counted_from": first})
    return settings.model_copy(update=changes)
