"""What is done a few times a day, so that nothing is kept longer than it is needed."""

from datetime import timedelta
from typing import Final

import structlog

from scheduler.accounts import Accounts
from scheduler.clock import Clock

EVERY: Final = timedelta(hours=6)

log = structlog.stdlib.get_logger(__name__)


async def keep_purged(accounts: Accounts, clock: Clock) -> None:
    """Forget expired sign-ins, links and codes at once and then four times a day, until
    cancelled; a failure is logged and the next round comes."""
    while True:
        try:
            log.info("expired sign-ins purged", purged=await accounts.purge())
        except Exception:
            log.exception("expired sign-ins not purged")
        await clock.sleep_until(clock.now() + EVERY)
