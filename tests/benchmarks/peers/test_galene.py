"""What Galène says is understood: joining, descriptions, candidates by trickle, refusals."""

import json
from typing import Any

import pytest

from benchmarks.peers import galene_signaling as signaling
from benchmarks.peers.galene_signaling import Hearing

HERE = "192.0.2.7"
CANDIDATE = f"candidate:1 1 udp 2130706431 {HERE} 5004 typ host ufrag abc"
ELSEWHERE = "candidate:2 1 udp 2130706431 fd00::7 5004 typ host"


def said(**message: Any) -> str:
    return json.dumps(message)


def test_a_receiver_is_told_the_stream_before_or_after_where_it_comes_from() -> None:
    heard = Hearing(HERE)
    heard.take(said(type="handshake", version=["2"]))
    heard.take(said(type="joined", kind="join", permissions=["present"]))
    assert heard.joined
    heard.take(said(type="user", kind="add", id="somebody"))
    heard.take(said(type="ice", id="camera", candidate={"candidate": ELSEWHERE, "sdpMid": "0"}))
    heard.take(said(type="offer", id="camera", source="speaker", sdp="v=0\r\n"))
    assert heard.candidates == []
    heard.take(said(type="ice", id="camera", candidate={"candidate": CANDIDATE, "sdpMid": "0"}))
    assert heard.described
    assert (heard.stream, heard.sdp, heard.candidates) == ("camera", "v=0\r\n", [CANDIDATE])


def test_a_candidate_may_stand_in_the_description() -> None:
    heard = Hearing(HERE)
    heard.take(said(type="answer", id="camera", sdp=f"v=0\r\na={CANDIDATE}\r\na={ELSEWHERE}\r\n"))
    assert heard.described
    assert heard.candidates == [CANDIDATE]


def test_who_is_asked_whether_it_is_there_says_so() -> None:
    assert Hearing(HERE).take(said(type="ping")) == {"type": "pong"}


@pytest.mark.parametrize(
    "refusal",
    [
        said(type="joined", kind="fail", value="not authorised"),
        said(type="abort", id="camera"),
        said(type="close", id="camera"),
        said(type="usermessage", kind="error", value="permission denied"),
    ],
)
def test_a_refusal_ends_the_measurement(refusal: str) -> None:
    with pytest.raises(RuntimeError, match="galene refused"):
        Hearing(HERE).take(refusal)


@pytest.mark.parametrize("text", ["[]", "{}", "no JSON"])
def test_what_is_no_message_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"no message|Expecting value"):
        Hearing(HERE).take(text)


def test_the_speaker_offers_its_stream_in_its_own_name() -> None:
    handshake, join = signaling.entering("person0")
    assert (handshake["version"], handshake["id"]) == (["2"], "person0")
    assert (join["group"], join["username"]) == (signaling.GROUP, "person0")
    offer = signaling.publishing("person0", "v=0\r\n")
    assert (offer["source"], offer["label"], offer["sdp"]) == ("person0", "camera", "v=0\r\n")
