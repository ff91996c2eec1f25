"""A small branch, a clock that can be moved, and its schedule."""

from datetime import timedelta

import pytest

from scheduler.meetings.service import Meetings
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
