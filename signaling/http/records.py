"""Records of meetings: listed, written, signed, reviewed, archived, corrected, exported."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Final

import structlog
from aiohttp import hdrs, web
from pydantic import Field

from scheduler.errors import Conflict, Invalid, Refused
from scheduler.records.minutes import Minutes
from scheduler.records.paper.font import FontUnusable
from scheduler.records.service import Signer
from scheduler.records.states import RecordState
from signaling import keys
from signaling.http.call import Call
from signaling.http.downloads import disposition
from signaling.http.models import Id, Input
from signaling.http.paging import cursor_of, place_of
from signaling.http.record_views import (
    RecordAnswer,
    RecordLine,
    RecordList,
    VersionList,
    WaitingAnswer,
    record_answer,
    record_line,
    version_answer,
)
from signaling.http.routing import Routes
from signaling.http.versions import expected_version, telling_what_changed
from signaling.roles import Permission

ROUTES = Routes("records")
ZIP: Final = "application/zip"

log = structlog.stdlib.get_logger(__name__)


class RecordQuery(Input):
    """Which records: those in these states (all when left out), the newest meeting first."""

    state: Annotated[str, Field(max_length=100)] = ""
    cursor: Annotated[str | None, Field(max_length=400)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50

    def states(self) -> frozenset[RecordState]:
        """Return the states; raise Invalid("unknown_record_state")."""
        try:
            return frozenset(RecordState(one) for one in self.state.split(",") if one)
        except ValueError as error:
            raise Invalid("unknown_record_state", self.state) from error


class Appointment(Input):
    """Who presided and who writes the record."""

    host: Id | None
    recorder: Id | None


class Signature(Input):
    """A signature: as what, with the PIN of the person who is signed in, for which text."""

    role: Signer
    pin: Annotated[str, Field(min_length=1, max_length=32)]
    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Reason(Input):
    reason: Annotated[str, Field(max_length=1000)]


class Correction(Reason):
    """The record as it should read, and why."""

    minutes: Minutes


@ROUTES.get("/api/records", needs=Permission.RECORDS_READ)
async def list_records(call: Call, query: RecordQuery) -> RecordList:
    """List the records within my reach, the newest meeting first."""
    person = call.identity.person.id if call.identity.person else None
    states = query.states() or frozenset(RecordState)
    before = place_of(query.cursor, 2) if query.cursor else None
    lines, counts = await call.part(keys.RECORDS).listed(
        units=await call.units(),
        person=person,
        states=states,
        before=(_time(before[0]), before[1]) if before else None,
        limit=query.limit + 1,
    )
    shown = lines[: query.limit]
    units = await call.part(keys.DIRECTORY).units(ids={line.unit for line in shown})
    names = {unit.id: unit.name for unit in units}
    answers: tuple[RecordLine, ...] = tuple(record_line(line, names, person) for line in shown)
    last = shown[-1] if len(lines) > len(shown) else None
    return RecordList(
        records=answers,
        counts=counts,
        next=cursor_of((last.scheduled_start.isoformat(), last.occurrence)) if last else None,
    )


@ROUTES.get("/api/records/waiting", needs=Permission.RECORDS_READ)
async def count_waiting(call: Call) -> WaitingAnswer:
    """Count the records that wait for me: my signature, what was returned, my review."""
    records, access = call.part(keys.RECORDS), call.part(keys.ACCESS)
    person = call.identity.person.id if call.identity.person else None
    reviews = await access.units(call.identity, Permission.RECORDS_REVIEW)
    return WaitingAnswer(
        mine=0 if person is None else await records.waiting(person),
        review=await records.to_review(reviews, person),
    )


@ROUTES.get("/api/occurrences/{occurrence}/record", needs=Permission.RECORDS_READ)
async def get_record(call: Call) -> RecordAnswer:
    """Show the record of a meeting: drafted, signed, or corrected."""
    return await _answer(call)


@ROUTES.put(
    "/api/occurrences/{occurrence}/record", needs=Permission.RECORDS_WRITE, conditional=True
)
async def write_record(call: Call, body: Minutes) -> RecordAnswer:
    """Write the recorder's part of the record."""
    return await _act(
        call,
        lambda version, author: call.part(keys.RECORDS).write(
            call.occurrence.id, body, version, author
        ),
    )


@ROUTES.put(
    "/api/occurrences/{occurrence}/record/people", needs=Permission.MEETINGS_RUN, conditional=True
)
async def appoint_people(call: Call, body: Appointment) -> RecordAnswer:
    """Say who really presided and who writes the record."""
    return await _act(
        call,
        lambda version, author: call.part(keys.RECORDS).appoint(
            call.occurrence.id, body.host, body.recorder, version, author
        ),
    )


