"""Showing a paper to everybody in a meeting."""

from scheduler.errors import NotFound
from signaling.access import Permission
from signaling.floor import Floor
from signaling.protocol import client
from signaling.protocol.server import PaperShown
from signaling.protocol.views import PaperView
from signaling.rooms.room import Room
from signaling.sessions.session import Session


async def show(floor: Floor, session: Session, message: client.PaperShow) -> None:
    """Show a page of a paper of this meeting on every device in the room.

    It stays when who showed it leaves; whoever may show papers may turn its pages and end it.
    """
    room, peer = floor.place(session)
    await _require(floor, session, room)
    paper = await floor.pages.attachments.one(room.id, message.attachment)
    pages = await floor.pages.count(paper)
    if message.page > pages:
        raise NotFound("unknown_page", f"{message.page} of {pages}")
    _tell(
        room,
        PaperView.model_validate(
            {
                "attachment": paper.id,
                "name": paper.name,
                "media_type": paper.media_type,
                "shown_as": floor.pages.shown_as(paper).value,
                "page": message.page,
                "pages": pages,
                "by": peer.view().name,
            }
        ),
    )


async def end(floor: Floor, session: Session, message: client.PaperEnd) -> None:
    """Show nothing any more; harmless where nothing is shown."""
    room, _ = floor.place(session)
    await _require(floor, session, room)
    _tell(room, None)


async def _require(floor: Floor, session: Session, room: Room) -> None:
    await floor.access.require(session.identity, Permission.PAPERS_SHOW, occurrence=room.occurrence)


def _tell(room: Room, paper: PaperView | None) -> None:
    if paper != room.paper:
        room.paper = paper
        room.broadcast(PaperShown(paper=paper))
