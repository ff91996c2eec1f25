"""A participant changes networks and restarts ICE: media go on, the old name opens nothing."""

import socket
from collections.abc import Iterator

import pytest

from media.transports import stun
from tests.media.plane.builders import Peer, Room, a_room


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def restarted(room: Room, peer: Peer) -> stun.Credentials:
    """Restart ICE at the server; return the old credentials."""
    old = peer.transport.credentials
    room.seats.rename(peer.seat)
    return old


def test_new_credentials_are_drawn_and_found(room: Room) -> None:
    peer = room.peer("a").connect()
    old = restarted(room, peer)
    assert peer.transport.credentials.ufrag != old.ufrag
    assert peer.transport.credentials.password != old.password
    peer.send(peer.check())
    (answer,) = peer.receive()
    assert stun.parse(answer).kind == "response"


def test_the_old_name_is_a_stranger_s(room: Room) -> None:
    peer = room.peer("a").connect()
    check = peer.check()
    restarted(room, peer)
    peer.send(check)
    assert peer.receive() == []
    assert room.drops["stun_unknown_name"] == 1


def test_media_go_where_they_went_until_another_address_is_nominated(room: Room) -> None:
    peer = room.peer("a").connect()
    assert peer.transport.destination is not None
    before = peer.transport.destination.sockaddr
    restarted(room, peer)
    assert peer.transport.destination.sockaddr == before
    assert peer.transport.established
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as elsewhere:
        elsewhere.bind(("127.0.0.1", 0))
        elsewhere.sendto(peer.check(nominate=False), ("127.0.0.1", room.endpoint.port))
        room.read()
        assert peer.transport.destination.sockaddr == before
        elsewhere.sendto(peer.check(), ("127.0.0.1", room.endpoint.port))
        room.read()
    assert peer.transport.destination.sockaddr != before
    assert peer.transport.state == "connected"


def test_a_transport_that_restarted_is_closed_like_any_other(room: Room) -> None:
    peer = room.peer("a").connect()
    restarted(room, peer)
    room.seats.remove(peer.transport)
    assert len(room.seats) == 0
    assert room.seats.by_address == {}


def test_who_goes_back_to_where_it_was_is_followed_with_the_check_that_came_from_there(
    room: Room,
) -> None:
    peer = room.peer("a").connect()
    peer.send(peer.check())
    assert len(peer.receive()) == 1
    assert peer.transport.destination is not None
    before = peer.transport.destination.sockaddr
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as elsewhere:
        elsewhere.bind(("127.0.0.1", 0))
        for _ in range(2):
            elsewhere.sendto(peer.check(), ("127.0.0.1", room.endpoint.port))
            room.read()
            assert peer.transport.destination.sockaddr != before
        peer.send(peer.check())
    assert peer.transport.destination.sockaddr == before
    assert len(peer.receive()) == 1
