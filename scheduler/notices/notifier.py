"""The loop that sends notices: each once where nothing breaks, never lost where something does."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from scheduler.clock import Clock
from scheduler.errors import NotFound
from scheduler.notices.model import Channel, Letter, Notice, NoticeState, Sender, Undeliverable
from scheduler.notices.service import Notices

Compose = Callable[[Notice], Awaitable[Letter]]
"""Puts a notice into words; raises NotFound where its person or meeting is gone."""

LEASE: Final = timedelta(minutes=2)
SENDING_S: Final = 60.0
"""The longest one letter may take, seconds; well within the lease."""
AT_ONCE: Final = 8
LOOK: Final = timedelta(minutes=1)
"""How often the meetings are compared with what was told, where nothing wakes the loop."""
SETTLING: Final = timedelta(seconds=5)
"""The shortest time between two comparisons: an organizer changes many things at once."""
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=1)

log = structlog.get_logger(__name__)


class Notifier:
    """Writes what is to be told and sends what is due, until cancelled.

    A letter that fails is tried again after 30 s, 1 min, 2 min … at most an hour, until it would
    come too late. One whose sending was not recorded (the node died) is sent again.
    """

    def __init__(
        self, notices: Notices, senders: Mapping[Channel, Sender], compose: Compose, clock: Clock
    ) -> None:
        self._notices = notices
        self._senders = dict(senders)
        self._compose = compose
        self._clock = clock
        self._wake = asyncio.Event()
        self.ended: Counter[tuple[Channel, NoticeState]] = Counter()
        """How many notices ended how since the start, by channel."""

    def wake(self) -> None:
        """Compare again soon: a meeting was changed."""
        self._wake.set()

    async def run(self) -> None:
        """Do it until cancelled; failures are logged and tried again."""
        while True:
            self._wake.clear()
            looked_at = self._clock.now()
            try:
                await self._notices.write()
                await self._send_all()
                ready = await self._notices.next_ready()
                until = looked_at + LOOK if ready is None else min(looked_at + LOOK, ready)
            except Exception:
                log.exception("notices not sent")
                until = looked_at + LOOK
            await self._wait(looked_at + SETTLING, until)

    async def _send_all(self) -> None:
        while taken := await self._notices.take(LEASE, AT_ONCE):
            await asyncio.gather(*(self._deliver(one) for one in taken))

    async def _deliver(self, notice: Notice) -> None:
        sender = self._senders.get(notice.channel)
        if sender is None:
            await self._end(notice, NoticeState.UNDELIVERABLE, "channel_switched_off")
        elif self._clock.now() > notice.useless_after:
            await self._end(notice, NoticeState.TOO_LATE)
        else:
            await self._try(sender, notice)

    async def _try(self, sender: Sender, notice: Notice) -> None:
        try:
            async with asyncio.timeout(SENDING_S):
                await sender.send(await self._compose(notice))
        except (Undeliverable, NotFound) as error:
            word = error.code if isinstance(error, NotFound) else str(error)
            await self._end(notice, NoticeState.UNDELIVERABLE, word)
        except Exception as error:
            pause = min(FIRST_PAUSE * 2 ** min(notice.attempts - 1, 16), LONGEST_PAUSE)
            word = type(error).__name__  # its text may carry an address
            log.warning(
                "notice not delivered",
                notice=notice.id,
                channel=notice.channel,
                attempts=notice.attempts,
                again_in_s=pause.total_seconds(),
                error=word,
            )
            await self._notices.put_off(notice, pause, word)
        else:
            await self._end(notice, NoticeState.SENT)

    async def _end(self, notice: Notice, state: NoticeState, error: str | None = None) -> None:
        await self._notices.finish(notice, state, error)
        self.ended[notice.channel, state] += 1
        log.info(
            "notice ended",
            notice=notice.id,
            channel=notice.channel,
            kind=notice.kind,
            occurrence=notice.occurrence,
            state=state,
            error=error,
        )

    async def _wait(self, earliest: datetime, until: datetime) -> None:
        """Return at `until`, or when woken, but not before `earliest`."""
        waiting = [
            asyncio.create_task(self._clock.sleep_until(until)),
            asyncio.create_task(self._wake.wait()),
        ]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        await self._clock.sleep_until(earliest)
