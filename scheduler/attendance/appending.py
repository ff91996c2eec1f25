"""Appending what happened to presences, many at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.attendance.model import Cause, Fact, FactKind, How
from scheduler.directory.model import Device
from scheduler.directory.service import device_from
from scheduler.errors import NotFound
from scheduler.meetings.model import Occurrence, State
from scheduler.store import attendance_rows, directory_rows, occurrence_rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One fact to be written: what happened, where, and why. How somebody is signed in by joining
    follows from the device."""

    occurrence: str
    kind: FactKind
    presence: str
    at: datetime
    device: str | None = None
    person: str | None = None
    cause: Cause | How | None = None


async def append(
    connection: AsyncConnection, entries: Sequence[Entry], *, boot: str, now: datetime
) -> tuple[list[Exception | None], list[Occurrence]]:
    """Append those whose occurrence, device and person are known, in four statements.

    Return for each entry None or NotFound, and the occurrences among them that are settled: their
    results must be written anew.
    """
    occurrences = {}
    for name in dict.fromkeys(entry.occurrence for entry in entries):
        occurrences[name] = await occurrence_rows.read_one(connection, name, share=True)
    devices = await _devices(connection, (entry.device for entry in entries))
    persons = await _persons(connection, (entry.person for entry in entries))
    outcomes: list[Exception | None] = []
    facts: list[tuple[str, Fact, Cause | How | None]] = []
    for entry in entries:
        if entry.device is not None and entry.device not in devices:
            outcomes.append(NotFound("unknown_device", entry.device[:64]))
        elif occurrences[entry.occurrence] is None:
            outcomes.append(NotFound("unknown_occurrence", entry.occurrence[:64]))
        elif entry.person is not None and entry.person not in persons:
            outcomes.append(NotFound("unknown_person", entry.person[:64]))
        else:
            outcomes.append(None)
            facts.append(_fact(entry, devices.get(entry.device or "")))
    await attendance_rows.append_facts(connection, facts, boot=boot, written_at=now)
    written = {occurrence for occurrence, _, _ in facts}
    found = [one for name, one in occurrences.items() if one is not None and name in written]
    return outcomes, [one for one in found if one.state is State.SETTLED]


def _fact(entry: Entry, device: Device | None) -> tuple[str, Fact, Cause | How | None]:
    """The device's site is written with the fact: the fold must not change when the device is
    moved next year."""
    cause = entry.cause
    if entry.kind is FactKind.JOINED and entry.person is not None:
        holds = device is not None and device.holder == entry.person
        cause = How.DEVICE if holds else How.ACCOUNT
    fact = Fact(
        kind=entry.kind,
        presence=entry.presence,
        at=entry.at,
        device=entry.device,
        site=device.site if device is not None else None,
        room=device is not None and device.kind == "meeting_room",
        person=entry.person,
    )
    return entry.occurrence, fact, cause


async def _devices(connection: AsyncConnection, ids: Iterable[str | None]) -> dict[str, Device]:
    wanted = {one for one in ids if one is not None}
    rows = await directory_rows.devices(connection, ids=wanted) if wanted else ()
    return {row.id: device_from(row) for row in rows}


async def _persons(connection: AsyncConnection, ids: Iterable[str | None]) -> set[str]:
    wanted = {one for one in ids if one is not None}
    rows = await directory_rows.persons(connection, ids=wanted) if wanted else ()
    return {row.id for row in rows}
