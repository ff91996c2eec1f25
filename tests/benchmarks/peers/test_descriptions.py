"""What a light client offers and what a server offers are read from each other's side."""

import random

import pytest

from benchmarks.peers import descriptions
from media.synthetic import sdp
from media.synthetic.endpoint import SyntheticEndpoint
from media.transports.dtls import Certificate

CANDIDATE = "candidate:1 1 udp 2130706431 192.0.2.7 5004 typ host"
THEIRS = "\r\n".join(
    (
        "v=0",
        "o=- 1 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=fingerprint:sha-256 AB:CD",
        "a=group:BUNDLE data picture sound",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "a=mid:data",
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "a=setup:actpass",
        "a=mid:picture",
        "a=ice-ufrag:them",
        "a=ice-pwd:word",
        "a=ssrc:20 cname:x",
        "a=sendonly",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "a=setup:actpass",
        "a=mid:sound",
        "a=ice-ufrag:them",
        "a=ice-pwd:word",
        "a=ssrc:10 cname:x",
        "a=sendonly",
        "",
    )
)


@pytest.fixture(scope="module")
def receiver() -> SyntheticEndpoint:
    return SyntheticEndpoint(
        Certificate.generate(),
        None,
        None,
        audio_slots=1,
        video_slots=1,
        capacity=1,
        verify_every=1,
        dice=random.Random(1),
    )


def test_a_receivers_offer_answers_in_the_order_of_the_servers_sections(
    receiver: SyntheticEndpoint,
) -> None:
    text = descriptions.answer(receiver.offer(), THEIRS)
    sections = [line for line in text.split("\r\n") if line.startswith(("m=", "a=mid"))]
    assert sections == [
        "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
        "a=mid:data",
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "a=mid:picture",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "a=mid:sound",
    ]
    assert "a=group:BUNDLE picture sound\r\n" in text
    assert "actpass" not in text
    assert text.count("a=setup:active") == 2


def test_a_receiver_accepts_the_servers_sections_in_the_order_of_its_own_offer(
    receiver: SyntheticEndpoint,
) -> None:
    text = descriptions.accepted(receiver.offer(), THEIRS, (CANDIDATE,))
    answer = sdp.parse_answer(text)
    assert [(s.kind, s.mid, s.ssrcs) for s in answer.sections] == [
        ("audio", "sound", (10,)),
        ("video", "picture", (20,)),
    ]
    assert answer.candidates == (("192.0.2.7", 5004),)


def test_sections_that_nobody_has_a_place_for_are_an_error(receiver: SyntheticEndpoint) -> None:
    one_more = THEIRS + THEIRS[THEIRS.index("m=video") :]
    with pytest.raises(ValueError, match="sections of video"):
        descriptions.answer(receiver.offer(), one_more)
    without = THEIRS[: THEIRS.index("m=audio")]
    with pytest.raises(ValueError, match="sections of audio"):
        descriptions.accepted(receiver.offer(), without)
