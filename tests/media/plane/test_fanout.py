"""What leaves the send slab, decrypted again, against the recipe of media.core.table."""

import struct
from typing import Any

import pytest

from media.core.outputs import Resend
from media.core.table import Forward, Row
from media.plane.fanout import LONGEST_PAYLOAD
from media.transports.send_slab import SLOTS
from tests.media.plane.builders import Peer, Room, a_room

pytestmark = pytest.mark.usefixtures("cipher")

DESCRIPTOR = bytes((0x90, 0xE0, 0x80 | 0x12, 0x34, 0x56, 0x20))
"""VP8: X; I, L, T; 15 bits of picture id 0x1234; TL0PICIDX 0x56; TID."""


def row(transport: str, **changes: int) -> Row:
    values: dict[str, Any] = {
        "slot": 0,
        "ssrc": 70_000,
        "payload_type": 96,
        "sequence_offset": 0,
        "timestamp_offset": 0,
    }
    return Row(transport=transport, **(values | changes))


def forward(rows: tuple[Row, ...], payload: bytes = b"picture", **changes: Any) -> Forward:
    # A header with an extension of the sender's, which must not go on.
    packet = bytes(12) + b"\xbe\xde\x00\x01\x12ab\x00" + payload + b"\x00\x02"
    values = {"marker": 0x80, "sequence": 65_535, "extended": 65_535, "timestamp": 0xFFFFFFFF}
    return Forward(
        packet, rows, payload_start=20, payload_end=20 + len(payload), **(values | changes)
    )


def sent(room: Room, peer: Peer, packet: Forward) -> list[bytes]:
    room.fanout.send(packet, room.routed.transports, room.now)
    room.fanout.flush()
    return peer.decrypted()


def test_the_header_is_rewritten_modulo_its_width() -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        rows = (row("a", sequence_offset=2, timestamp_offset=3, payload_type=100),)
        (packet,) = sent(room, peer, forward(rows))
        assert struct.unpack("!BBHII", packet[:12]) == (0x80, 0x80 | 100, 1, 2, 70_000)
        assert packet[12:] == b"picture"


def test_every_receiver_gets_its_own_numbering() -> None:
    with a_room() as room:
        a, b = room.peer("a").connect(), room.peer("b").connect()
        rows = (row("a", sequence_offset=1), row("b", sequence_offset=11, ssrc=80_000))
        room.fanout.send(forward(rows, marker=0), room.routed.transports, room.now)
        room.fanout.flush()
        assert [struct.unpack("!H", p[2:4]) for p in a.decrypted()] == [(0,)]
        assert [struct.unpack("!xBH4xI", p[:12]) for p in b.decrypted()] == [(96, 10, 80_000)]


def test_the_vp8_descriptor_is_renumbered() -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        rows = (row("a", picture_id_offset=0x7FFF, tl0_offset=0xFF),)
        packet = forward(
            rows,
            DESCRIPTOR + b"vp8",
            picture_id=0x1234,
            picture_id_at=22,
            picture_id_mask=0x7FFF,
            tl0=0x56,
            tl0_at=24,
        )
        (received,) = sent(room, peer, packet)
        assert received[12:] == bytes((0x90, 0xE0, 0x92, 0x33, 0x55, 0x20)) + b"vp8"


def test_a_picture_id_without_tl0picidx_is_renumbered() -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        packet = forward(
            (row("a", picture_id_offset=1, tl0_offset=1),),
            b"\x90\x80\xff\xffvp8",
            picture_id=0x7FFF,
            picture_id_at=22,
            picture_id_mask=0x7FFF,
        )
        (received,) = sent(room, peer, packet)
        assert received[12:] == b"\x90\x80\x80\x00vp8"


def test_a_picture_id_of_seven_bits_stays_in_one_byte() -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        packet = forward(
            (row("a", picture_id_offset=5),),
            b"\x90\x80\x7evp8",
            picture_id=0x7E,
            picture_id_at=22,
            picture_id_mask=0x7F,
        )
        (received,) = sent(room, peer, packet)
        assert received[12:] == b"\x90\x80\x03vp8"


