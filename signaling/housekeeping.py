"""What is done a few times a day: meetings laid out ahead, expired sign-ins forgotten."""

from datetime import timedelta
from typing import Final

import structlog

from scheduler.accounts import Accounts
from scheduler.clock import Clock
from scheduler.meetings.service import Meetings

EVERY: Final = timedelta(hours=6)

log = structlog.stdlib.get_logger(__name__)


class Housekeeping:
    """Does its rounds until cancelled; a round that fails is logged and the next one comes."""

    def __init__(self, clock: Clock, meetings: Meetings, accounts: Accounts) -> None:
        self._clock = clock
        self._meetings = meetings
        self._accounts = accounts

    async def run(self) -> None:
        """Do a round now and then every few hours."""
        while True:
            try:
                await self.round()
            except Exception:
                log.exception("housekeeping failed")
            await self._clock.sleep_until(self._clock.now() + EVERY)

    async def round(self) -> None:
        """Lay out the meetings up to the horizon and purge what has expired."""
        created = await self._meetings.lay_out()
        purged = await self._accounts.purge()
        log.info("housekeeping done", occurrences_created=created, sign_ins_purged=purged)
