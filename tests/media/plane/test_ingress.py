"""What strangers and broken peers send: counted under a reason, and nothing else happens."""

import os
import socket
import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from media.plane.ingress import MAX_SSRCS, MAX_STRANGE_CHECKS
from media.transports.receive_slab import STRIDE
from media.transports.transport import FAILED_AFTER, MAX_SOURCES, SILENT_AFTER
from tests.media.plane.builders import CAMERA, MICROPHONE, PICTURE, VOICE, Peer, Room, a_room


def rtp(payload_type: int = 111, sequence: int = 1, ssrc: int = 5, body: bytes = b"x") -> bytes:
    return struct.pack("!BBHII", 0x80, payload_type, sequence, 960, ssrc) + body


def test_an_authentic_check_is_answered_and_makes_the_address_known() -> None:
    with a_room() as room:
        peer = room.peer("a")
        peer.send(peer.check())
        assert len(peer.receive()) == 1
        assert len(room.seats.by_address) == 1


def test_a_check_with_a_wrong_password_is_counted_and_not_answered() -> None:
    with a_room() as room:
        peer = room.peer("a")
        peer.send(peer.check(password="a-password-of-somebody-else"))
        assert peer.receive() == []
        assert room.drops == {"stun_not_authentic": 1}
        assert room.seats.by_address == {}


def test_a_check_for_nobody_is_counted() -> None:
    with a_room() as room, a_room() as other:
        peer = other.peer("a")
        room.peer("b").send(peer.check())
        assert room.drops == {"stun_unknown_name": 1}


def test_who_knows_a_name_keeps_nobody_busy_and_its_owner_is_heard_all_the_same() -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for _ in range(3 * MAX_STRANGE_CHECKS):
                stranger.sendto(peer.check(password="x" * 24), ("127.0.0.1", room.endpoint.port))
                room.read()
        assert room.drops["stun_not_authentic"] <= MAX_STRANGE_CHECKS
        assert room.drops["stun_too_many"] >= 2 * MAX_STRANGE_CHECKS
        peer.send(peer.check())
        assert len(peer.receive()) == 1
        room.now += 1
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as moved:
            moved.sendto(peer.check(), ("127.0.0.1", room.endpoint.port))
            room.read()
            assert len(room.seats.by_address) == 2


def test_a_participant_with_endless_streams_is_deciphered_up_to_a_bound() -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        assert peer.srtp is not None
        for ssrc in range(2 * MAX_SSRCS):
            peer.send(peer.srtp.protect_rtp(rtp(ssrc=ssrc)))
        assert room.drops["too_many_ssrcs"] == MAX_SSRCS
        peer.send(peer.srtp.protect_rtcp(struct.pack("!BBHI", 0x80, 201, 1, 99_999)))
        assert room.drops["too_many_ssrcs"] == MAX_SSRCS + 1
        peer.send(peer.srtp.protect_rtp(rtp(ssrc=3, sequence=2)))
        assert room.drops["too_many_ssrcs"] == MAX_SSRCS + 1


def test_media_and_handshakes_of_strangers_are_counted() -> None:
    with a_room() as room:
        room.peer("a").send(rtp(), bytes((22, 254, 253)) + bytes(20), bytes((200, 1)), b"")
        assert room.drops == {"unknown_address": 2, "unknown_protocol": 1, "empty": 1}


def test_media_before_the_handshake_is_counted() -> None:
    with a_room() as room:
        peer = room.peer("a")
        peer.send(peer.check())
        peer.send(rtp(), bytes((0x80, 201)) + bytes(6))
        assert room.drops == {"before_handshake": 2}


def test_media_with_a_broken_seal_is_counted() -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        assert peer.srtp is not None
        sealed = peer.srtp.protect_rtp(rtp())
        peer.send(sealed[:-1] + bytes((sealed[-1] ^ 1,)), sealed, sealed, sealed[:9])
        assert room.drops["srtp_auth"] == 1
        assert room.drops["srtp_replay"] == 1
        assert room.drops["srtp_malformed"] == 1


def test_a_datagram_longer_than_any_packet_is_counted_as_cut() -> None:
    with a_room() as room:
        room.peer("a").send(b"\x80" + bytes(STRIDE))
        assert room.drops == {"cut": 1}


def test_a_check_without_nomination_is_listened_to_and_not_sent_to() -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        assert peer.transport.destination is not None
        here = peer.transport.destination.sockaddr
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            other.sendto(peer.check(nominate=False), ("127.0.0.1", room.endpoint.port))
            room.read()
            assert len(room.seats.by_address) == 2
            assert peer.transport.destination.sockaddr == here
            other.sendto(peer.check(), ("127.0.0.1", room.endpoint.port))
            room.read()
            assert peer.transport.destination.sockaddr != here


def test_an_address_does_not_move_without_an_authentic_check() -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        assert peer.srtp is not None
        assert peer.transport.destination is not None
        here = peer.transport.destination.sockaddr
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as thief:
            port = ("127.0.0.1", room.endpoint.port)
            thief.sendto(peer.srtp.protect_rtp(rtp()), port)
            thief.sendto(peer.check(password="x" * 24), port)
            room.read()
        assert peer.transport.destination.sockaddr == here
        assert room.drops == {"unknown_address": 1, "stun_not_authentic": 1}


