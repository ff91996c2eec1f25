"""Who was told of a meeting outside of the devices, and whom no message reached."""

from datetime import datetime

from pydantic import BaseModel

from scheduler.notices.model import Channel, NoticeKind, NoticeState
from signaling import keys
from signaling.http.call import Call
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("notices")


class NoticeView(BaseModel):
    person: str
    name: str
    channel: Channel
    kind: NoticeKind
    state: NoticeState
    written_at: datetime
    finished_at: datetime | None
    attempts: int
    error: str | None


class NoticeViews(BaseModel):
    notices: tuple[NoticeView, ...]


@ROUTES.get("/api/occurrences/{occurrence}/notices", needs=Permission.MEETINGS_SCHEDULE)
async def get_notices(call: Call) -> NoticeViews:
    """Show every message about a meeting by mail, SMS or webhook, the oldest first."""
    found = await call.part(keys.NOTICES).of(call.occurrence.id)
    persons = await call.part(keys.DIRECTORY).persons({one.person for one in found})
    return NoticeViews(
        notices=tuple(
            NoticeView(
                person=one.person,
                name=persons[one.person].name,
                channel=one.channel,
                kind=one.kind,
                state=one.state,
                written_at=one.written_at,
                finished_at=one.finished_at,
                attempts=one.attempts,
                error=one.error,
            )
            for one in found
        )
    )
