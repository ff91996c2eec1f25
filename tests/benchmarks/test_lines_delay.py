"""What makes a line long keeps packets for as long as it was told, in their order."""

import os
import socket
import threading
from collections.abc import Iterator
from time import monotonic

import pytest

from benchmarks import lines_delay


class LongLine:
    """Two ends of a line that is carried by a thread here."""

    def __init__(self) -> None:
        kind = socket.SOCK_SEQPACKET
        self.left, first = socket.socketpair(socket.AF_UNIX, kind)
        self.right, second = socket.socketpair(socket.AF_UNIX, kind)
        self._inner = first, second
        for inner in self._inner:
            inner.setblocking(False)
        told, self._tell = os.pipe()
        self._told = told
        numbers = first.fileno(), second.fileno(), told
        self._thread = threading.Thread(target=lines_delay.carry, args=numbers)
        self._thread.start()

    def takes(self, seconds: float) -> None:
        os.write(self._tell, f"{seconds}\n".encode())

    def close(self) -> None:
        os.close(self._tell)
        self._thread.join()
        os.close(self._told)
        for each in (self.left, self.right, *self._inner):
            each.close()


@pytest.fixture
def line() -> Iterator[LongLine]:
    made = LongLine()
    try:
        yield made
    finally:
        made.close()


def test_packets_arrive_later_and_in_order_both_ways(line: LongLine) -> None:
    line.takes(0.05)
    # What is told is read beside the packets: the first may still go at once.
    line.left.send(b"first")
    line.right.recv(100)
    for source, to in ((line.left, line.right), (line.right, line.left)):
        began = monotonic()
        for number in range(5):
            source.send(bytes((number,)))
        assert [to.recv(100) for _ in range(5)] == [bytes((n,)) for n in range(5)]
        assert monotonic() - began >= 0.05


def test_a_line_is_short_until_something_is_told(line: LongLine) -> None:
    line.left.send(b"now")
    line.right.settimeout(5)
    assert line.right.recv(100) == b"now"