def test_only_the_newest_addresses_of_a_peer_are_listened_to() -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        others = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(20)]
        for other in others:
            room.now += 1
            other.sendto(peer.check(nominate=False), ("127.0.0.1", room.endpoint.port))
            room.read()
            other.close()
        assert len(room.seats.by_address) == len(peer.transport.sources) == MAX_SOURCES
        assert peer.transport.destination is not None
        assert peer.transport.destination.sockaddr in room.seats.by_address


def test_silence_disconnects_a_check_brings_back_and_long_silence_fails() -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        start = room.now

        def state_after(seconds: float) -> str:
            peer.transport.advance(start + seconds)
            return peer.transport.state

        assert state_after(SILENT_AFTER - 0.1) == "connected"
        assert state_after(SILENT_AFTER) == "disconnected"
        room.now = start + 10
        peer.send(peer.check())
        assert state_after(10) == "connected"
        assert state_after(10 + FAILED_AFTER) == "failed"
        assert peer.transport.srtp is None


def test_a_connection_rests_while_it_is_up_and_heard_from() -> None:
    with a_room() as room:
        peer = room.peer("a")
        assert not peer.transport.rests(room.now)  # hands are not shaken
        peer.connect()
        heard = peer.transport.heard
        assert peer.transport.rests(heard + SILENT_AFTER - 0.1)
        assert not peer.transport.rests(heard + SILENT_AFTER)
        peer.transport.advance(heard + SILENT_AFTER)
        assert not peer.transport.rests(heard + SILENT_AFTER)
        room.now = heard + 10
        peer.send(peer.check())
        assert peer.transport.rests(room.now)
        peer.transport.close()
        assert not peer.transport.rests(room.now)


def connected_pair(room: Room) -> tuple[Peer, Peer]:
    a, b = room.peer("a").connect(), room.peer("b").connect()
    for name in ("a", "b"):
        room.routed.router.add_transport(name, [MICROPHONE, CAMERA], [VOICE, PICTURE], room.now)
    return a, b


DATAGRAMS = st.lists(
    st.one_of(
        st.binary(max_size=80),
        st.tuples(st.sampled_from([0, 1, 20, 22, 63, 64, 128, 143, 191, 255]), st.binary()).map(
            lambda pair: bytes((pair[0],)) + pair[1]
        ),
    ),
    max_size=20,
)


@settings(max_examples=60, deadline=None)
@given(DATAGRAMS, st.booleans())
def test_random_datagrams_do_nothing_but_count(datagrams: list[bytes], known: bool) -> None:
    with a_room() as room:
        a, b = connected_pair(room)
        sender = a if known else room.peer("stranger")
        before, dropped = room.ingress.datagrams, room.drops.total()
        sender.send(*datagrams)
        assert room.ingress.datagrams - before == len(datagrams)
        assert room.drops["internal"] == 0
        if not known:
            assert room.drops.total() - dropped == len(datagrams)
        assert a.transport.state == b.transport.state == "connected"
        b.send(b.check())
        assert len(b.receive()) == 1


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 200), st.integers(0, 255), st.integers(0, 60))
def test_torn_and_bent_captured_datagrams_do_nothing_but_count(
    at: int, value: int, cut: int
) -> None:
    with a_room() as room:
        a, b = connected_pair(room)
        client_hello = room.peer("new")
        client_hello.dtls.start(room.now)
        assert a.srtp is not None
        captured = [
            a.check(),
            *client_hello.dtls.take(),
            a.srtp.protect_rtp(rtp(body=os.urandom(40))),
            a.srtp.protect_rtcp(b"\x81\xc9\x00\x07" + bytes(28)),
        ]
        for datagram in captured:
            bent = bytearray(datagram)
            bent[at % len(bent)] = value
            a.send(bytes(bent), datagram[: len(datagram) - cut], bytes(bent)[:cut])
        assert room.drops["internal"] == 0
        b.send(b.check())
        assert len(b.receive()) >= 1


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=90)), max_size=12))
def test_an_authentic_peer_that_talks_nonsense_harms_nobody(
    packets: list[tuple[bool, bytes]],
) -> None:
    with a_room() as room:
        a, b = connected_pair(room)
        assert a.srtp is not None
        for sequence, (control, body) in enumerate(packets):
            if control:
                a.send(a.srtp.protect_rtcp(bytes((0x80 | len(body) & 31, 200)) + body + bytes(6)))
            else:
                # The first bit pair must be 2 and the CSRCs there, else libsrtp refuses to seal.
                first = 0x80 | (body[0] & 0x20 if body else 0)
                head = struct.pack("!BBHII", first, 96, sequence, 0, 7)
                a.send(a.srtp.protect_rtp(head + body))
            room.routed.router.take()
        assert room.drops["internal"] == 0
        assert b.transport.state == "connected"
