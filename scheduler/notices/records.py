"""Who is told that a record waits for them: compared with what they were told of it, like all
notices (`scheduler.notices.service`)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.notices.model import Channel, NoticeKind
from scheduler.records.states import RecordState
from scheduler.records.waiting import Wait, waits_for
from scheduler.store import directory_rows, notice_rows, waiting_rows
from scheduler.store.waiting_rows import WaitingRecord

LOOKED_BACK: Final = timedelta(days=14)
"""Where nothing has happened for longer, nobody is told any more: the desk shows it still."""
AT_ONCE: Final = 500
REVIEWERS: Final = ("township_admin", "city_org_admin")
"""The roles that review. The first with a holder over the unit is told; the city only of what is
below no township."""

KINDS: Final = {
    Wait.WRITE: NoticeKind.RECORD_WRITE,
    Wait.SIGN: NoticeKind.RECORD_SIGN,
    Wait.MEND: NoticeKind.RECORD_RETURNED,
    Wait.REVIEW: NoticeKind.RECORD_REVIEW,
}
Told = tuple[str, str, str, int]
"""Occurrence, person, kind, sequence."""


async def write(connection: AsyncConnection, channel: Channel, now: datetime, today: date) -> int:
    """Write the notices of everybody for whom a record waits and who was not told; return how
    many. Each is told of one state of a record once."""
    records = await waiting_rows.since(connection, now - LOOKED_BACK, AT_ONCE)
    reviewers = await _reviewers(connection, records, today)
    due: list[tuple[WaitingRecord, str, NoticeKind, int]] = []
    for record in records:
        for person, wait in _waits(record, reviewers.get(record.unit, ())).items():
            # A draft that waits is told of once, however often somebody writes into it.
            sequence = 0 if wait is Wait.WRITE else record.version
            due.append((record, person, KINDS[wait], sequence))
    told = await notice_rows.told_of_records(
        connection, channel, {record.occurrence for record in records}
    )
    reachable = await notice_rows.reachable(connection, channel, {one[1] for one in due})
    written = 0
    for record, person, kind, sequence in due:
        if person not in reachable or (record.occurrence, person, kind, sequence) in told:
            continue
        if kind is NoticeKind.RECORD_WRITE and _was_told(told, record.occurrence, person):
            continue  # who mends what was returned knows that it waits
        await notice_rows.write_of_record(connection, record, person, channel, kind, sequence, now)
        written += 1
    return written


def _waits(record: WaitingRecord, reviewers: Collection[str]) -> dict[str, Wait]:
    if record.state is RecordState.SUBMITTED:
        own = {record.host, record.recorder}  # nobody reviews what they signed
        return {person: Wait.REVIEW for person in reviewers if person not in own}
    return waits_for(
        record.state,
        host=record.host,
        recorder=record.recorder,
        host_signed=record.host_signed,
        recorder_signed=record.recorder_signed,
    )


def _was_told(told: Iterable[Told], occurrence: str, person: str) -> bool:
    return any(one[:2] == (occurrence, person) for one in told)


async def _reviewers(
    connection: AsyncConnection, records: Iterable[WaitingRecord], today: date
) -> dict[str, tuple[str, ...]]:
    """Return who reviews the records of each unit that handed one in."""
    units = {one.unit for one in records if one.state is RecordState.SUBMITTED}
    if not units:
        return {}
    over: dict[str, dict[str | None, list[str]]] = {}
    for role in REVIEWERS:
        holders: defaultdict[str | None, list[str]] = defaultdict(list)
        for grant in await directory_rows.grants(connection, today, role=role):
            holders[grant.unit].append(grant.person)
        over[role] = holders
    found: dict[str, tuple[str, ...]] = {}
    for unit in units:
        above = {unit, *await directory_rows.ancestors(connection, unit)}
        township = [p for one in sorted(above) for p in over[REVIEWERS[0]].get(one, ())]
        city = [person for persons in over[REVIEWERS[1]].values() for person in persons]
        found[unit] = tuple(dict.fromkeys(township or city))
    return found
