"""One stream over HTTP: its address, its entity tag, new candidates, ICE restart, its end."""

import asyncio
import socket

import pytest

from media.transports import stun
from signaling.streams.fragment import read_fragment
from tests.signaling.streams import rtc
from tests.signaling.streams.conftest import FRAGMENT, Stage, code_of

NEW = ("abcdEFGH", "0123456789abcdefghijklmn")


def fragment(ufrag: str, password: str) -> str:
    candidate = "candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host"
    return (
        f"a=ice-ufrag:{ufrag}\r\na=ice-pwd:{password}\r\n"
        f"m=audio 9 RTP/AVP 0\r\na=mid:0\r\na={candidate}\r\na=end-of-candidates\r\n"
    )


def ice_of(sdp: str) -> tuple[str, str]:
    lines = sdp.splitlines()
    names = [line.partition(":")[2] for line in lines if line.startswith("a=ice-ufrag:")]
    passwords = [line.partition(":")[2] for line in lines if line.startswith("a=ice-pwd:")]
    return names[0], passwords[0]


@pytest.fixture
async def offer() -> str:
    async with rtc.connection() as peer:
        return await rtc.sending(peer)


async def test_a_stream_has_an_address_a_tag_and_servers_to_relay(stage: Stage, offer: str) -> None:
    response = await stage.post("whip", offer)
    assert response.content_type == "application/sdp"
    assert response.headers["Location"].startswith(f"/whip/{stage.meeting.id}/")
    assert response.headers["ETag"].startswith('"')
    link = response.headers["Link"]
    assert link.startswith('<turn:turn.example:3478?transport=tcp>; rel="ice-server"; username="')
    assert 'credential-type="password"' in link


async def test_options_say_what_is_accepted(stage: Stage, offer: str) -> None:
    location = (await stage.post("whip", offer)).headers["Location"]
    async with stage.http.options(f"/whip/{stage.meeting.id}") as response:
        assert response.headers["Accept-Post"] == "application/sdp"
    async with stage.http.options(location) as response:
        assert response.headers["Accept-Patch"] == "application/trickle-ice-sdpfrag"
        assert response.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH"


async def test_whoever_looks_at_an_address_gets_nothing_and_success(
    stage: Stage, offer: str
) -> None:
    location = (await stage.post("whip", offer)).headers["Location"]
    for path in (f"/whip/{stage.meeting.id}", location, "/whip/no/such", "/whep/no/such"):
        for method in ("GET", "HEAD"):
            async with stage.http.request(method, path) as response:
                assert response.status == 204, (method, path)
                assert await response.read() == b""


async def test_a_player_knows_an_address_of_whep_by_its_type(stage: Stage) -> None:
    for method in ("GET", "HEAD"):
        async with stage.http.request(method, f"/whep/{stage.meeting.id}") as response:
            assert response.status == 200
            assert response.content_type == "application/sdp"
            assert await response.read() == b""


async def test_candidates_are_taken_and_change_nothing(stage: Stage, offer: str) -> None:
    posted = await stage.post("whip", offer)
    location, tag = posted.headers["Location"], posted.headers["ETag"]
    told = fragment(*ice_of(offer))
    for text in (told, told + "\r\n", "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n"):
        response = await stage.ask("PATCH", location, "whip", text, **FRAGMENT, **{"If-Match": tag})
        assert response.status == 204


async def test_a_patch_says_which_connection_it_means(stage: Stage, offer: str) -> None:
    posted = await stage.post("whip", offer)
    location, tag = posted.headers["Location"], posted.headers["ETag"]
    text = fragment(*ice_of(offer))
    response = await stage.ask("PATCH", location, "whip", text, **FRAGMENT)
    assert response.status == 428
    assert await code_of(response) == "stream_condition_missing"
    response = await stage.ask("PATCH", location, "whip", text, **FRAGMENT, **{"If-Match": '"x"'})
    assert response.status == 412
    assert await code_of(response) == "stream_changed"
    for whichever in ("*", '"*"', f'"x", {tag}'):
        condition = {"If-Match": whichever}
        response = await stage.ask("PATCH", location, "whip", text, **FRAGMENT, **condition)
        assert response.status == 204, whichever


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "a=ice-ufrag:abcd",
        "a=ice-ufrag:a\r\na=ice-pwd:b",
        fragment("ab cd", "x" * 24),
    ],
)
async def test_what_is_no_fragment_changes_nothing(stage: Stage, offer: str, text: str) -> None:
    posted = await stage.post("whip", offer)
    location, tag = posted.headers["Location"], posted.headers["ETag"]
    response = await stage.ask("PATCH", location, "whip", text, **FRAGMENT, **{"If-Match": "*"})
    assert response.status == 400
    assert await code_of(response) == "stream_fragment_invalid"
    text = fragment(*ice_of(offer))
    response = await stage.ask("PATCH", location, "whip", text, **FRAGMENT, **{"If-Match": tag})
    assert response.status == 204


