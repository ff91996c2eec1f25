"""RTCP from literal packets, there and back, and from hostile bytes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core import rtcp, rtcp_build
from media.core.malformed import Malformed

U16, U32 = st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)

blocks = st.builds(
    rtcp.ReportBlock,
    ssrc=U32,
    fraction_lost=st.integers(0, 255),
    lost=st.integers(-0x800000, 0x7FFFFF),
    highest=U32,
    jitter=U32,
    last_sr=U32,
    delay_since_sr=U32,
)


def test_a_receiver_report_from_the_wire() -> None:
    data = bytes.fromhex("81c90007 00000001 11223344 40fffffe 00010002 00000003 aabbccdd 00008000")
    (report,) = rtcp.parse(data)
    assert report == rtcp.ReceiverReport(
        1, (rtcp.ReportBlock(0x11223344, 64, -2, 0x10002, 3, 0xAABBCCDD, 0x8000),)
    )


def test_a_nack_names_the_packet_and_the_sixteen_after_it() -> None:
    data = bytes.fromhex("81cd0003 00000001 00000002 fffe8005")
    assert rtcp.parse(data) == [rtcp.Nack(2, (0xFFFE, 0xFFFF, 1, 14))]


def test_an_estimate_of_the_receiver_from_the_wire() -> None:
    data = bytes.fromhex("8fce0005 00000001 00000000 52454d42 01034a38 0000beef")
    assert rtcp.parse(data) == [rtcp.Remb(0x34A38, (0xBEEF,))]


def test_feedback_of_all_streams_from_the_wire() -> None:
    # From 0xFFFE: two came close together, three are missing (run lengths); of a vector of single
    # bits the second came; of one of pairs the first, earlier than that one.
    chunks = bytes.fromhex("2002 0003 9000 e000")
    deltas = bytes.fromhex("04 08 ff fffe")
    head = bytes.fromhex("8fcd0008 00000001 00000002 fffe 0014 000100 09")
    packet = head + chunks + deltas + bytes(3)
    assert rtcp.parse(packet) == [
        rtcp.TransportFeedback(0xFFFE, 20, 256, ((0xFFFE, 4), (0xFFFF, 12), (4, 267), (17, 265)))
    ]


def feedback(count: int, rest: str) -> bytes:
    body = bytes(8) + bytes(2) + count.to_bytes(2, "big") + bytes(4) + bytes.fromhex(rest)
    body += bytes(-len(body) % 4)
    return b"\x8f\xcd" + (len(body) // 4).to_bytes(2, "big") + body


@pytest.mark.parametrize(
    ("count", "rest"),
    [
        (1, ""),  # no chunk
        (20, "2001 0000"),  # a run of none
        (9000, "3fff 2fff"),  # more that came than there are bytes
        (65535, "1fff 1fff"),  # chunks end early
        (2, "6002 0101"),  # a status that is reserved
        (2, "f000 0101"),
        (2, "4002 0101"),  # large deltas cut short
        (8, "bfff"),  # no deltas at all
    ],
)
def test_feedback_that_says_more_than_it_holds_is_malformed(count: int, rest: str) -> None:
    with pytest.raises(Malformed) as caught:
        rtcp.parse(feedback(count, rest))
    assert caught.value.reason == "rtcp_content"


def test_thousands_of_missing_packets_are_told_in_a_few_bytes() -> None:
    (told,) = rtcp.parse(feedback(65535, "1fff" * 8 + "2007" + "01" * 7))
    assert isinstance(told, rtcp.TransportFeedback)
    assert [number for number, _ in told.received] == list(range(65528, 65535))


def test_what_is_not_known_is_passed_over() -> None:
    congestion = bytes.fromhex("8bcd0002 00000001 00000002")
    application = bytes.fromhex("80cc0002 00000001 74657374")
    compound = rtcp_build.receiver_report(1) + congestion + application + rtcp_build.pli(1, 7)
    assert rtcp.parse(compound) == [rtcp.ReceiverReport(1), rtcp.Pli(7)]


def test_only_the_last_packet_may_be_padded() -> None:
    padded = bytes.fromhex("a1ce0003 00000001 00000002 00000004")
    assert rtcp.parse(padded) == [rtcp.Pli(2)]
    with pytest.raises(Malformed) as caught:
        rtcp.parse(padded + rtcp_build.pli(1, 2))
    assert caught.value.reason == "rtcp_padding"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("81ce0002 000000", "rtcp_short"),
        ("41ce0002 00000001 00000002", "rtcp_version"),
        ("81ce0003 00000001 00000002", "rtcp_length"),
        ("81ce0001 00000001", "rtcp_content"),
        ("82c90001 00000001", "rtcp_content"),
        ("80c80001 00000001", "rtcp_content"),
        ("83cb0001 00000001", "rtcp_content"),
        ("81cd0002 00000001 00000002", "rtcp_content"),
        ("84ce0003 00000001 00000002 00000003", "rtcp_content"),
        ("8fce0004 00000001 00000000 52454d42 02034a38", "rtcp_content"),
        ("80c90001 00000001 80c9", "rtcp_short"),
    ],
)
def test_broken_packets_name_what_is_wrong(data: str, reason: str) -> None:
    with pytest.raises(Malformed) as caught:
        rtcp.parse(bytes.fromhex(data))
    assert caught.value.reason == reason


@given(U32, st.integers(0, 2**64 - 1), U32, U32, U32, st.lists(blocks, max_size=31))
def test_reports_come_back_as_they_were_built(
    ssrc: int, ntp: int, timestamp: int, packets: int, octets: int, found: list[rtcp.ReportBlock]
) -> None:
    data = rtcp_build.sender_report(ssrc, ntp, timestamp, packets, octets, found)
    data += rtcp_build.receiver_report(ssrc, found)
    data += rtcp_build.source_description([ssrc, 1], "村") + rtcp_build.bye([ssrc])
    assert rtcp.parse(data) == [
        rtcp.SenderReport(ssrc, ntp, timestamp, packets, octets, tuple(found)),
        rtcp.ReceiverReport(ssrc, tuple(found)),
        rtcp.Bye((ssrc,)),
    ]


@given(st.sets(U16, min_size=1, max_size=60), U16)
def test_a_nack_comes_back_in_the_order_of_loss_over_the_wrap(gaps: set[int], base: int) -> None:
    sequences = [(base + gap) & 0xFFFF for gap in sorted(gaps)]
    (found,) = rtcp.parse(rtcp_build.nack(1, 2, sequences))
    assert isinstance(found, rtcp.Nack)
    assert sorted(found.sequences) == sorted(sequences)


@given(st.integers(0, 2**50), st.lists(U32, max_size=255))
def test_an_estimate_is_rounded_down_by_little(bps: int, ssrcs: list[int]) -> None:
    (found,) = rtcp.parse(rtcp_build.remb(1, bps, ssrcs))
    assert isinstance(found, rtcp.Remb)
    assert found.ssrcs == tuple(ssrcs)
    assert bps * (1 - 2**-17) - 1 <= found.bps <= bps


@given(U32, st.integers(0, 255))
def test_requests_for_pictures_come_back(ssrc: int, command: int) -> None:
    data = rtcp_build.pli(1, ssrc) + rtcp_build.fir(1, ssrc, command)
    assert rtcp.parse(data) == [rtcp.Pli(ssrc), rtcp.Fir(((ssrc, command),))]


def test_a_description_is_padded_to_words_and_ended() -> None:
    for name in ("", "a", "ab", "abc", "abcd", "x" * 300):
        data = rtcp_build.source_description([1, 2], name)
        assert len(data) % 4 == 0
        assert data[-1] == 0
        assert int.from_bytes(data[2:4], "big") == len(data) // 4 - 1


@given(st.binary(max_size=120), st.sampled_from([None, 200, 201, 203, 205, 206]))
def test_any_bytes_are_read_or_refused(data: bytes, kind: int | None) -> None:
    if kind is not None:
        size = len(data) // 4
        data = bytes([0x80 | len(data) % 32, kind]) + size.to_bytes(2, "big") + data[: size * 4]
    with suppress(Malformed):
        rtcp.parse(memoryview(data))
