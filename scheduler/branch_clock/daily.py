"""What the clock of the branches does by itself, a few times a day."""

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog

from scheduler.attendance.results import write_result
from scheduler.branch_clock.alerts import Alerts
from scheduler.clock import Clock
from scheduler.store import tally_rows
from scheduler.store.engine import Store

log = structlog.get_logger(__name__)

EVERY = timedelta(hours=6)
AFTER_A_FAILURE = timedelta(minutes=1)
_AT_ONCE = 50


async def keep_alerted(alerts: Alerts, store: Store, clock: Clock, zone: ZoneInfo) -> None:
    """Look for alerts at once and then four times a day, until cancelled; failures are logged."""
    while True:
        wait = EVERY
        try:
            added = await add_missing_tallies(store, clock, zone)
            raised, resolved = await alerts.look()
            log.info("alerts looked for", raised=raised, resolved=resolved, tallies=added)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("alerts not looked for")
            wait = AFTER_A_FAILURE
        await clock.sleep_until(clock.now() + wait)


async def add_missing_tallies(store: Store, clock: Clock, zone: ZoneInfo) -> int:
    """Write the sums of meetings that were settled before sums were kept; return how many."""
    added = 0
    while True:
        async with store.begin() as connection:
            found = await tally_rows.missing(connection, _AT_ONCE)
            for one in found:
                await write_result(connection, one, clock.now(), zone)
        added += len(found)
        if len(found) < _AT_ONCE:
            return added