async def test_a_patch_of_another_type_or_size_is_refused(stage: Stage, offer: str) -> None:
    location = (await stage.post("whip", offer)).headers["Location"]
    wrong = {"Content-Type": "application/sdp", "If-Match": "*"}
    assert (await stage.ask("PATCH", location, "whip", offer, **wrong)).status == 415
    huge = "a=x\r\n" * 4000
    response = await stage.ask("PATCH", location, "whip", huge, **FRAGMENT, **{"If-Match": "*"})
    assert response.status == 413


async def test_ice_restarts_by_patch_and_media_go_on(stage: Stage) -> None:
    async with rtc.connection() as encoder, rtc.connection() as player:
        offer = await rtc.sending(encoder, voice=False)
        posted = await stage.post("whip", offer)
        answer = await posted.text()
        await rtc.answered(encoder, answer)
        watched = await stage.post("whep", await rtc.watching(player))
        await rtc.answered(player, await watched.text())
        await rtc.frame_of(player, "video")

        location, tag = posted.headers["Location"], posted.headers["ETag"]
        restart = fragment(*NEW)
        response = await stage.ask(
            "PATCH", location, "whip", restart, **FRAGMENT, **{"If-Match": "*"}
        )
        assert response.status == 200
        assert response.content_type == "application/trickle-ice-sdpfrag"
        text = await response.text()
        fresh = read_fragment(text).ice
        assert fresh is not None
        assert fresh != ice_of(answer)
        assert "a=candidate:" in text
        assert "a=ice-options:ice2" in answer.splitlines()
        assert "a=ice-options:ice2" in text.splitlines()
        assert response.headers["ETag"] not in ("", tag)
        # The server answers checks with the new credentials; the picture has not stopped.
        assert await answers_a_check(text, stun.Credentials(*fresh))
        await rtc.frame_of(player, "video")
        # What still goes by the old tag comes too late.
        late = await stage.ask("PATCH", location, "whip", restart, **FRAGMENT, **{"If-Match": tag})
        assert late.status == 412


async def answers_a_check(text: str, remote: stun.Credentials) -> bool:
    """Send one check to the first candidate, without nominating; tell whether it is answered."""
    candidate = next(line for line in text.splitlines() if line.startswith("a=candidate:"))
    _, _, _, _, host, port, *_ = candidate.split()
    check = stun.check(
        bytes(12),
        local=stun.Credentials(*NEW),
        remote=remote,
        tie_breaker=1,
        priority=1,
        use_candidate=False,
    )
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as away:
        away.setblocking(False)
        away.connect((host, int(port)))
        await loop.sock_sendall(away, check)
        async with asyncio.timeout(rtc.PATIENCE_S):
            reply = stun.parse(await loop.sock_recv(away, 1500))
    return reply.kind == "response" and reply.is_from(remote.password)


async def test_a_stream_ends_once(stage: Stage, offer: str) -> None:
    location = (await stage.post("whip", offer)).headers["Location"]
    assert (await stage.ask("DELETE", location, "whip")).status == 200
    assert stage.room.peers == {}
    again = await stage.ask("DELETE", location, "whip")
    assert again.status == 404
    assert await code_of(again) == "unknown_stream"
    text = fragment(*NEW)
    gone = await stage.ask("PATCH", location, "whip", text, **FRAGMENT, **{"If-Match": "*"})
    assert gone.status == 404


async def test_only_its_own_token_ends_a_stream(stage: Stage, offer: str) -> None:
    location = (await stage.post("whip", offer)).headers["Location"]
    assert (await stage.ask("DELETE", location, "whep")).status == 403
    stream = location.rpartition("/")[2]
    response = await stage.ask("DELETE", f"/whep/{stage.meeting.id}/{stream}", "whep")
    assert response.status == 404
    async with stage.http.delete(location) as stranger:
        assert stranger.status == 401
    phone, room = await stage.branch.join("phone1", stage.meeting)
    mine = room["peer"]
    assert (await stage.ask("DELETE", f"/whip/{stage.meeting.id}/{mine}", "whip")).status == 404
    assert not phone.closed
