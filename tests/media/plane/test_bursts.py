"""Packets of one stream that came together: everybody gets all of them, in order."""

import random
import struct
from typing import Any

import pytest

from media.core.outputs import Resend
from media.core.table import Forward, Row
from media.plane import sealing
from media.transports.send_slab import MOST_SEGMENTS, SLOTS
from media.transports.srtp import lib
from tests.media.plane.builders import Room, a_room

pytestmark = pytest.mark.usefixtures("cipher")


def row(transport: str, ssrc: int = 70_000, **changes: int) -> Row:
    values: dict[str, Any] = {"slot": 0, "payload_type": 96, "sequence_offset": 0}
    return Row(transport=transport, ssrc=ssrc, timestamp_offset=0, **(values | changes))


def packet(rows: tuple[Row, ...], number: int, length: int, ssrc: int = 1) -> Forward:
    payload = bytes((number & 0xFF,)) * length
    return Forward(
        struct.pack("!8xI", ssrc) + payload,
        rows,
        marker=0,
        sequence=number,
        extended=number,
        timestamp=0,
        payload_start=12,
        payload_end=12 + length,
    )


def send(room: Room, *packets: Forward) -> None:
    for one in packets:
        room.fanout.send(one, room.routed.transports, room.now)
    room.fanout.flush()


def numbers(found: list[bytes]) -> list[tuple[int, int]]:
    """Sequence numbers and payload lengths."""
    return [(int.from_bytes(p[2:4], "big"), len(p) - 12) for p in found]


@pytest.mark.parametrize("gso", [True, False])
def test_sizes_mixed_at_random_arrive_whole_and_in_order(gso: bool) -> None:
    dice = random.Random(7)
    with a_room() as room:
        room.endpoint.outbox.gso = room.endpoint.outbox.gso and gso
        peers = [room.peer(name).connect() for name in "abc"]
        rows = (row("a", sequence_offset=1), row("b", abs_send_time=3), row("c", sequence_offset=9))
        lengths = [dice.choice((1100, 1100, 1100, 1099, 300, 1)) for _ in range(90)]
        send(room, *(packet(rows, n, length) for n, length in enumerate(lengths)))
        for peer, offset, extension in zip(peers, (1, 0, 9), (0, 8, 0), strict=True):
            found = peer.decrypted()
            assert numbers(found) == [
                (n + offset, length + extension) for n, length in enumerate(lengths)
            ]
            assert all(p[-1] == n for n, p in enumerate(found))
        assert room.fanout.packets == 3 * len(lengths)
        assert room.endpoint.outbox.counts.keys() == {"sent"}


def test_equal_packets_are_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        rows = (row("a"),)
        claims = []
        claim = room.endpoint.outbox.claim

        def watched(names: memoryview, segments: int, size: int, space: int) -> int:
            claims.append(segments)
            return claim(names, segments, size, space)

        monkeypatch.setattr(room.endpoint.outbox, "claim", watched)
        lengths = (500, 500, 500, 200, 200, 600)
        send(room, *(packet(rows, n, length) for n, length in enumerate(lengths)))
        assert numbers(peer.decrypted()) == list(enumerate(lengths))
        assert claims == [4, 1, 1]


def test_a_burst_has_its_limit() -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        count = 2 * MOST_SEGMENTS + 1
        send(room, *(packet((row("a"),), n, 1000) for n in range(count)))
        assert numbers(peer.decrypted()) == [(n, 1000) for n in range(count)]


def test_a_burst_to_more_receivers_than_there_is_room_for_is_parted() -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        rows = tuple(row("a", ssrc=100_000 + n) for n in range(SLOTS))
        send(room, *(packet(rows, n, 900) for n in range(3)))
        found = peer.decrypted()
        assert len(found) == 3 * SLOTS
        by_ssrc: dict[int, list[int]] = {}
        for one in found:
            ssrc, number = int.from_bytes(one[8:12], "big"), int.from_bytes(one[2:4], "big")
            by_ssrc.setdefault(ssrc, []).append(number)
        assert len(by_ssrc) == SLOTS
        assert all(found == [0, 1, 2] for found in by_ssrc.values())


def test_a_table_that_changes_in_the_middle_keeps_the_order() -> None:
    with a_room() as room:
        a, b = room.peer("a").connect(), room.peer("b").connect()
        before, after = (row("a"),), (row("a"), row("b"))
        send(
            room,
            packet(before, 1, 100),
            packet(after, 2, 100),
            packet(before, 3, 100, ssrc=2),
            packet(before, 4, 100),
        )
        assert [n for n, _ in numbers(a.decrypted())] == [1, 2, 3, 4]
        assert [n for n, _ in numbers(b.decrypted())] == [2]


def test_streams_in_turn_still_make_bursts_of_their_own() -> None:
    with a_room() as room:
        peer = room.peer("a").connect()
        picture, voice = (row("a"),), (row("a", ssrc=80_000),)
        send(
            room,
            packet(picture, 1, 1000),
            packet(voice, 11, 80, ssrc=2),
            packet(picture, 2, 1000),
            packet(voice, 12, 80, ssrc=2),
        )
        assert [n for n, _ in numbers(peer.decrypted())] == [1, 2, 11, 12]


@pytest.mark.parametrize("cipher", ["libsrtp"], indirect=True)
def test_a_receiver_whose_cipher_fails_costs_the_others_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with a_room() as room:
        a, b, c = (room.peer(name).connect() for name in "abc")
        assert b.transport.srtp is not None
        broken = b.transport.srtp.outbound

        def protect(session: Any, pointer: Any, length: Any) -> int:
            return 1 if session == broken else int(lib.srtp_protect(session, pointer, length))

        monkeypatch.setattr(sealing, "_protect", protect)
        rows = (row("a"), row("b"), row("c"))
        send(room, *(packet(rows, n, 50) for n in range(3)), packet(rows, 3, 60))
        assert [n for n, _ in numbers(a.decrypted())] == [0, 1, 2, 3]
        assert b.receive() == []
        assert [n for n, _ in numbers(c.decrypted())] == [0, 1, 2, 3]
        assert (room.fanout.packets, room.drops["srtp_protect"]) == (8, 4)


@pytest.mark.parametrize("cipher", ["libipsec-mb"], indirect=True)
def test_nothing_goes_out_in_the_clear_where_the_cipher_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with a_room() as room:
        a, b = (room.peer(name).connect() for name in "ab")
        rows = (row("a"), row("b"))
        with monkeypatch.context() as broken:
            broken.setattr(room.multi_buffer, "seal", lambda *_: False)
            send(room, *(packet(rows, n, 50) for n in range(3)))
            room.fanout.resend(Resend("a", packet((), 0, 50), row("a"), None), a.transport, 0.0)
            room.fanout.flush()
        assert a.receive() == b.receive() == []
        assert (room.fanout.packets, room.drops["srtp_protect"]) == (0, 7)
        send(room, packet(rows, 3, 60))
        assert [n for n, _ in numbers(a.decrypted() + b.decrypted())] == [3, 3]
