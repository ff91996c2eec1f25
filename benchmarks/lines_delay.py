"""What makes a line long: carries IP packets between two TUN devices and keeps each for a while.

netem is not in every kernel; this is, and to both ends it is a network like any other: no address
changes and nothing in a packet. It runs in a process of its own (`python -m benchmarks.lines_delay
FD FD`, with both devices open), so that nothing else delays what it carries, and reads from its
standard input how many seconds a packet takes from now on, one number a line. It ends with its
input.
"""

import contextlib
import fcntl
import os
import select
import struct
import sys
from collections import deque
from time import monotonic

_DEVICE = "/dev/net/tun"
_SET_NAME = 0x400454CA
"""TUNSETIFF of linux/if_tun.h."""
_TUN_BARE = 0x0001 | 0x1000
"""IFF_TUN | IFF_NO_PI: IP packets without anything before them."""
_LARGEST = 65_536


def open_device(name: str) -> int:
    """Make a TUN device in this network; return its file, which it lasts as long as. Raises
    OSError."""
    device = os.open(_DEVICE, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    fcntl.ioctl(device, _SET_NAME, struct.pack("16sH22x", name.encode(), _TUN_BARE))
    return device


def carry(first: int, second: int, told: int) -> None:
    """Carry packets between two devices until `told`, where the seconds are read, is closed."""
    other = {first: second, second: first}
    flying: deque[tuple[float, int, bytes]] = deque()
    delay = 0.0
    poll = select.poll()
    for source in (first, second, told):
        poll.register(source, select.POLLIN)
    while True:
        wait = max(0.0, flying[0][0] - monotonic()) if flying else None
        # One millisecond is the least that poll waits; a little late is better than spinning.
        for source, _ in poll.poll(None if wait is None else wait * 1000):
            if source != told:
                due = monotonic() + delay
                flying.extend((due, other[source], packet) for packet in _waiting(source))
                continue
            said = os.read(told, _LARGEST)
            if not said:
                return
            delay = float(said.split()[-1])
        while flying and flying[0][0] <= monotonic():
            _, to, packet = flying.popleft()
            _write(to, packet)


def _waiting(device: int) -> list[bytes]:
    packets = []
    while True:
        try:
            packets.append(os.read(device, _LARGEST))
        except BlockingIOError:
            return packets


def _write(device: int, packet: bytes) -> None:
    with contextlib.suppress(OSError):  # a device that is down loses it, as a line does
        os.write(device, packet)


if __name__ == "__main__":
    carry(int(sys.argv[1]), int(sys.argv[2]), sys.stdin.fileno())
