"""The sign of life: a server that is killed loses at most the last second of attendance."""

import asyncio

import structlog

from scheduler.attendance.log import AttendanceLog
from scheduler.clock import Clock
from signaling.rooms.hub import RoomHub
from signaling.sessions.registry import Sessions

log = structlog.get_logger(__name__)

INTERVAL_S = 1.0
REFRESH_EVERY = 10
"""Live attendance is computed anew after so many signs of life, because minutes grow."""


async def show_life(
    attendance: AttendanceLog, sessions: Sessions, hub: RoomHub, clock: Clock
) -> None:
    """Write a sign of life every second until cancelled; end sign-ins that ran out."""
    beats, failing = 0, False
    while True:
        try:
            await attendance.keep_alive()
            failing = False
        except Exception:
            if not failing:  # once, not every second
                log.exception("no sign of life could be written")
            failing = True
        sessions.end_outdated(clock.now())
        beats += 1
        if beats % REFRESH_EVERY == 0:
            hub.watching.touch_all()
        await asyncio.sleep(INTERVAL_S)
