"""Packets that leave in more than one form: fewer frames for one receiver, redundancy for another.

Through the real socket and cipher: what the core chains has to reach those it is meant for.
"""

import dataclasses
from itertools import pairwise
from math import inf

from media.core import redundancy, rtp, vp8
from media.core.consumer import Consumer
from media.core.stream import Stream
from tests.media.core.building import OPUS, Camera, rtp_packet
from tests.media.plane.builders import CAMERA, MICROPHONE, PICTURE, VOICE, Peer, Room, a_room

RED = 63
PATTERN = (0, 2, 1, 2)
"""Temporal layers of consecutive frames, as browsers send them."""


class Meeting:
    """A sender and two receivers; time stands still but for `wait`."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.router = room.routed.router
        self.sender, self.first, self.second = (room.peer(n).connect() for n in ("s", "v", "w"))
        source = dataclasses.replace(MICROPHONE, red_payload_type=RED)
        slot = dataclasses.replace(VOICE, red_payload_type=RED)
        self.router.add_transport("s", [source, CAMERA], [], room.now)
        for name in ("v", "w"):
            self.router.add_transport(name, [], [slot, PICTURE], room.now)

    def wait(self, seconds: float) -> None:
        self.room.now += seconds
        self.router.advance(self.room.now)
        self.router.take()

    def send(self, *packets: bytes) -> None:
        assert self.sender.srtp is not None
        self.sender.send(*(self.sender.srtp.protect_rtp(packet) for packet in packets))

    def consumer(self, name: str, kind: str) -> Consumer:
        transport = self.router._transports[name]
        return (transport.audio if kind == "audio" else transport.video)[0]

    def stream(self, kind: str) -> Stream:
        transport = self.router._transports["s"]
        producer = transport.microphone if kind == "audio" else transport.camera
        assert producer is not None
        return producer.streams[0]


def numbers(peer: Peer) -> list[tuple[int, int, int, int]]:
    """Return sequence number, picture id, TL0PICIDX and temporal layer of what a peer received."""
    found = []
    for packet in peer.decrypted():
        header = rtp.parse(packet)
        picture_id, _, _, tl0, _, layer, _ = vp8.parse(
            packet, header.payload_start, header.payload_end
        )
        found.append((header.sequence, picture_id, tl0, layer))
    return found


def test_upper_layers_are_left_out_for_one_receiver_and_its_numbers_are_continuous() -> None:
    with a_room() as room:
        meeting = Meeting(room)
        camera = Camera(9, pattern=PATTERN, known=True, picture_id=0x7FF0, tl0=250)
        meeting.send(*camera.frame(key=True))
        meeting.wait(0.3)
        meeting.send(*camera.frame(key=True))
        meeting.router._review_at = inf
        stream = meeting.stream("video")
        meeting.consumer("v", "video").aim(stream.branches[0], room.now)
        meeting.first.receive()
        meeting.second.receive()
        while camera.turn % len(PATTERN):
            meeting.send(*camera.frame())
        meeting.first.receive()
        meeting.second.receive()
        for _ in range(40):
            meeting.send(*camera.frame())
        thin, whole = numbers(meeting.first), numbers(meeting.second)
        assert len(whole) == 80
        assert len(thin) == 20
        assert {layer for *_, layer in thin} == {0}
        for earlier, later in pairwise(thin):
            assert (later[0] - earlier[0]) & 0xFFFF == 1
            frames = (later[1] - earlier[1]) & 0x7FFF
            assert frames in (0, 1)
            assert (later[2] - earlier[2]) & 0xFF == frames, "TL0PICIDX counts these frames"


def test_one_receiver_gets_redundancy_and_the_other_plain_sound_of_the_same_packets() -> None:
    with a_room() as room:
        meeting = Meeting(room)
        frames = [bytes((0x78, number)) * 30 for number in range(6)]
        sound = [rtp_packet(5, n, n * 960, frame, OPUS) for n, frame in enumerate(frames)]
        meeting.send(sound[0])
        meeting.consumer("v", "audio").protect(1)
        meeting.send(*sound[1:])
        plain = [rtp.parse(packet).payload_type for packet in meeting.second.decrypted()]
        assert plain == [OPUS] * 6
        received = meeting.first.decrypted()
        headers = [rtp.parse(packet) for packet in received]
        assert [header.payload_type for header in headers] == [OPUS] + [RED] * 5
        assert {(b.sequence - a.sequence) & 0xFFFF for a, b in pairwise(headers)} == {1}
        apart = redundancy.take_apart(received[-1], headers[-1], OPUS)
        assert [packet[12:] for packet, _ in apart] == frames[-2:]
