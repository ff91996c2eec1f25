"""The loop: what fails comes again, what was refused does not, what is too late is not sent."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from scheduler.directory.model import Person
from scheduler.meetings.service import Meetings
from scheduler.notices.model import (
    Channel,
    Delivery,
    Letter,
    Notice,
    NoticeState,
    Undeliverable,
)
from scheduler.notices.notifier import Notifier
from scheduler.notices.service import Notices
from tests.support.clock import MovableClock
from tests.support.meetings import adhoc


class Line:
    """A channel that fails as often as it is told to, and tells when it has something."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.tries = 0
        self.failures: list[Exception] = []
        self.changed = asyncio.Event()

    async def send(self, letter: Letter) -> None:
        self.tries += 1
        self.changed.set()
        if self.failures:
            raise self.failures.pop()
        self.sent.append(letter)

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not reached():
                await self.changed.wait()
                self.changed.clear()


async def compose(notice: Notice) -> Letter:
    to = Person(notice.person, "示例", None, "one@village.example")
    return Letter(notice=notice, to=to, subject="", text="", unit="", link="")


@asynccontextmanager
async def running(notices: Notices, line: Line, clock: MovableClock) -> AsyncIterator[Notifier]:
    notifier = Notifier(notices, {Channel.MAIL: line}, compose, clock)
    task = asyncio.create_task(notifier.run())
    try:
        yield notifier
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def ended(notices: Notices, occurrence: str, count: int) -> list[Delivery]:
    """Wait until so many notices of the occurrence are no longer due."""
    async with asyncio.timeout(10):
        while True:
            done = [d for d in await notices.of(occurrence) if d.state is not NoticeState.DUE]
            if len(done) >= count:
                return done
            await asyncio.sleep(0)


async def test_a_meeting_that_is_called_is_told_at_once(
    meetings: Meetings, by_mail: Notices, clock: MovableClock
) -> None:
    line = Line()
    async with running(by_mail, line, clock) as notifier:
        meeting = await meetings.create_adhoc(adhoc())
        notifier.wake()
        clock.advance(seconds=6)
        await line.until(lambda: len(line.sent) == 2)
        done = await ended(by_mail, meeting.id, 2)
    assert {one.state for one in done} == {NoticeState.SENT}
    assert notifier.ended[Channel.MAIL, NoticeState.SENT] == 2


async def test_a_failure_is_tried_again_and_a_refusal_is_not(
    meetings: Meetings, by_mail: Notices, clock: MovableClock
) -> None:
    line = Line()
    line.failures = [Undeliverable("recipient_refused"), ConnectionError("one@village.example")]
    meeting = await meetings.create_adhoc(adhoc())
    async with running(by_mail, line, clock):
        await line.until(lambda: line.tries == 2)
        (refused,) = await ended(by_mail, meeting.id, 1)
        assert (refused.state, refused.error) == (NoticeState.UNDELIVERABLE, "recipient_refused")
        waiting = [d for d in await by_mail.of(meeting.id) if d.state is NoticeState.DUE]
        assert [one.error for one in waiting] == ["ConnectionError"]  # a word, no address
        clock.advance(minutes=1)
        await line.until(lambda: len(line.sent) == 1)
        assert len(await ended(by_mail, meeting.id, 2)) == 2


async def test_what_would_come_too_late_is_not_sent(
    meetings: Meetings, by_mail: Notices, clock: MovableClock
) -> None:
    line = Line()
    meeting = await meetings.create_adhoc(adhoc())
    await by_mail.write()
    clock.advance(hours=9)
    async with running(by_mail, line, clock):
        done = await ended(by_mail, meeting.id, 2)
    assert {one.state for one in done} == {NoticeState.TOO_LATE}
    assert line.tries == 0


async def test_what_a_killed_node_had_taken_is_sent_after_its_lease(
    meetings: Meetings, by_mail: Notices, clock: MovableClock
) -> None:
    line = Line()
    await meetings.create_adhoc(adhoc())
    await by_mail.write()
    await by_mail.take(timedelta(minutes=2), 1)
    async with running(by_mail, line, clock):
        await line.until(lambda: len(line.sent) == 1)
        clock.advance(minutes=3)
        await line.until(lambda: len(line.sent) == 2)
    assert len({one.notice.id for one in line.sent}) == 2
