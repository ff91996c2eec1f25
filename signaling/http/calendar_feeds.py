"""Calendar feeds: asked for, withdrawn, and read by calendar programs."""

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from aiohttp import ETag, hdrs, web
from pydantic import BaseModel

from scheduler.accounts import Identity
from scheduler.calendars.ical import write
from scheduler.calendars.model import Feed, FeedKind
from scheduler.errors import NotFound, Refused
from signaling import keys
from signaling.http.call import Call
from signaling.http.models import Id, Input
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("calendar")
CALENDAR_TYPE: Final = "text/calendar"
NEEDS: Final[Mapping[FeedKind, Permission]] = {
    FeedKind.PERSON: Permission.SELF,  # one's own alone: nobody follows another about
    FeedKind.UNIT: Permission.MEETINGS_READ,
    FeedKind.SITE: Permission.MEETINGS_READ,
}
"""What asking for a feed needs over its subject; reading it needs that its issuer still has it."""
_PAGES: Final = {FeedKind.PERSON: "/phone", FeedKind.UNIT: "/organizer", FeedKind.SITE: "/room"}


class FeedInput(Input):
    """Whose meetings the feed shows."""

    kind: FeedKind
    id: Id


class FeedView(BaseModel):
    id: str
    kind: FeedKind
    subject: str
    name: str
    issued_at: datetime


class NewFeed(FeedView):
    """A feed with its address, which is told this once: whoever has it reads the feed."""

    url: str


class Feeds(BaseModel):
    feeds: tuple[FeedView, ...]


class FeedChoice(Input):
    id: Id


@ROUTES.post("/api/calendar-feeds", needs=Permission.MEETINGS_READ, status=201)
async def issue_calendar_feed(call: Call, body: FeedInput) -> NewFeed:
    """Ask for the address of a calendar feed."""
    await _require(call, call.identity, body.kind, body.id)
    name = await _name(call, body.kind, body.id)
    feed, token = await call.part(keys.CALENDARS).issue(body.kind, body.id, _owner(call))
    url = f"{_base(call)}/calendar/{token}.ics"
    return NewFeed(**_view(feed, name).model_dump(), url=url)


@ROUTES.get("/api/calendar-feeds", needs=Permission.MEETINGS_READ)
async def list_calendar_feeds(call: Call) -> Feeds:
    """List the calendar feeds I asked for."""
    found = await call.part(keys.CALENDARS).issued_by(_owner(call))
    return Feeds(
        feeds=tuple([_view(feed, await _name(call, feed.kind, feed.subject)) for feed in found])
    )


@ROUTES.post("/api/calendar-feeds/revoke", needs=Permission.MEETINGS_READ, status=204)
async def revoke_calendar_feed(call: Call, body: FeedChoice) -> None:
    """Make the address of one of my calendar feeds void."""
    await call.part(keys.CALENDARS).revoke(body.id, _owner(call))


@ROUTES.get("/calendar/{token}.ics", needs=Permission.PUBLIC, media_type=CALENDAR_TYPE)
async def read_calendar_feed(call: Call) -> web.Response:
    """Read a calendar feed as iCalendar (RFC 5545); its token is the permission."""
    calendars = call.part(keys.CALENDARS)
    feed = await calendars.find(call.request.match_info["token"])
    if not await _still_allowed(call, feed):
        raise NotFound("unknown_calendar_feed", feed.id)
    events = await calendars.events(feed)
    units = await call.part(keys.DIRECTORY).units(ids={event.unit for event in events})
    page = _base(call) + _PAGES[feed.kind]
    content = await asyncio.to_thread(
        write,
        events,
        name=await _name(call, feed.kind, feed.subject),
        units={unit.id: unit.name for unit in units},
        join=lambda occurrence: f"{page}?occurrence={occurrence}" if occurrence else page,
        join_label=call.part(keys.TEXTS).text(call.language, "calendar.join"),
        zone=call.part(keys.ZONE),
    )
    return _conditional(call.request, content)


def _conditional(request: web.Request, content: bytes) -> web.Response:
    """Answer 304 to whoever has the same already (RFC 9110, 13.1.2)."""
    tag = hashlib.sha256(content).hexdigest()[:32]
    known = request.if_none_match or ()
    unchanged = any(one.value in (tag, "*") for one in known)
    response = web.Response(status=304) if unchanged else web.Response(body=content)
    response.headers[hdrs.CACHE_CONTROL] = "private, no-cache"
    response.etag = ETag(tag)
    if not unchanged:
        response.headers[hdrs.CONTENT_TYPE] = f"{CALENDAR_TYPE}; charset=utf-8"
        response.headers[hdrs.CONTENT_DISPOSITION] = 'inline; filename="liancun.ics"'
    return response


async def _still_allowed(call: Call, feed: Feed) -> bool:
    """A role that was taken away takes the feeds that were asked for by it along."""
    directory = call.part(keys.DIRECTORY)
    try:
        person = await directory.person(feed.issued_by)
        grants = await directory.grants(feed.issued_by)
        issuer = Identity(None, person, grants, call.part(keys.CLOCK).now())
        await _require(call, issuer, feed.kind, feed.subject)
    except (NotFound, Refused):
        return False
    return True


async def _require(call: Call, who: Identity, kind: FeedKind, subject: str) -> None:
    needs = NEEDS[kind]
    access = call.part(keys.ACCESS)
    match kind:
        case FeedKind.PERSON:
            await access.require(who, needs, person=subject)
        case FeedKind.UNIT:
            await access.require(who, needs, unit=subject)
        case FeedKind.SITE:
            await access.require(who, needs, site=subject)


async def _name(call: Call, kind: FeedKind, subject: str) -> str:
    """Name the calendar. A person's own has no name in it: devices show calendars' names."""
    directory = call.part(keys.DIRECTORY)
    match kind:
        case FeedKind.PERSON:
            of = ""
        case FeedKind.UNIT:
            of = (await directory.unit(subject)).name
        case FeedKind.SITE:
            of = (await directory.site(subject)).name
    text = call.part(keys.TEXTS).text(call.language, f"calendar.name_{kind.value}")
    return text.replace("{name}", of)


def _view(feed: Feed, name: str) -> FeedView:
    return FeedView(
        id=feed.id, kind=feed.kind, subject=feed.subject, name=name, issued_at=feed.issued_at
    )


def _owner(call: Call) -> str:
    """A feed is a person's: a device that is given away takes none along."""
    if call.identity.person is None:
        raise Refused("calendar_feed_needs_person")
    return call.identity.person.id


def _base(call: Call) -> str:
    public = call.part(keys.SETTINGS).http.public_url.rstrip("/")
    return public or str(call.request.url.origin())