def test_departures_are_stamped_where_that_was_agreed() -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        rows = (row("a", abs_send_time=3, rtx_ssrc=9_999, picture_id_offset=1),)
        packet = forward(
            rows,
            DESCRIPTOR,
            picture_id=0x1234,
            picture_id_at=22,
            picture_id_mask=0x7FFF,
            tl0=0x56,
            tl0_at=24,
        )
        (received,) = sent(room, peer, packet)
        assert received[0] == 0x90
        assert received[12:17] == b"\xbe\xde\x00\x01\x32"
        assert int.from_bytes(received[17:20], "big") == int(room.now % 64 * 2**18)
        assert received[20:24] == b"\x90\xe0\x92\x35"


def test_more_receivers_than_slots_all_get_the_packet() -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        rows = tuple(row("a", ssrc=100_000 + n) for n in range(SLOTS + 10))
        room.fanout.send(forward(rows), room.routed.transports, room.now)
        room.fanout.flush()
        assert room.fanout.packets == SLOTS + 10
        assert room.endpoint.outbox.counts["socket_full"] == 0
        ssrcs = {int.from_bytes(p[8:12], "big") for p in peer.decrypted()}
        assert ssrcs == {r.ssrc for r in rows}


def test_who_is_not_connected_yet_is_left_out_until_it_is() -> None:
    with a_room() as room:
        late = room.peer("late")
        rows = (row("late"), row("nobody"))
        assert sent(room, room.peer("a").connect(), forward(rows)) == []
        late.connect()
        room.fanout.forget()
        assert len(sent(room, late, forward(rows, sequence=1))) == 1


def test_a_moved_peer_is_reached_at_once() -> None:
    with a_room() as room:
        peer, rows = room.peer("a").connect(), (row("a"),)
        assert len(sent(room, peer, forward(rows))) == 1
        old = peer.socket
        with old:
            peer.socket = room.peer("elsewhere").socket
            peer.send(peer.check())
            peer.receive()
            assert len(sent(room, peer, forward(rows, sequence=2))) == 1


def test_a_packet_too_long_for_a_slot_is_counted() -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        assert sent(room, peer, forward((row("a"),), bytes(LONGEST_PAYLOAD + 1))) == []
        assert room.drops["too_long"] == 1
        assert len(sent(room, peer, forward((row("a"),), bytes(LONGEST_PAYLOAD)))) == 1


def test_a_plain_resend_is_the_same_packet_again() -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        room.fanout.send(forward((row("a"),)), room.routed.transports, room.now)
        room.fanout.flush()
        (first,) = peer.receive()
        resend = Resend("a", forward(()), row("a"), None)
        room.fanout.resend(resend, peer.transport, room.now + 1)
        room.fanout.flush()
        assert peer.receive() == [first]


@pytest.mark.parametrize("stamp", [0, 3])
def test_a_resend_by_rtx_carries_the_original_number(stamp: int) -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        to = row("a", rtx_ssrc=9_999, rtx_payload_type=97, sequence_offset=5, abs_send_time=stamp)
        packet = forward(
            (),
            DESCRIPTOR + b"vp8",
            marker=0,
            picture_id=0x1234,
            picture_id_at=22,
            picture_id_mask=0x7FFF,
            tl0=0x56,
            tl0_at=24,
        )
        room.fanout.resend(Resend("a", packet, to, 77), peer.transport, room.now)
        room.fanout.flush()
        (received,) = peer.decrypted()
        assert struct.unpack("!xBH4xI", received[:12]) == (97, 77, 9_999)
        body = received[20 if stamp else 12 :]
        assert body == b"\x00\x04" + DESCRIPTOR + b"vp8"


def test_a_resend_to_who_is_not_connected_is_counted() -> None:
    with a_room() as room:
        peer = room.peer("a")
        room.fanout.resend(Resend("a", forward(()), row("a"), None), peer.transport, room.now)
        assert room.drops["not_connected"] == 1
