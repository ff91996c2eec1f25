"""A meeting that was held: p1 presided and p2 wrote, p3 was absent, p4 on leave, p5 listened."""

import pytest
from argon2 import PasswordHasher

from config.settings import Planning
from scheduler.accounts import Accounts
from scheduler.attendance.log import AttendanceLog
from scheduler.attendance.model import Cause
from scheduler.attendance.reports import Reports
from scheduler.directory.service import Directory
from scheduler.meetings.model import AgendaLine, Occurrence
from scheduler.meetings.service import Meetings
from scheduler.planning.agenda_items import AgendaItems
from scheduler.planning.attachments import Attachments
from scheduler.records.service import Records, Signer
from scheduler.records.sources import FactSource
from scheduler.store.engine import Store
from tests.scheduler.records.builders import FULL, VotesKnown
from tests.support.clock import MovableClock
from tests.support.meetings import SHANGHAI, adhoc

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PINS = {"p1": "1111", "p2": "2222", "p6": "6666"}


@pytest.fixture
def log(store: Store, clock: MovableClock) -> AttendanceLog:
    return AttendanceLog(store, clock, "node", "boot")


@pytest.fixture
def agenda(store: Store, clock: MovableClock) -> AgendaItems:
    return AgendaItems(store, clock)


@pytest.fixture
def attachments(store: Store, clock: MovableClock) -> Attachments:
    return Attachments(store, clock, Planning())


@pytest.fixture
def votes() -> VotesKnown:
    return VotesKnown()


@pytest.fixture
async def accounts(store: Store, clock: MovableClock, meetings: Meetings) -> Accounts:
    accounts = Accounts(store, clock, 30, hasher=CHEAP)
    for person, pin in PINS.items():
        await accounts.set_pin(person, pin)
    return accounts


@pytest.fixture
def records(
    store: Store,
    clock: MovableClock,
    meetings: Meetings,
    agenda: AgendaItems,
    attachments: Attachments,
    votes: VotesKnown,
    accounts: Accounts,
) -> Records:
    source = FactSource(
        meetings=meetings,
        reports=Reports(store, clock, SHANGHAI),
        directory=Directory(store, clock, SHANGHAI),
        agenda=agenda,
        attachments=attachments,
        votes=votes,
    )
    return Records(store, clock, SHANGHAI, source=source, pins=accounts)


@pytest.fixture
async def held(
    meetings: Meetings, log: AttendanceLog, agenda: AgendaItems, clock: MovableClock
) -> Occurrence:
    """The meeting is over and its attendance settled."""
    created = await meetings.create_adhoc(adhoc(host="p1", recorder="p2"))
    items = [AgendaLine(title="果树修剪", speaker="示例一"), AgendaLine(title="下月安排")]
    await agenda.replace(created.id, items)
    await meetings.approve_leave(created.id, "p4", "family", "p1")
    clock.advance(hours=7)
    await meetings.open(created.id)
    await log.joined(created.id, "a", "phone1", "p1")
    await log.joined(created.id, "b", "phone2", "p2")
    await log.joined(created.id, "c", None, "p5")
    clock.advance(minutes=60)
    for presence in ("a", "b", "c"):
        await log.left(created.id, presence, Cause.CLOSED)
    await meetings.close(created.id)
    return await meetings.settle(created.id)


@pytest.fixture
async def written(records: Records, held: Occurrence) -> Occurrence:
    """The recorder has completed the record."""
    await records.write(held.id, FULL, 0, "p2")
    return held


@pytest.fixture
async def signed(records: Records, written: Occurrence) -> Occurrence:
    """Host and recorder have signed."""
    digest = (await records.view(written.id)).digest
    await records.sign(written.id, Signer.HOST, "p1", "1111", digest)
    await records.sign(written.id, Signer.RECORDER, "p2", "2222", digest)
    return written


@pytest.fixture
async def archived(records: Records, signed: Occurrence) -> Occurrence:
    """The township has archived it: p6 reviews."""
    await records.submit(signed.id, (await records.view(signed.id)).record.version, "p1")
    await records.archive(signed.id, (await records.view(signed.id)).record.version, "p6")
    return signed
