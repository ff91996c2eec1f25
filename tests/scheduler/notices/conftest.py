"""A small branch whose people have addresses, and a notifier whose letters are caught."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from scheduler.meetings.service import Meetings
from scheduler.notices.model import Channel
from scheduler.notices.service import Notices
from scheduler.store.directory_tables import person
from scheduler.store.engine import Store
from tests.support.clock import MovableClock
from tests.support.meetings import found_branch, meetings_of

DAY = timedelta(days=1)


@pytest.fixture
async def meetings(store: Store, clock: MovableClock) -> Meetings:
    """p1 and p2 have mail, p1 and p3 a telephone."""
    await found_branch(store)
    async with store.begin() as connection:
        for id_, values in (
            ("p1", {"mail": "one@village.example", "phone": "13800000001"}),
            ("p2", {"mail": "two@village.example"}),
            ("p3", {"phone": "13800000003"}),
        ):
            await connection.execute(update(person).where(person.c.id == id_).values(**values))
    return meetings_of(store, clock)


@pytest.fixture
def by_mail(store: Store, clock: MovableClock) -> Notices:
    return notices_over(store, clock, Channel.MAIL)


def notices_over(store: Store, clock: MovableClock, *channels: Channel) -> Notices:
    """Invitations eight days before, reminders two hours before."""
    return Notices(store, clock, channels, invite_before=8 * DAY, remind_before=timedelta(hours=2))
