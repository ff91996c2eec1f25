"""The notice of a meeting: to be read as a page and copied as text."""

from pydantic import BaseModel

from scheduler.planning.notice import GREETING, Facts, Notice, notice
from signaling import keys
from signaling.access import Permission
from signaling.http.call import Call
from signaling.http.routing import Routes

ROUTES = Routes("notice")


class NoticePart(BaseModel):
    heading: str
    lines: tuple[str, ...]


class NoticeView(BaseModel):
    """The parts of the notice and the whole as `text`. It is Chinese in every language."""

    title: str
    greeting: str
    opening: str
    parts: tuple[NoticePart, ...]
    signed_by: str
    signed_on: str
    text: str


@ROUTES.get("/api/occurrences/{occurrence}/notice", needs=Permission.MEETINGS_READ)
async def get_notice(call: Call) -> NoticeView:
    """Write the notice of a meeting (会议通知) of what is known."""
    found = notice(await _facts(call), call.part(keys.DIRECTORY).today(), call.part(keys.ZONE))
    return _view(found)


async def _facts(call: Call) -> Facts:
    meeting, directory = call.occurrence, call.part(keys.DIRECTORY)
    roster = await call.part(keys.MEETINGS).roster(meeting.id)
    places = await directory.sites(roster.sites)
    rooms = {
        device.site
        for device in await directory.devices_at(roster.sites)
        if device.kind == "meeting_room" and not device.revoked
    }
    named = [places[site] for site in roster.sites if site in places]
    may_see = await call.part(keys.ACCESS).allows(
        call.identity, Permission.ATTENDANCE_READ, occurrence=meeting
    )
    expected = [entry for entry in roster.persons if entry.standing == "expected"]
    guests = [entry for entry in roster.persons if entry.standing != "expected"]
    officers = await directory.persons({p for p in (meeting.host, meeting.recorder) if p})
    host, recorder = (officers.get(one or "") for one in (meeting.host, meeting.recorder))
    papers = await call.part(keys.ATTACHMENTS).of(meeting.id)
    return Facts(
        meeting=meeting,
        unit=(await directory.unit(meeting.unit)).name,
        main_sites=tuple(site.name for site in named if site.id in rooms),
        branch_sites=tuple(site.name for site in named if site.id not in rooms),
        persons=tuple(entry.name for entry in expected) if may_see else None,
        guests=tuple(entry.name for entry in guests) if may_see else None,
        expected=len(expected),
        host=host.name if host is not None else None,
        recorder=recorder.name if recorder is not None else None,
        agenda=await call.part(keys.AGENDA_ITEMS).of(meeting.id),
        papers=tuple(paper.name for paper in papers),
    )


def _view(found: Notice) -> NoticeView:
    return NoticeView(
        title=found.title,
        greeting=GREETING,
        opening=found.opening,
        parts=tuple(NoticePart(heading=heading, lines=lines) for heading, lines in found.parts),
        signed_by=found.signed_by,
        signed_on=found.signed_on,
        text=found.text,
    )
