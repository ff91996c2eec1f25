"""Who is told that a record waits: the recorder, the other signer, both after a return, and who
reviews; each once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from scheduler.meetings.model import Occurrence
from scheduler.meetings.service import Meetings
from scheduler.notices.model import OF_RECORDS, Channel, NoticeState
from scheduler.notices.records import LOOKED_BACK
from scheduler.notices.service import Notices
from scheduler.records.desk import fresh
from scheduler.records.states import RecordState
from scheduler.records.waiting import Wait, waits_for
from scheduler.store import record_rows, waiting_rows
from scheduler.store.directory_tables import role_grant, unit
from scheduler.store.engine import Store
from tests.scheduler.notices.conftest import notices_over
from tests.support.clock import MovableClock
from tests.support.meetings import adhoc

HOST, RECORDER, TOWNSHIP, CITY = "p1", "p2", "p4", "p5"


@pytest.fixture
async def over(
    store: Store, meetings: Meetings, clock: MovableClock, by_hook: Notices
) -> Occurrence:
    """A meeting of the branch that is over; everybody knows that it was."""
    async with store.begin() as connection:
        await connection.execute(insert(unit).values(id="town", tree="party", kind="committee"))
        await connection.execute(update(unit).where(unit.c.id == "br1").values(parent="town"))
        for person, role, of in (
            (TOWNSHIP, "township_admin", "town"),
            (HOST, "township_admin", "town"),
            (CITY, "city_org_admin", None),
        ):
            grant = {"id": f"{person}|{role}", "person": person, "role": role, "unit": of}
            await connection.execute(insert(role_grant).values(**grant))
    draft = adhoc(unit="br1", type="theme_party_day", host=HOST, recorder=RECORDER)
    meeting = await meetings.create_adhoc(draft)
    clock.advance(hours=7)
    await meetings.open(meeting.id)
    clock.advance(hours=1, minutes=1)
    await meetings.close(meeting.id)
    return meeting


@pytest.fixture
def by_hook(store: Store, clock: MovableClock) -> Notices:
    """The webhook is told of everybody."""
    return notices_over(store, clock, Channel.WEBHOOK)


async def told(notices: Notices) -> list[tuple[str, str]]:
    """Return (person, kind) of the new notices of records."""
    await notices.write()
    taken = await notices.take(timedelta(minutes=1), 100)
    for one in taken:
        await notices.finish(one, NoticeState.SENT)
    return sorted((one.person, one.kind.value) for one in taken if one.kind in OF_RECORDS)


async def put(store: Store, clock: MovableClock, meeting: Occurrence, **changes: Any) -> None:
    """Bring the record to where it stands next."""
    async with store.begin() as connection:
        row = await record_rows.read(connection, meeting.id)
        old = row or fresh(meeting.id, clock.now())
        new = replace(old, version=old.version + 1, changed_at=clock.now(), **changes)
        await record_rows.write(connection, new, new=row is None)


async def test_each_is_told_once_when_the_record_waits_for_them(
    store: Store, meetings: Meetings, clock: MovableClock, over: Occurrence, by_hook: Notices
) -> None:
    assert await told(by_hook) == []  # the attendance may change still
    await meetings.settle(over.id)
    assert await told(by_hook) == [(RECORDER, "record_write")]
    await put(store, clock, over)
    assert await told(by_hook) == []
    await put(store, clock, over, recorder_signed=True)
    assert await told(by_hook) == [(HOST, "record_sign")]
    await put(store, clock, over, host_signed=True, state=RecordState.SIGNED)
    assert await told(by_hook) == []
    await put(store, clock, over, state=RecordState.SUBMITTED)
    assert await told(by_hook) == [(TOWNSHIP, "record_review")]  # the host signed it: not again
    unsigned = {"host_signed": False, "recorder_signed": False}
    await put(store, clock, over, state=RecordState.RETURNED, **unsigned)
    assert await told(by_hook) == [(HOST, "record_returned"), (RECORDER, "record_returned")]
    await put(store, clock, over, state=RecordState.DRAFTING)
    assert await told(by_hook) == []
    await put(store, clock, over, recorder_signed=True)
    assert await told(by_hook) == [(HOST, "record_sign")]
    await put(store, clock, over, state=RecordState.ARCHIVED)
    assert await told(by_hook) == []


async def test_the_city_is_told_of_what_lies_below_no_township(
    store: Store, meetings: Meetings, clock: MovableClock, over: Occurrence, by_hook: Notices
) -> None:
    async with store.begin() as connection:
        await connection.execute(update(unit).where(unit.c.id == "br1").values(parent=None))
    await meetings.settle(over.id)
    await put(store, clock, over, state=RecordState.SUBMITTED)
    assert await told(by_hook) == [(CITY, "record_review")]


async def test_only_those_whom_a_channel_reaches_are_told_and_nobody_of_what_is_long_over(
    store: Store, meetings: Meetings, clock: MovableClock, over: Occurrence, by_mail: Notices
) -> None:
    await meetings.settle(over.id)
    await put(store, clock, over, state=RecordState.RETURNED)
    assert await told(by_mail) == [(HOST, "record_returned"), (RECORDER, "record_returned")]
    by_sms = notices_over(store, clock, Channel.SMS)
    assert await told(by_sms) == [(HOST, "record_returned")]  # the recorder has no telephone
    clock.advance(seconds=LOOKED_BACK.total_seconds() + 60)
    assert await told(notices_over(store, clock, Channel.WEBHOOK)) == []


async def test_the_desk_counts_what_waits(
    store: Store, meetings: Meetings, clock: MovableClock, over: Occurrence
) -> None:
    await meetings.settle(over.id)
    await put(store, clock, over, state=RecordState.SUBMITTED)
    async with store.read() as connection:
        assert await waiting_rows.submitted(connection, None, CITY) == 1
        assert await waiting_rows.submitted(connection, {"br1"}, None) == 1
        assert await waiting_rows.submitted(connection, None, HOST) == 0
        assert await waiting_rows.submitted(connection, frozenset(), None) == 0
        [row] = await waiting_rows.of_person(connection, HOST)
    assert row.state is RecordState.SUBMITTED


def test_a_record_waits_for_whoever_has_not_signed() -> None:
    def of(state: RecordState, **signed: bool) -> dict[str, Wait]:
        return waits_for(state, host=HOST, recorder=RECORDER, **signed)

    assert of(RecordState.DRAFTING) == {RECORDER: Wait.WRITE}
    assert of(RecordState.DRAFTING, recorder_signed=True) == {HOST: Wait.SIGN}
    assert of(RecordState.DRAFTING, host_signed=True) == {RECORDER: Wait.SIGN}
    assert of(RecordState.RETURNED) == {HOST: Wait.MEND, RECORDER: Wait.MEND}
    assert of(RecordState.ARCHIVED) == {}
    assert waits_for(RecordState.DRAFTING, host=None, recorder=None) == {}
