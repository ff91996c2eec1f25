"""VP8 descriptors and H.264 key frames, with literal payloads and hostile bytes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core import h264, vp8
from media.core.malformed import Malformed


def descriptor(payload: str) -> vp8.Descriptor:
    data = b"head" + bytes.fromhex(payload)
    return vp8.parse(data, 4, len(data))


def test_a_descriptor_as_browsers_send_it() -> None:
    # X|S, I|L|T|K, 15-bit picture id 0x1234, TL0PICIDX 9, TID 2, a key frame
    found = descriptor("90 f0 9234 09 85 10")
    assert (found.picture_id, found.picture_id_at, found.picture_id_mask) == (0x1234, 6, 0x7FFF)
    assert (found.tl0, found.tl0_at, found.temporal_layer) == (9, 8, 2)
    assert found.begins_keyframe


def test_a_short_picture_id_has_seven_bits() -> None:
    found = descriptor("80 80 55 01")
    assert (found.picture_id, found.picture_id_at, found.picture_id_mask) == (0x55, 6, 0x7F)
    assert not found.begins_keyframe


def test_a_descriptor_of_one_byte_has_no_numbers() -> None:
    found = descriptor("10 00")
    assert (found.picture_id_at, found.tl0_at, found.picture_id_mask) == (0, 0, 0)
    assert found.begins_keyframe


@pytest.mark.parametrize(
    ("payload", "begins"),
    [("10 01", False), ("00 00", False), ("11 00", False), ("78 00", True)],
    ids=["inter frame", "not the start", "second partition", "reserved bits set"],
)
def test_only_the_first_packet_of_a_key_frame_begins_it(payload: str, begins: bool) -> None:
    assert descriptor(payload).begins_keyframe is begins


@pytest.mark.parametrize(
    "payload", ["", "10", "80", "8080", "808080", "80c001", "80f08001", "80208000"[:6]]
)
def test_a_descriptor_that_fills_the_payload_is_refused(payload: str) -> None:
    with pytest.raises(Malformed) as caught:
        descriptor(payload)
    assert caught.value.reason == "vp8_descriptor"


@given(st.binary(max_size=12))
def test_any_payload_has_a_vp8_descriptor_or_is_refused(data: bytes) -> None:
    packet = memoryview(b"head" + data)
    with suppress(Malformed):
        found = vp8.parse(packet, 4, len(packet))
        assert found.picture_id <= found.picture_id_mask
        assert found.tl0_at < len(packet) - 1


@pytest.mark.parametrize(
    ("payload", "begins"),
    [
        ("67 42e01f", True),
        ("78 0003 67aabb 0002 68cc 0001 65", True),
        ("78 0002 68cc 0002 67aa", True),
        ("7c 87 42e01f", True),
        ("7c 85 8884", False),
        ("65 8884", False),
        ("41 9a02", False),
        ("78 0002 68cc", False),
        ("78 ffff 67", True),
        ("78", False),
        ("", False),
    ],
)
def test_an_h264_decoder_begins_where_its_parameters_stand(payload: str, begins: bool) -> None:
    data = bytes.fromhex(payload)
    assert h264.begins_keyframe(data, 0, len(data)) is begins


@given(st.binary(max_size=40))
def test_any_h264_payload_gets_an_answer(data: bytes) -> None:
    assert h264.begins_keyframe(data, 0, len(data)) in (True, False)
