"""Following the attendance of a meeting from outside."""

from signaling.access import Permission
from signaling.floor import Floor
from signaling.protocol import client
from signaling.protocol.views import AttendanceView
from signaling.sessions.session import Session


async def watch(floor: Floor, session: Session, message: client.Watch) -> AttendanceView:
    """Begin to follow; whoever may read the attendance may."""
    occurrence = await floor.meetings.occurrence(message.occurrence)
    await floor.access.require(session.identity, Permission.ATTENDANCE_READ, occurrence=occurrence)
    return await floor.hub.watching.watch(occurrence.id, session)


async def unwatch(floor: Floor, session: Session, message: client.Unwatch) -> None:
    """Follow no more."""
    await floor.hub.watching.unwatch(message.occurrence, session)
