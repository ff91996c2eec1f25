"""Both ways to encrypt copies write the same bytes, whatever happens to who gets them."""

import socket
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.outputs import Resend
from media.core.table import Forward, Row
from media.plane.fanout import Fanout
from media.transports.addresses import packed
from media.transports.multi_buffer import MultiBuffer, open_library
from media.transports.send_slab import Destination
from media.transports.srtp import RESEND_WINDOW, SrtpPair
from media.transports.srtp_keys import PROFILES, SrtpKeys
from media.transports.udp import UdpEndpoint

PEOPLE = 4
STREAMS = 2


@pytest.fixture(scope="module")
def library() -> MultiBuffer:
    found = open_library()
    if found is None:
        pytest.skip("libipsec-mb is not installed")
    return found


def keys_of(number: int, *, server: bool) -> SrtpKeys:
    return SrtpKeys.from_exporter(PROFILES[0], bytes((number,)) * 56, server=server)


class Receiver:
    """Whom packets go to."""

    def __init__(self, number: int, port: int, library: MultiBuffer | None) -> None:
        self.srtp: SrtpPair | None = SrtpPair(keys_of(number, server=True), library)
        self.destination: Destination | None = Destination(
            packed(socket.AF_INET, "127.0.0.1", port)
        )


class Way:
    """A fan-out to PEOPLE receivers at one socket."""

    def __init__(self, library: MultiBuffer | None) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.endpoint = UdpEndpoint("127.0.0.1", 0)
        self.drops: Counter[str] = Counter()
        self.fanout = Fanout(self.endpoint.outbox, self.drops)
        port = self.socket.getsockname()[1]
        self.receivers = {str(n): Receiver(n, port, library) for n in range(PEOPLE)}

    def came(self) -> Iterator[bytes]:
        while True:
            try:
                yield self.socket.recv(2048)
            except BlockingIOError:
                return

    def close(self) -> None:
        self.socket.close()
        self.endpoint.close()


class Sender:
    """One stream, and the numbers under which it goes to each receiver: without a gap."""

    def __init__(self, stream: int, first: int, first_out: int) -> None:
        self.stream = stream
        self.newest = first
        self.came_out = dict.fromkeys(range(PEOPLE), first_out)
        self.rows: tuple[Row, ...] = ()
        self.sent: list[Forward] = []

    def goes_to(self, people: set[int]) -> None:
        """Let these have it from the next packet on."""
        for row in self.rows:
            self.came_out[int(row.transport)] = self.newest + row.sequence_offset
        self.sent.clear()
        self.rows = tuple(
            Row(
                transport=str(person),
                slot=0,
                ssrc=70_000 + self.stream,
                payload_type=96,
                sequence_offset=(self.came_out[person] - self.newest) & 0xFFFF,
                timestamp_offset=person,
                abs_send_time=3 if person % 2 else 0,
                rtx_ssrc=90_000 + self.stream if person % 2 else 0,
                rtx_payload_type=97,
            )
            for person in sorted(people)
        )

    def recent(self) -> list[Forward]:
        """Return what libsrtp would send again: not too old, and to the same receivers."""
        return [one for one in self.sent if one.extended > self.newest - RESEND_WINDOW]

    def packet(self, step: int, size: int) -> Forward:
        number = max(1, self.newest + step)
        self.newest = max(self.newest, number)
        packet = bytes(8) + self.stream.to_bytes(4, "big") + bytes((number & 0xFF,)) * size
        forward = Forward(packet, self.rows, 0, number & 0xFFFF, number, number, 12, len(packet))
        self.sent.append(forward)
        return forward


_steps = st.sampled_from([1, 1, 1, 2, 70, 3000, -1, -60])
_sends = st.tuples(st.just("send"), st.integers(0, 1), _steps, st.integers(1, 300))
_tables = st.tuples(st.just("table"), st.integers(0, 1), st.sets(st.integers(0, PEOPLE - 1)))
_resends = st.tuples(st.just("resend"), st.integers(0, 1), st.integers(0, 20))
_others = st.tuples(st.sampled_from(["flush", "forget"]), st.just(0))


@given(
    first=st.sampled_from([100, 0x7FF0, 0xFFC0]),
    first_out=st.sampled_from([200, 0x7FF0, 0xFF80]),
    events=st.lists(
        st.one_of(_sends, _sends, _tables, _resends, _others), min_size=20, max_size=80
    ),
)
def test_both_ways_send_the_same(
    library: MultiBuffer, first: int, first_out: int, events: list[tuple[object, ...]]
) -> None:
    ways = Way(None), Way(library)
    senders = [Sender(stream, first, first_out) for stream in range(STREAMS)]
    for sender in senders:
        sender.goes_to(set(range(PEOPLE)))
    rtx = 0
    for now, (what, stream, *how) in enumerate(events):
        sender = senders[int(str(stream))]
        match what, how:
            case "send", [int(step), int(size)]:
                packet = sender.packet(step, size)
                for way in ways:
                    way.fanout.send(packet, way.receivers, now)
            case "table", [set(people)]:
                sender.goes_to(people)
            case "resend", [int(back)] if sender.recent() and sender.rows:
                packet = sender.recent()[-1 - back % len(sender.recent())]
                row = sender.rows[back % len(sender.rows)]
                rtx += 1
                again = Resend(row.transport, packet, row, rtx if row.rtx_ssrc else None)
                for way in ways:
                    way.fanout.flush()
                    way.fanout.resend(again, way.receivers[row.transport], now)
            case "forget", _:
                for way in ways:
                    way.fanout.forget()
            case _:
                for way in ways:
                    way.fanout.flush()
    for way in ways:
        way.fanout.flush()
    theirs, ours = (list(way.came()) for way in ways)
    for way in ways:
        way.close()
    assert ours == theirs
    assert ways[0].drops == ways[1].drops


def test_a_packet_older_than_number_0_of_one_receiver_harms_no_other(library: MultiBuffer) -> None:
    ways = Way(None), Way(library)
    sender = Sender(0, 1000, 0)
    sender.came_out[0], sender.came_out[2] = 40_000, 1
    sender.goes_to({0, 2})
    for step in (1, -4, 3):
        packet = sender.packet(step, 20)
        for way in ways:
            way.fanout.send(packet, way.receivers, 0.0)
            way.fanout.flush()
    theirs, ours = (list(way.came()) for way in ways)
    for way in ways:
        way.close()
    assert len(ours) == 6
    assert ours[::2] == theirs[::2]
    # libsrtp takes the old packet for one that is far ahead; we go on where we were.
    peer = SrtpPair(keys_of(2, server=False))
    assert peer.unprotect_rtp(ours[1])[2:4] == b"\x00\x02"
    assert peer.unprotect_rtp(ours[5])[2:4] == b"\x00\x05"
