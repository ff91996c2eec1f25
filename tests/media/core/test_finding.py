"""How a packet finds its stream: by SSRC, then by MID and RID, and the SSRC is learnt."""

import pytest

from media.core.router import Router
from tests.media.core.building import (
    EXTENSIONS,
    RTX,
    VP8,
    Camera,
    camera,
    elements,
    microphone,
    receiving,
    rtp_packet,
    vp8_payload,
)

RIDS = ("q", "h", "f")
KEY = vp8_payload(1, 1, first=True, key=True)


def sdes(mid: str | None = None, rid: str | None = None, repaired: str | None = None) -> bytes:
    pairs = [
        (number, value.encode())
        for number, value in (
            (EXTENSIONS.mid, mid),
            (EXTENSIONS.rid, rid),
            (EXTENSIONS.repaired_rid, repaired),
        )
        if value is not None
    ]
    return elements(*pairs)


@pytest.fixture
def router() -> Router:
    router = Router("room")
    router.add_transport("a", [microphone("0"), camera("1", rids=RIDS)], receiving(), 0.0)
    return router


def drops(router: Router) -> dict[str, int]:
    found = router.stats()["drops"]
    assert isinstance(found, dict)
    return {reason: count for reason, count in found.items() if reason != "unwatched"}


def learnt(router: Router) -> dict[str | None, int | None]:
    """Return the SSRC of every layer of the camera by its RID."""
    transports = router.dump()["transports"]
    assert isinstance(transports, dict)
    streams = transports["a"]["producers"][1]["streams"]
    return {stream["rid"]: stream["ssrc"] for stream in streams if stream["packets"]}


def test_layers_are_told_apart_by_rid_and_remembered_by_ssrc(router: Router) -> None:
    for number, rid in enumerate(RIDS):
        router.inbound("a", rtp_packet(50 + number, 1, 0, KEY, extensions=sdes("1", rid)), 1.0)
        router.inbound("a", rtp_packet(50 + number, 2, 0, KEY), 1.0)
    assert learnt(router) == {"q": 50, "h": 51, "f": 52}
    assert drops(router) == {}


@pytest.mark.parametrize(
    "extensions",
    [b"", sdes("1"), sdes("1", "x"), sdes("9", "q"), sdes(None, "q"), sdes("1", None, "q")],
    ids=["nothing", "no rid", "wrong rid", "wrong mid", "no mid", "a repair"],
)
def test_a_packet_that_names_no_layer_is_dropped(router: Router, extensions: bytes) -> None:
    assert router.inbound("a", rtp_packet(50, 1, 0, KEY, extensions=extensions), 1.0) is None
    assert learnt(router) == {}
    assert drops(router) == {"unknown_ssrc": 1}


def test_without_a_mid_the_payload_type_decides_where_it_can(router: Router) -> None:
    router.inbound("a", rtp_packet(60, 1, 0, b"sound", 111), 1.0)
    assert drops(router) == {}
    assert router.stats()["streams"] == 1


def test_announced_ssrcs_need_no_extension() -> None:
    router = Router("room")
    router.add_transport("a", [microphone("0", 7), camera("1", ssrcs=(8,))], [], 0.0)
    router.inbound("a", rtp_packet(7, 1, 0, b"sound", 111), 1.0)
    router.inbound("a", rtp_packet(8, 1, 0, KEY), 1.0)
    assert router.stats()["streams"] == 2


def test_an_unknown_payload_type_is_dropped(router: Router) -> None:
    router.inbound("a", rtp_packet(50, 1, 0, KEY, extensions=sdes("1", "q")), 1.0)
    router.inbound("a", rtp_packet(50, 2, 0, KEY, 120), 1.0)
    router.inbound("a", rtp_packet(51, 2, 0, KEY, 120, extensions=sdes("1", "h")), 1.0)
    assert drops(router) == {"payload_type": 1, "unknown_ssrc": 1}


def test_a_stream_has_one_ssrc_however_many_are_tried(router: Router) -> None:
    for ssrc in range(1000):
        packet = rtp_packet(5000 + ssrc, 1, 0, KEY, extensions=sdes("1", "q"))
        router.inbound("a", packet, 1.0 + ssrc / 1000)
    assert learnt(router).keys() == {"q"}
    assert drops(router) == {"unknown_ssrc": 998}


def test_a_layer_that_changes_its_ssrc_goes_on(router: Router) -> None:
    router.add_transport("b", [], receiving(audio=0, video=1), 0.0)
    first = Camera(50, rid="f")
    for packet in first.frame(key=True):
        router.inbound("a", packet, 1.0)
    router.advance(1.0)
    second = Camera(51, rid="f", sequence=40_000, picture_id=9000)
    rows = []
    for now, layer in ((1.1, first), (1.7, second), (1.8, second)):
        for packet in layer.frame(key=True):
            forward = router.inbound("a", packet, now)
            rows += (
                [(forward.sequence + r.sequence_offset) & 0xFFFF for r in forward.rows]
                if forward
                else []
            )
        router.advance(now)
    assert rows == [rows[0] + n for n in range(len(rows))]
    assert len(rows) == 6


def test_a_repair_is_found_by_its_repaired_rid_and_only_welcome_when_missed(router: Router) -> None:
    router.add_transport("b", [], receiving(audio=0, video=1), 0.0)
    layer = Camera(50, rid="f", per_frame=4)
    for packet in layer.frame(key=True):
        router.inbound("a", packet, 1.0)
    router.advance(1.0)
    packets = layer.frame(key=True)
    for packet in (packets[0], packets[3]):
        assert router.inbound("a", packet, 1.1) is not None
    lost = int.from_bytes(packets[1][2:4], "big")
    payload = packets[1][12 + 12 :]

    def repair(sequence: int, number: int) -> bytes:
        return rtp_packet(
            90,
            number,
            int.from_bytes(packets[1][4:8], "big"),
            sequence.to_bytes(2, "big") + payload,
            RTX,
            extensions=sdes("1", None, "f"),
        )

    forward = router.inbound("a", repair(lost, 1), 1.2)
    assert forward is not None
    assert (forward.sequence, forward.packet[1] & 0x7F) == (lost, VP8)
    assert forward.packet[forward.payload_start : forward.payload_end] == payload
    assert router.inbound("a", repair(lost, 2), 1.3) is None
    assert router.inbound("a", repair(lost + 500, 3), 1.3) is None
    assert router.inbound("a", rtp_packet(90, 4, 0, b"", RTX), 1.3) is None
    assert drops(router) == {"rtx_unasked": 2, "rtx_padding": 1}
