"""Laying out the occurrences of the days that come into the horizon, and keeping up with the
table of holidays and the directory."""

import asyncio
from datetime import timedelta

import structlog

from scheduler.clock import Clock
from scheduler.meetings.service import Meetings

log = structlog.get_logger(__name__)

EVERY = timedelta(hours=6)
AFTER_A_FAILURE = timedelta(minutes=1)


async def keep_laid_out(meetings: Meetings, clock: Clock) -> None:
    """Lay out at once and then four times a day, until cancelled; failures are logged."""
    while True:
        wait = EVERY
        try:
            years = await meetings.take_over_public_days()
            if years:
                log.info("public holidays taken over", years=years)
            await meetings.follow_public_days()
            await meetings.follow_directory()
            added = await meetings.lay_out()
            log.info("occurrences laid out", added=added)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("occurrences not laid out")
            wait = AFTER_A_FAILURE
        await clock.sleep_until(clock.now() + wait)
