"""What a stream hears of its room: only that its media are lost."""

import pytest

from scheduler.errors import Invalid
from signaling.protocol.codec import Frame
from signaling.protocol.server import MediaRestart, MediaState, Speaker
from signaling.streams.fragment import read_fragment, write_fragment
from signaling.streams.peer import StreamSession
from tests.signaling import builders


def test_a_stream_ends_when_its_transport_or_the_worker_is_lost() -> None:
    lost: list[int] = []
    session = StreamSession(builders.stream("whip"), "secret", lambda: lost.append(1))
    session.post(MediaState(state="connected"))
    session.post(MediaState(state="disconnected"))
    session.post(Frame.event(Speaker(peer=None)))
    assert lost == []
    session.post(MediaState(state="failed"))
    session.post(MediaRestart())
    assert lost == [1, 1]


def test_it_is_known_in_logs_by_its_token_and_not_by_its_label() -> None:
    session = StreamSession(builders.stream("whip", label="某某"), "secret", lambda: None)
    assert session.who == "stream token"


def test_a_restart_is_answered_in_the_section_that_carries_the_transport() -> None:
    ice = ("abcdEFGH", "0123456789abcdefghijklmn")
    candidate = "a=candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host"
    answer = "\r\n".join(
        [
            *("v=0", "a=group:BUNDLE 1 2", "a=ice-lite"),
            *("m=audio 0 UDP/TLS/RTP/SAVPF 8", "a=mid:0", "a=inactive"),
            *("m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:1", "a=ice-ufrag:old", candidate),
            *("m=video 9 UDP/TLS/RTP/SAVPF 96", "a=mid:2", "a=ice-ufrag:old", ""),
        ]
    )
    fragment = write_fragment(answer, *ice)
    assert read_fragment(fragment).ice == ice
    assert fragment.splitlines() == [
        "a=ice-lite",
        "a=group:BUNDLE 1 2",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "a=mid:1",
        f"a=ice-ufrag:{ice[0]}",
        f"a=ice-pwd:{ice[1]}",
        candidate,
        "a=end-of-candidates",
    ]


def test_a_fragment_names_one_connection() -> None:
    with pytest.raises(Invalid, match="stream_fragment_invalid"):
        read_fragment("a=ice-ufrag:abcd\na=ice-ufrag:efgh\na=ice-pwd:" + "x" * 24)
