"""A small branch, a clock that can be moved, its schedule and its calendars."""

from datetime import timedelta

import pytest

from scheduler.calendars.service import Calendars
from scheduler.meetings.service import Meetings
from scheduler.store.engine import Store
from tests.support.clock import MovableClock
from tests.support.meetings import SEVEN, SHANGHAI, found_branch, meetings_of


@pytest.fixture
def clock() -> MovableClock:
    """Noon of the Monday of the first meeting."""
    return MovableClock(SEVEN - timedelta(hours=7))


@pytest.fixture
async def meetings(store: Store, clock: MovableClock) -> Meetings:
    await found_branch(store)
    return meetings_of(store, clock)


@pytest.fixture
def calendars(store: Store, clock: MovableClock) -> Calendars:
    return Calendars(store, clock, SHANGHAI)
