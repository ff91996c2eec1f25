"""What planning offers over the small branch."""

import pytest

from config.settings import Planning
from scheduler.planning.agenda_items import AgendaItems
from scheduler.planning.attachments import Attachments
from scheduler.store.engine import Store
from tests.support.clock import MovableClock


@pytest.fixture
def agendas(store: Store, clock: MovableClock) -> AgendaItems:
    return AgendaItems(store, clock)


@pytest.fixture
def papers(store: Store, clock: MovableClock) -> Attachments:
    return Attachments(store, clock, Planning(attachment_mb=1, attachments_per_meeting=3))
