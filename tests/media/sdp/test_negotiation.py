"""What of an offer is taken, and what the answer says."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.sdp.answer import LocalSide, write_answer
from media.sdp.codecs import VideoCodec
from media.sdp.errors import SdpError
from media.sdp.negotiation import MAX_SLOTS, Agreement, negotiate
from media.sdp.offer import parse_offer
from tests.media.sdp.builders import CHROMIUM, Ssrcs, audio, data_channel, offer, video

LOCAL = LocalSide(
    session_id=7,
    ice_ufrag="serverufrag",
    ice_password="server-password-of-24-ch",
    fingerprint=":".join(["CD"] * 32),
    candidates=[("192.0.2.2", 40000), ("2001:db8::2", 40000)],
)


def agree(text: str, codec: VideoCodec | None = None) -> Agreement:
    return negotiate(parse_offer(text), codec, Ssrcs())


def answer(text: str, codec: VideoCodec | None = None) -> list[list[str]]:
    """The answer, cut into the session part and the sections."""
    parts: list[list[str]] = [[]]
    for line in write_answer(agree(text, codec), LOCAL).removesuffix("\r\n").split("\r\n"):
        if line.startswith("m="):
            parts.append([])
        parts[-1].append(line)
    return parts


def test_sending_sections_become_sources_and_receiving_ones_slots() -> None:
    agreement = agree(CHROMIUM)
    microphone, camera = agreement.sources
    assert (microphone.codec, microphone.extensions.audio_level) == ("opus", 1)
    assert (camera.codec, camera.rids, camera.nack, camera.pli) == (
        "vp8",
        ("q", "h", "f"),
        True,
        True,
    )
    assert camera.rtx_payload_type == 97
    assert camera.extensions.repaired_rid
    assert [(s.kind, s.slot) for s in agreement.slots] == [
        *(("audio", n) for n in range(3)),
        *(("video", n) for n in range(3)),
    ]


def test_every_slot_has_ssrcs_of_its_own() -> None:
    slots = agree(CHROMIUM).slots
    ssrcs = [s for slot in slots for s in (slot.ssrc, slot.rtx_ssrc) if s is not None]
    assert len(ssrcs) == len(set(ssrcs)) == 9


def test_small_ssrcs_and_those_of_the_participant_are_not_used() -> None:
    text = offer(audio("sendonly", "a=ssrc:65536 cname:x"), audio("recvonly"))
    draws = iter([0, 1, 65536, 70000])
    agreement = negotiate(parse_offer(text), None, lambda: next(draws))
    assert agreement.slots[0].ssrc == 70000


def test_the_answer_mirrors_the_sections() -> None:
    session, *sections = answer(CHROMIUM)
    assert {"a=ice-lite", "a=group:BUNDLE 0 1 2 3 4 5 6 7", "a=extmap-allow-mixed"} <= set(session)
    assert [s[0].split()[0] for s in sections] == [
        line.split()[0] for line in CHROMIUM.split("\r\n") if line.startswith("m=")
    ]
    microphone, camera, slot, *_ = sections
    assert microphone[0] == "m=audio 9 UDP/TLS/RTP/SAVPF 111 63"
    assert {"a=rtpmap:63 red/48000/2", "a=fmtp:63 111/111"} <= set(microphone)
    assert "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1" in microphone
    assert {"a=recvonly", "a=setup:passive", "a=rtcp-mux"} <= set(microphone)
    assert {
        "a=rid:q recv",
        "a=rid:h recv",
        "a=rid:f recv",
        "a=simulcast:recv q;h;f",
    } <= set(camera)
    assert "a=rtcp-fb:96 transport-cc" in camera
    assert any(line.endswith("transport-wide-cc-extensions-01") for line in camera)
    assert not any("transport-" in line for line in [*microphone, *slot])
    assert {"a=sendonly", "a=msid:slot-audio-0 slot-audio-0"} <= set(slot)
    assert f"a=ssrc:{0x10000} cname:liancun" in slot


def test_the_answer_says_which_ice_it_speaks() -> None:
    session, *sections = answer(CHROMIUM)
    assert "a=ice-options:ice2" in session  # RFC 8445 §10
    assert not any("ice-options" in line for section in sections for line in section)


def test_redundancy_of_sound_is_taken_where_it_is_of_opus_alone() -> None:
    def red(blocks: str) -> tuple[int | None, int | None]:
        lines = "a=rtpmap:63 red/48000/2", f"a=fmtp:63 {blocks}"
        both = [audio("sendonly", *lines), audio("recvonly", *lines)]
        text = offer(*both).replace("SAVPF 111", "SAVPF 111 63")
        agreement = negotiate(parse_offer(text), None, Ssrcs())
        return agreement.sources[0].red_payload_type, agreement.slots[0].red_payload_type

    assert red("111/111") == red("111/111/111") == (63, 63)
    assert red("111/0") == red("") == (None, None)


def test_a_bundle_only_section_leaves_to_the_first_what_is_said_once() -> None:
    # As in the example of RFC 9725 §4.2: port 0, and no a=rtcp-mux of its own.
    picture = [line for line in video("sendonly", "a=bundle-only") if line != "a=rtcp-mux"]
    picture[0] = picture[0].replace(" 9 ", " 0 ")
    agreement = agree(offer(audio("sendonly"), picture))
    assert [source.codec for source in agreement.sources] == ["opus", "vp8"]


def test_candidates_stand_once_and_are_addresses() -> None:
    _, first, *others = answer(CHROMIUM)
    assert [line for line in first if "candidate" in line] == [
        "a=candidate:1 1 udp 2130706431 192.0.2.2 40000 typ host",
        "a=candidate:2 1 udp 2130706175 2001:db8::2 40000 typ host",
        "a=end-of-candidates",
    ]
    assert not [line for section in others for line in section if "candidate" in line]


def test_a_slot_with_rtx_announces_both_ssrcs() -> None:
    _, slot = answer(offer(video("recvonly")))
    assert f"a=ssrc-group:FID {0x10000} {0x10001}" in slot
    assert {"a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96"} <= set(slot)


TELLS = (
    "a=rtcp-fb:96 transport-cc",
    "a=extmap:5 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    "a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
)


def test_a_receiver_that_only_tells_when_packets_came_gets_numbered_pictures() -> None:
    text = offer(audio("recvonly", TELLS[1]), video("recvonly", *TELLS))
    _, sound, picture = answer(text)
    assert {"a=rtcp-fb:96 transport-cc", TELLS[1]} <= set(picture)
    assert TELLS[2] not in picture
    assert TELLS[1] not in sound
    assert [(s.transport_sequence, s.abs_send_time) for s in agree(text).slots] == [(0, 0), (5, 0)]


def test_a_receiver_that_estimates_by_itself_is_not_asked_for_more() -> None:
    text = offer(video("recvonly", "a=rtcp-fb:96 goog-remb", *TELLS))
    _, picture = answer(text)
    assert {"a=rtcp-fb:96 goog-remb", TELLS[2]} <= set(picture)
    assert not any("transport-" in line for line in picture)
    assert [(s.transport_sequence, s.abs_send_time) for s in agree(text).slots] == [(0, 3)]


@pytest.mark.parametrize(
    ("lacking", "instead"),
    [
        (TELLS[0], "a=x"),  # what is to be sent back
        (TELLS[1], "a=x"),  # the number
        ("a=extmap:5 ", "a=extmap:15 "),  # the one-byte form has no such number
        ("a=rtpmap:97 rtx", "a=rtpmap:97 other"),  # resends would be the same bytes but the number
    ],
)
def test_nothing_is_numbered_where_something_for_it_is_lacking(lacking: str, instead: str) -> None:
    text = offer(video("recvonly", *TELLS))
    assert lacking in text
    text = text.replace(lacking, instead)
    assert agree(text).slots[0].transport_sequence == 0
    assert "a=rtcp-fb:96 transport-cc" not in answer(text)[1]


def test_a_data_channel_is_refused_and_the_rest_is_taken() -> None:
    session, channel, microphone = answer(offer(data_channel(), audio("sendonly")))
    assert channel[0] == "m=application 0 UDP/DTLS/SCTP webrtc-datachannel"
    assert "a=inactive" in channel
    assert "a=group:BUNDLE 1" in session
    assert any("candidate" in line for line in microphone)


def test_a_section_without_a_known_codec_is_refused() -> None:
    _, microphone, camera = answer(offer(audio("sendonly"), video("sendonly", codec="640c1f")))
    assert microphone[0].split()[1] == "9"
    assert camera[0].split()[1] == "0"


def test_an_inactive_section_stays_inactive() -> None:
    _, section = answer(offer(audio("inactive")))
    assert "a=inactive" in section
    assert section[0].split()[1] == "9"


def test_a_section_outside_of_the_bundle_is_refused() -> None:
    text = offer(audio("sendonly"), audio("recvonly")).replace("BUNDLE 0 1", "BUNDLE 0")
    _, _, slot = answer(text)
    assert slot[0].split()[1] == "0"


def test_a_refused_slot_still_counts() -> None:
    text = offer(video("recvonly", codec="640c1f"), video("recvonly"))
    assert [slot.slot for slot in agree(text).slots] == [1]


def test_slots_beyond_the_limit_are_refused() -> None:
    text = offer(*[audio("recvonly")] * (MAX_SLOTS["audio"] + 2))
    assert len(agree(text).slots) == MAX_SLOTS["audio"]


def test_a_room_takes_h264_where_its_first_offer_has_no_vp8() -> None:
    agreement = agree(offer(video("sendonly", codec="42e01f")))
    assert agreement.video_codec == "h264"
    _, section = answer(offer(video("sendonly", codec="42e01f")))
    assert any("packetization-mode=1;profile-level-id=42e01f" in line for line in section)


def test_a_room_keeps_its_codec() -> None:
    agreement = agree(CHROMIUM, "h264")
    assert {s.payload_type for s in agreement.sources if s.kind == "video"} == {108}
    assert agreement.video_codec == "h264"


def test_who_only_listens_leaves_the_codec_open() -> None:
    assert agree(offer(audio("recvonly"))).video_codec is None


def test_without_the_rid_extension_there_is_one_layer() -> None:
    section = video("sendonly", "a=rid:q send", "a=rid:h send", "a=simulcast:send q;h")
    assert agree(offer(section)).sources[0].rids == ()


@pytest.mark.parametrize(
    "text",
    [
        offer(data_channel()),
        offer(audio("sendonly")).replace("a=rtcp-mux\r\n", ""),
        offer(audio("sendonly")).replace("actpass", "passive"),
        offer(audio("sendonly")).replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
        offer(audio("sendonly")).replace("opus/48000/2", "speex/16000"),
    ],
)
def test_an_offer_of_nothing_we_do_is_unsupported(text: str) -> None:
    with pytest.raises(SdpError) as refusal:
        agree(text)
    assert refusal.value.code == "unsupported_sdp"


LINES = CHROMIUM.split("\r\n")


@given(st.lists(st.integers(0, len(LINES) - 1), max_size=40))
def test_the_answer_to_a_torn_offer_brings_in_no_text_of_its_own(dropped: list[int]) -> None:
    text = "\r\n".join(line for n, line in enumerate(LINES) if n not in dropped)
    try:
        agreement = agree(text)
    except SdpError:
        return
    lines = write_answer(agreement, LOCAL).removesuffix("\r\n").split("\r\n")
    assert sum(line.startswith("m=") for line in lines) == len(agreement.sections)
    assert all(line[1:2] == "=" for line in lines)


def test_tcp_candidates_come_after_those_of_udp_and_are_passive() -> None:
    local = dataclasses.replace(LOCAL, tcp_candidates=[("192.0.2.2", 443)])
    lines = write_answer(agree(CHROMIUM), local).splitlines()
    candidates = [line for line in lines if line.startswith("a=candidate")]
    assert candidates[-1].endswith("tcp 1520435199 192.0.2.2 443 typ host tcptype passive")
    priorities = [int(line.split()[3]) for line in candidates]
    assert priorities == sorted(priorities, reverse=True)


def test_a_room_may_prefer_h264_where_both_are_offered() -> None:
    offered = parse_offer(CHROMIUM)
    assert negotiate(offered, None, Ssrcs(), "h264").video_codec == "h264"
    assert negotiate(offered, None, Ssrcs()).video_codec == "vp8"
    assert negotiate(offered, "vp8", Ssrcs(), "h264").video_codec == "vp8"  # the room has one
