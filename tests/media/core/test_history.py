"""The packets that are kept to be sent again."""

from media.core.history import MAX_AGE_S, MAX_PACKETS, History
from media.core.table import Forward, Row


def row(start: int = 0) -> Row:
    return Row(
        transport="a",
        slot=0,
        ssrc=7,
        payload_type=96,
        sequence_offset=0,
        timestamp_offset=0,
        start=start,
    )


def packet(number: int, *rows: Row) -> Forward:
    return Forward(b"packet", rows, 0, number & 0xFFFF, number, 0, 0, 6)


def test_a_packet_is_found_by_its_number_and_the_row_it_went_out_by() -> None:
    history, mine, other = History(), row(), row()
    kept = packet(5, mine)
    history.add(kept, 1.0)
    assert history.find(5, mine) is kept
    assert history.find(5, other) is None
    assert history.find(6, mine) is None


def test_only_so_many_packets_are_kept() -> None:
    history, mine = History(), row()
    for number in range(3 * MAX_PACKETS):
        history.add(packet(number, mine), 1.0)
    assert len(history) == MAX_PACKETS
    assert history.find(3 * MAX_PACKETS - 1, mine) is not None


def test_old_packets_are_let_go() -> None:
    history, mine = History(), row()
    for number in range(100):
        history.add(packet(number, mine), 1.0)
    history.add(packet(100, mine), 1.1 + MAX_AGE_S)
    assert len(history) == 1


def test_a_number_that_comes_twice_is_kept_once() -> None:
    history, mine = History(), row()
    first = packet(5, mine)
    history.add(first, 1.0)
    history.add(packet(5, mine), 1.1)
    assert history.find(5, mine) is first
    history.add(packet(6, mine), 1.2 + MAX_AGE_S)
    assert len(history) == 1
