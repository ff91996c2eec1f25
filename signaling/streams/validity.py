"""A key that is void opens nothing, and what it has opened is closed."""

from datetime import timedelta
from typing import Final

import structlog

from scheduler.accounts import Accounts
from scheduler.clock import Clock
from signaling.streams.streams import Streams

EVERY: Final = timedelta(seconds=10)

log = structlog.stdlib.get_logger(__name__)


async def keep_valid(streams: Streams, accounts: Accounts, clock: Clock) -> None:
    """Look at the tokens of all streams until cancelled. Tokens are withdrawn by another process,
    on the command line, so the store is asked; without streams it is not."""
    while True:
        await clock.sleep_until(clock.now() + EVERY)
        try:
            await streams.end_void(accounts)
        except Exception:
            log.exception("tokens of streams not looked at")
