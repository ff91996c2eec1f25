"""The calendars of the small branch."""

import pytest

from scheduler.calendars.service import Calendars
from scheduler.store.engine import Store
from tests.support.clock import MovableClock
from tests.support.meetings import SHANGHAI


@pytest.fixture
def calendars(store: Store, clock: MovableClock) -> Calendars:
    return Calendars(store, clock, SHANGHAI)