@ROUTES.post("/api/occurrences/{occurrence}/record/sign", needs=Permission.RECORDS_SIGN)
async def sign_record(call: Call, body: Signature) -> RecordAnswer:
    """Sign the record as host or as recorder."""
    person = _person(call)
    async with telling_what_changed(call.request, lambda: _answer(call)):
        await call.part(keys.RECORDS).sign(
            call.occurrence.id, body.role, person, body.pin, body.digest
        )
    return await _answer(call)


@ROUTES.post(
    "/api/occurrences/{occurrence}/record/reopen", needs=Permission.RECORDS_SIGN, conditional=True
)
async def reopen_record(call: Call, body: Reason) -> RecordAnswer:
    """Take the signatures back to change the text."""
    return await _act(
        call,
        lambda version, author: call.part(keys.RECORDS).reopen(
            call.occurrence.id, version, author, body.reason
        ),
    )


@ROUTES.post(
    "/api/occurrences/{occurrence}/record/submit", needs=Permission.RECORDS_SIGN, conditional=True
)
async def submit_record(call: Call) -> RecordAnswer:
    """Hand the signed record to the township."""
    return await _act(
        call,
        lambda version, author: call.part(keys.RECORDS).submit(call.occurrence.id, version, author),
    )


@ROUTES.post(
    "/api/occurrences/{occurrence}/record/return", needs=Permission.RECORDS_REVIEW, conditional=True
)
async def return_record(call: Call, body: Reason) -> RecordAnswer:
    """Return the record with a reason."""
    return await _act(
        call,
        lambda version, author: call.part(keys.RECORDS).send_back(
            call.occurrence.id, version, author, body.reason
        ),
    )


@ROUTES.post(
    "/api/occurrences/{occurrence}/record/archive",
    needs=Permission.RECORDS_REVIEW,
    conditional=True,
)
async def archive_record(call: Call) -> RecordAnswer:
    """Archive and lock the record."""
    return await _act(
        call,
        lambda version, author: call.part(keys.RECORDS).archive(
            call.occurrence.id, version, author
        ),
    )


@ROUTES.post(
    "/api/occurrences/{occurrence}/record/corrections",
    needs=Permission.RECORDS_WRITE,
    conditional=True,
)
async def correct_record(call: Call, body: Correction) -> RecordAnswer:
    """Append a correction to an archived record; what was signed stays beside it."""
    return await _act(
        call,
        lambda version, author: call.part(keys.RECORDS).correct(
            call.occurrence.id, body.minutes, version, author, body.reason
        ),
    )


@ROUTES.get("/api/occurrences/{occurrence}/record/versions", needs=Permission.RECORDS_READ)
async def list_record_versions(call: Call) -> VersionList:
    """List every signed text and every correction, with what each changed."""
    found = await call.part(keys.RECORDS).versions(call.occurrence.id)
    return VersionList(versions=tuple(version_answer(one) for one in found))


@ROUTES.get(
    "/api/occurrences/{occurrence}/record/pack", needs=Permission.RECORDS_READ, media_type=ZIP
)
async def get_record_pack(call: Call) -> web.Response:
    """The archive pack: PDF, DOCX, XLSX, JSON and papers in one ZIP that proves itself."""
    try:
        content, pack = await call.part(keys.PACKS).pack(call.occurrence.id)
    except FontUnusable as error:
        log.error("the pack of a record cannot be written", cause=str(error))
        raise Conflict("record_font_missing") from error
    day = content.scheduled_start.astimezone(call.part(keys.ZONE)).date()
    name = f"{content.branch.name}-{content.title}-{day}-会议记录"
    headers = {
        hdrs.CONTENT_TYPE: ZIP,
        hdrs.CONTENT_DISPOSITION: disposition(name, f"record-{day}", "zip"),
    }
    return web.Response(body=pack, headers=headers)


async def _act(call: Call, act: Callable[[int, str], Awaitable[None]]) -> RecordAnswer:
    """Do something to the version that the request names, and show what came of it."""
    author, version = _person(call), expected_version(call.request)
    if version is None:
        raise Invalid("record_version_missing")
    async with telling_what_changed(call.request, lambda: _answer(call)):
        await act(version, author)
    return await _answer(call)


async def _answer(call: Call) -> RecordAnswer:
    view = await call.part(keys.RECORDS).view(call.occurrence.id)
    access = call.part(keys.ACCESS)
    allowed = {
        permission
        for permission in (
            Permission.RECORDS_WRITE,
            Permission.RECORDS_SIGN,
            Permission.RECORDS_REVIEW,
            Permission.MEETINGS_RUN,
        )
        if await access.allows(call.identity, permission, occurrence=view.meeting)
    }
    person = call.identity.person.id if call.identity.person else None
    return record_answer(view, person, allowed)


def _person(call: Call) -> str:
    """A record is a person's: a device alone writes and signs none."""
    if call.identity.person is None:
        raise Refused("record_needs_person")
    return call.identity.person.id


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("cursor_malformed") from error
    if at.utcoffset() is None:
        raise Invalid("cursor_malformed")
    return at
