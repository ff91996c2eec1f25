"""Reading offers: what Chromium writes, and what an enemy would."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.messages import MAX_OFFER_CHARS
from media.sdp.errors import SdpError
from media.sdp.lines import MAX_LINES, MAX_SECTIONS
from media.sdp.offer import parse_offer
from tests.media.sdp.builders import CHROMIUM, HEAD, audio, offer, video


def test_the_offer_of_chromium_is_understood() -> None:
    read = parse_offer(CHROMIUM)
    assert [s.kind for s in read.sections] == ["audio", "video", *["audio"] * 3, *["video"] * 3]
    microphone, camera, *slots = read.sections
    assert microphone.direction == "sendonly"
    assert camera.rids == ("q", "h", "f")
    assert {slot.direction for slot in slots} == {"recvonly"}
    assert read.bundle == tuple("01234567")
    assert read.fingerprints[0][0] == "sha-256"
    assert len(microphone.ssrcs) == 1
    assert camera.ssrcs == ()
    assert camera.codecs[96].encoding == "vp8"
    assert {"nack", "nack pli", "goog-remb"} <= camera.codecs[96].feedback


def test_lines_may_end_without_a_carriage_return() -> None:
    assert parse_offer(CHROMIUM.replace("\r\n", "\n")) == parse_offer(CHROMIUM)


def test_what_stands_in_the_session_part_holds_for_all_sections() -> None:
    read = parse_offer(offer(audio("sendonly")))
    assert (read.ice_ufrag, read.setup) == ("abcd", "actpass")


def test_the_ssrc_of_rtx_is_paired_with_the_one_it_repairs() -> None:
    section = video("sendonly", "a=ssrc-group:FID 11 12", "a=ssrc:11 cname:a", "a=ssrc:12 cname:a")
    (camera,) = parse_offer(offer(section)).sections
    assert (camera.ssrcs, camera.rtx_ssrcs) == ((11,), (12,))


def test_layers_announced_as_a_simulcast_group_keep_their_order() -> None:
    section = video(
        "sendonly",
        "a=ssrc-group:SIM 11 13 15",
        "a=ssrc-group:FID 11 12",
        "a=ssrc-group:FID 13 14",
        "a=ssrc:11 cname:a",
    )
    (camera,) = parse_offer(offer(section)).sections
    assert (camera.ssrcs, camera.rtx_ssrcs) == ((11, 13, 15), (12, 14, 0))


def test_a_paused_or_alternative_layer_is_one_layer() -> None:
    section = video(
        "sendonly", "a=rid:q send", "a=rid:h send", "a=rid:x send", "a=simulcast:send ~q;h,x"
    )
    assert parse_offer(offer(section)).sections[0].rids == ("q", "h")


def test_a_group_of_nothing_is_no_group() -> None:
    text = offer(audio("sendonly")).replace("a=group:BUNDLE 0", "a=group:")
    assert parse_offer(text).bundle == ("0",)


HEAD_WITHOUT_FINGERPRINT = [line for line in HEAD if "fingerprint" not in line]
BAD = {
    "empty": "",
    "blank": "\r\n\r\n",
    "not SDP": "hello, world",
    "JSON": '{"type": "offer"}',
    "a page": "<html>\n<body>v=0</body>",
    "no version first": CHROMIUM[5:],
    "no media": "\r\n".join(HEAD),
    "a control character": offer(audio("sendonly")).replace("opus", "op\0us"),
    "a line without an equals sign": offer(["m=audio 9 UDP/TLS/RTP/SAVPF 111", "nonsense"]),
    "an endless line": offer(audio("sendonly", "a=x:" + "y" * 5000)),
    "too long": "v=0\r\n" + "a=x\r\n" * (MAX_OFFER_CHARS // 5),
    "too many lines": "v=0\n" + "a=\n" * MAX_LINES,
    "too many sections": offer(*[audio("sendonly")] * (MAX_SECTIONS + 1)),
    "no fingerprint": offer(audio("sendonly"), head=HEAD_WITHOUT_FINGERPRINT),
    "a short password": offer(audio("sendonly")).replace("abcdefghijklmnopqrstuv", "abc"),
    "a name that is no ICE name": offer(audio("sendonly")).replace(":abcd", ":ab cd\u4e2d"),
    "two sections of one mid": offer(audio("sendonly"), audio("recvonly")).replace(
        "a=mid:1", "a=mid:0"
    ),
    "a mid of foreign text": offer(audio("sendonly")).replace("a=mid:0", "a=mid:<b>"),
    "no mid": offer(audio("sendonly")).replace("a=mid:0\r\n", ""),
    "a bundle of sections that are not there": offer(audio("sendonly")).replace(
        "BUNDLE 0", "BUNDLE 0 7"
    ),
    "an empty bundle": offer(audio("sendonly")).replace("BUNDLE 0", "BUNDLE"),
    "a media line without formats": offer(["m=audio 9 UDP/TLS/RTP/SAVPF"]),
    "a port that is no number": offer(["m=audio ٣ UDP/TLS/RTP/SAVPF 0"]),
    "a rid twice": offer(video("sendonly", "a=rid:q send", "a=rid:q send")),
    "a simulcast line without rids": offer(video("sendonly", "a=simulcast:send q;h")),
    "an SSRC beyond 32 bits": offer(video("sendonly", "a=ssrc:4294967296 cname:x")),
    "too many SSRCs": offer(video("sendonly", *[f"a=ssrc:{n} cname:x" for n in range(1, 80)])),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_bad_text_is_refused_as_invalid(text: str) -> None:
    with pytest.raises(SdpError) as refusal:
        parse_offer(text)
    assert refusal.value.code == "invalid_sdp"


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    _read_or_refuse(text)


LINES = CHROMIUM.split("\r\n")


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(LINES) - 1),
            st.sampled_from(["drop", "double", "cut", "swap", "write"]),
            st.text(max_size=30),
        ),
        max_size=12,
    )
)
def test_a_mutated_offer_is_read_or_refused(changes: list[tuple[int, str, str]]) -> None:
    lines = list(LINES)
    for at, change, text in changes:
        at %= len(lines)
        line = lines[at]
        match change:
            case "drop":
                lines[at] = ""
            case "double":
                lines.insert(at, line)
            case "cut":
                lines[at] = line[: len(line) // 2]
            case "swap":
                lines[at], lines[-1 - at] = lines[-1 - at], line
            case "write":
                lines[at] = line[: len(line) // 2] + text
    _read_or_refuse("\r\n".join(lines))


def _read_or_refuse(text: str) -> None:
    with suppress(SdpError):
        parse_offer(text)
