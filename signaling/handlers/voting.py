"""Voting at a device, counting hands at a site, answering a presence check."""

from scheduler.errors import NotFound, Refused
from signaling.floor import Floor
from signaling.handlers.roll_call import site_called
from signaling.protocol import client
from signaling.protocol.codec import Frame
from signaling.protocol.server import PresenceChecked
from signaling.rooms.room import Room
from signaling.sessions.session import Session


async def cast(floor: Floor, session: Session, message: client.VoteCast) -> None:
    """Write down what somebody at this device chose."""
    room, peer = floor.place(session)
    if message.person not in peer.people:
        raise Refused("not_signed_in_here", message.person)
    await _of_this_meeting(floor, room, message.vote)
    await floor.hub.voting.votes.cast(message.vote, message.person, message.choice, peer.id)
    room.choices.setdefault(message.vote, {})[message.person] = message.choice
    floor.hub.voted(room)


async def count(floor: Floor, session: Session, message: client.VoteCount) -> None:
    """Write down the hands counted at this device's site."""
    room, site = await site_called(floor, session)
    await _of_this_meeting(floor, room, message.vote)
    await floor.hub.voting.votes.count(
        message.vote,
        site,
        message.in_favour,
        message.against,
        message.abstain,
        session.author,
    )
    floor.hub.voted(room)


async def answer(floor: Floor, session: Session, message: client.PresenceAnswer) -> None:
    """Write down that everybody signed in at this device answered; the watchers are told."""
    room, peer = floor.place(session)
    checks = {one.id: one for one in await floor.hub.voting.checks.of(room.id)}
    if message.check not in checks:
        raise NotFound("unknown_presence_check", message.check)
    if not peer.people:
        raise Refused("not_signed_in_here", peer.id)
    for person in list(peer.people):
        await floor.hub.voting.checks.answer(message.check, person, peer.id)
    check = {one.id: one for one in await floor.hub.voting.checks.of(room.id)}[message.check]
    told = PresenceChecked(
        occurrence=room.id, check=check.id, at=check.at, answered=len(check.answers)
    )
    floor.hub.watching.tell(room.id, Frame.event(told))


async def _of_this_meeting(floor: Floor, room: Room, vote: str) -> None:
    if await floor.hub.voting.votes.meeting_of(vote) != room.id:
        raise NotFound("unknown_vote", vote)
