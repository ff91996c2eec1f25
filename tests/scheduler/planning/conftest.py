"""A small branch, a clock that can be moved, and what planning offers over it."""

from datetime import timedelta

import pytest

from config.settings import Planning
from scheduler.meetings.service import Meetings
from scheduler.planning.agenda_items import AgendaItems
from scheduler.planning.attachments import Attachments
from scheduler.store.engine import Store
from tests.support.clock import MovableClock
from tests.support.meetings import SEVEN, found_branch, meetings_of


@pytest.fixture
def clock() -> MovableClock:
    """Noon of the Monday of the first meeting."""
    return MovableClock(SEVEN - timedelta(hours=7))


@pytest.fixture
async def meetings(store: Store, clock: MovableClock) -> Meetings:
    await found_branch(store)
    return meetings_of(store, clock)


@pytest.fixture
def agendas(store: Store, clock: MovableClock) -> AgendaItems:
    return AgendaItems(store, clock)


@pytest.fixture
def papers(store: Store, clock: MovableClock) -> Attachments:
    return Attachments(store, clock, Planning(attachment_mb=1, attachments_per_meeting=3))
