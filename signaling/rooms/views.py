"""A room as one of its devices sees it."""

from signaling.protocol.views import Choice, Chosen, IceServer, RoomView
from signaling.rooms.peer import Peer
from signaling.rooms.room import Room
from signaling.rooms.seats import may_sign_in


def room_view(room: Room, peer: Peer, ice_servers: tuple[IceServer, ...] = ()) -> RoomView:
    """Return the whole state of the room for one of its peers."""
    occurrence = room.occurrence
    return RoomView(
        occurrence=room.id,
        title=occurrence.title,
        unit=room.unit_name,
        starts_at=occurrence.scheduled_start,
        ends_at=occurrence.scheduled_end,
        peer=peer.id,
        peers=tuple(other.view() for other in room.peers.values()),
        speaker=room.speaker,
        floor=room.floor,
        counts=room.counts(),
        signed_in=bool(peer.people),
        may_sign_in=may_sign_in(room, peer),
        may_call_roll=peer.rights.call_roll,
        may_give_floor=peer.rights.give_floor,
        may_show_papers=peer.rights.show_papers,
        paper=room.paper,
        quorum=room.quorum_told or room.quorum(),
        votes=room.votes,
        voters=tuple(
            Choice(person=person, name=name)
            for person, name in peer.people.items()
            if room.votes_of(person)
        ),
        chosen=tuple(
            Chosen.model_validate({"vote": vote, "person": person, "choice": choices[person]})
            for vote, choices in room.choices.items()
            for person in peer.people
            if person in choices
        ),
        ice_servers=ice_servers,
    )
