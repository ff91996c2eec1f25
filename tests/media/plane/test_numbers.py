"""Numbers of a whole transport, in the packets that leave the send slab."""

import pytest

from media.core.departures import Departures
from media.core.outputs import Resend
from media.core.table import Forward, Row
from media.transports.send_slab import SLOTS
from tests.media.plane.builders import Room, a_room

pytestmark = pytest.mark.usefixtures("cipher")

NUMBERED = 5
RTX_SSRC = 9_999


def row(transport: str, departures: Departures | None, ssrc: int, picture_id: int = 0) -> Row:
    return Row(
        transport=transport,
        slot=0,
        ssrc=ssrc,
        payload_type=96,
        sequence_offset=0,
        timestamp_offset=0,
        picture_id_offset=picture_id,
        rtx_ssrc=RTX_SSRC,
        rtx_payload_type=97,
        transport_sequence=NUMBERED if departures is not None else 0,
        departures=departures,
    )


def forward(rows: tuple[Row, ...], sequence: int, source: int = 21, size: int = 40) -> Forward:
    packet = bytes(8) + source.to_bytes(4, "big") + b"\x90\x80\x11" + bytes(size)
    return Forward(
        packet, rows, 0, sequence, sequence, 0, 12, len(packet), picture_id=0x11,
        picture_id_at=14, picture_id_mask=0x7F,
    )  # fmt: skip


def numbers(packets: list[bytes]) -> list[int]:
    """Return the number of each packet, and see that nothing else is in its extension."""
    found = []
    for packet in packets:
        assert packet[0] == 0x90
        assert packet[12:17] == bytes((0xBE, 0xDE, 0, 1, NUMBERED << 4 | 1))
        assert packet[19] == 0
        found.append(int.from_bytes(packet[17:19], "big"))
    return found


def send(room: Room, *packets: Forward) -> None:
    for packet in packets:
        room.fanout.send(packet, room.routed.transports, room.now)


def test_slots_and_retransmissions_of_a_transport_are_numbered_in_one_row() -> None:
    with a_room() as room:
        peer, departures = room.peer("a").connect(), Departures()
        main, small = (row("a", departures, ssrc) for ssrc in (70_000, 70_001))
        send(room, forward((main,), 1), forward((main,), 2), forward((small,), 1, source=22))
        room.fanout.flush()
        lost = forward((), 2)
        room.fanout.resend(Resend("a", lost, main, 7), peer.transport, room.now)
        send(room, forward((small,), 2, source=22))
        room.fanout.flush()
        packets = peer.decrypted()
        assert numbers(packets) == [0, 1, 2, 3, 4]
        assert [int.from_bytes(packet[8:12], "big") for packet in packets] == [
            70_000, 70_000, 70_001, RTX_SSRC, 70_001,
        ]  # fmt: skip
        assert packets[3][20:] == b"\x00\x02" + packets[1][20:], "the packet with its first number"


def test_what_is_not_numbered_goes_out_as_ever_beside_it() -> None:
    with a_room() as room:
        a, b = room.peer("a").connect(), room.peer("b").connect()
        rows = (row("a", Departures(), 70_000, picture_id=1), row("b", None, 80_000, picture_id=2))
        send(room, forward(rows, 1))
        room.fanout.flush()
        (numbered,), (plain,) = a.decrypted(), b.decrypted()
        assert numbers([numbered]) == [0]
        assert plain[0] == 0x80
        assert (numbered[20:23], plain[12:15]) == (b"\x90\x80\x12", b"\x90\x80\x13")
        assert numbered[23:] == plain[15:]


@pytest.mark.parametrize("gso", [True, False])
def test_bursts_are_numbered_in_order_for_more_receivers_than_the_slab_holds(gso: bool) -> None:
    with a_room() as room:
        room.endpoint.outbox.gso = room.endpoint.outbox.gso and gso
        peer = room.peer("a").connect()
        everybody = [Departures() for _ in range(SLOTS // 3 + 10)]
        rows = tuple(row("a", each, 100_000 + n) for n, each in enumerate(everybody))
        send(room, *(forward(rows, sequence) for sequence in range(3)))
        room.fanout.flush()
        by_ssrc: dict[bytes, list[bytes]] = {}
        for packet in peer.decrypted():
            by_ssrc.setdefault(packet[8:12], []).append(packet)
        assert len(by_ssrc) == len(everybody)
        for packets in by_ssrc.values():
            assert numbers(packets) == [0, 1, 2]
            assert [int.from_bytes(packet[2:4], "big") for packet in packets] == [0, 1, 2]


def test_numbers_go_on_after_65535_and_are_known_with_what_was_sent() -> None:
    with a_room() as room:
        peer, departures = room.peer("a").connect(), Departures()
        for _ in range(0xFFFF):
            departures.take(1, room.now - 1)
        to = (row("a", departures, 70_000),)
        send(room, forward(to, 1), forward(to, 2, size=80))
        room.fanout.flush()
        sent = peer.receive()
        assert peer.srtp is not None
        assert numbers([peer.srtp.unprotect_rtp(packet) for packet in sent]) == [0xFFFF, 0]
        assert departures.came(0xFFFF, room.now) == (room.now, len(sent[0]))
        assert departures.came(0, room.now) == (room.now, len(sent[1]))
