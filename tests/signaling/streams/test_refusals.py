"""What encoders and players may not do, each with its status and its code (RFC 9725 §4)."""

import re
from datetime import timedelta

import pytest

from scheduler.accounts import StreamScope, StreamTokens
from signaling import keys
from signaling.streams.pace import BURST
from tests.signaling.streams import rtc
from tests.signaling.streams.conftest import SDP, Stage, code_of
from tests.support.meetings import adhoc


@pytest.fixture
async def offer() -> str:
    async with rtc.connection() as peer:
        return await rtc.sending(peer)


@pytest.fixture
async def wish() -> str:
    async with rtc.connection() as peer:
        return await rtc.watching(peer)


async def test_without_a_token_nothing_is_said(stage: Stage, offer: str) -> None:
    for headers in (SDP, {**SDP, "Authorization": "Bearer guessed"}):
        path = f"/whip/{stage.meeting.id}"
        async with stage.http.post(path, data=offer, headers=headers) as response:
            assert response.status == 401
            assert response.headers["WWW-Authenticate"] == "Bearer"
            assert await code_of(response) == "not_signed_in"


async def test_a_token_to_watch_does_not_let_one_send_nor_the_reverse(
    stage: Stage, offer: str, wish: str
) -> None:
    pairs: tuple[tuple[StreamScope, StreamScope, str], ...]
    pairs = (("whep", "whip", offer), ("whip", "whep", wish))
    for scope, other, text in pairs:
        token = await stage.token(scope)
        headers = {"Authorization": f"Bearer {token}", **SDP}
        path = f"/{other}/{stage.meeting.id}"
        async with stage.http.post(path, data=text, headers=headers) as response:
            assert response.status == 403
            assert await code_of(response) == "not_allowed"


async def test_a_person_s_own_token_is_none_for_streams(stage: Stage, offer: str) -> None:
    headers = {"Authorization": f"Bearer {await stage.branch.token('p6')}", **SDP}
    path = f"/whip/{stage.meeting.id}"
    async with stage.http.post(path, data=offer, headers=headers) as response:
        assert response.status == 403


async def test_a_stream_s_token_opens_nothing_else(stage: Stage) -> None:
    for path in ("/api/me", "/api/occurrences", f"/api/occurrences/{stage.meeting.id}", "/ws"):
        assert (await stage.ask("GET", path, "whip")).status == 403, path


async def test_a_token_is_for_one_meeting(stage: Stage, offer: str) -> None:
    other = await stage.branch.open(title="另一个会")
    response = await stage.ask("POST", f"/whip/{other.id}", "whip", offer, **SDP)
    assert response.status == 403
    response = await stage.ask("POST", "/whip/unknown", "whip", offer, **SDP)
    assert response.status == 404
    assert await code_of(response) == "unknown_occurrence"


async def test_a_token_that_has_expired_is_none(stage: Stage, offer: str) -> None:
    server = stage.branch.server
    tokens = StreamTokens(server.part(keys.STORE), server.clock)
    token, _ = await tokens.issue(stage.meeting, "whip", "会议室", timedelta(seconds=30))
    server.clock.advance(seconds=30)
    headers = {"Authorization": f"Bearer {token}", **SDP}
    path = f"/whip/{stage.meeting.id}"
    async with stage.http.post(path, data=offer, headers=headers) as response:
        assert response.status == 401


async def test_a_meeting_that_is_not_open_takes_nobody(stage: Stage, offer: str) -> None:
    server = stage.branch.server
    planned = await server.part(keys.MEETINGS).create_adhoc(adhoc(title="明天的会"))
    tokens = StreamTokens(server.part(keys.STORE), server.clock)
    token, _ = await tokens.issue(planned, "whip", "会议室")
    headers = {"Authorization": f"Bearer {token}", **SDP}
    async with stage.http.post(f"/whip/{planned.id}", data=offer, headers=headers) as response:
        assert response.status == 409
        assert await code_of(response) == "occurrence_not_open"
        assert int(response.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "body",
    ["", "hello", "v=0\r\n", '{"sdp": "v=0"}', b"\xff\xfe\x00", "v=0\r\nm=audio 9 X 0\r\n"],
)
async def test_what_is_no_offer_is_a_bad_request(stage: Stage, body: str | bytes) -> None:
    response = await stage.post("whip", body)
    assert response.status == 400
    assert await code_of(response) == "stream_offer_invalid"


async def test_what_is_too_large_is_not_read_to_its_end(stage: Stage) -> None:
    response = await stage.post("whip", "v=0\r\n" + "a=x\r\n" * 20_000)
    assert response.status == 413
    assert await code_of(response) == "too_large"


async def test_another_type_of_content_is_not_supported(stage: Stage, offer: str) -> None:
    path = f"/whip/{stage.meeting.id}"
    for wrong in ("application/json", "text/plain", "application/trickle-ice-sdpfrag"):
        response = await stage.ask("POST", path, "whip", offer, **{"Content-Type": wrong})
        assert response.status == 415
        assert await code_of(response) == "stream_type_wrong"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_what_an_address_does_not_do_it_refuses_and_says_what_it_does(
    stage: Stage, method: str
) -> None:
    for scope in ("whip", "whep"):
        response = await stage.ask(method, f"/{scope}/{stage.meeting.id}", "whip")
        assert response.status == 405
        assert response.headers["Allow"] == "GET,HEAD,OPTIONS,POST"


async def test_an_offer_against_its_token_s_direction_is_not_acceptable(
    stage: Stage, offer: str, wish: str
) -> None:
    scopes: tuple[tuple[StreamScope, str], ...] = (("whip", wish), ("whep", offer))
    for scope, text in scopes:
        response = await stage.post(scope, text)
        assert response.status == 422
        assert await code_of(response) == "stream_offer_not_acceptable"
    assert stage.room.peers == {}


async def test_an_encoder_cannot_watch_by_a_section_more(
    stage: Stage, offer: str, wish: str
) -> None:
    video = wish[wish.index("m=video") :].replace("a=mid:1", "a=mid:2")
    sneaky = offer.replace("BUNDLE 0 1", "BUNDLE 0 1 2") + video
    response = await stage.post("whip", sneaky)
    assert response.status == 422


async def test_a_codec_the_room_does_not_use_is_told_at_once(stage: Stage, offer: str) -> None:
    phone, _ = await stage.branch.join("phone1", stage.meeting)
    response = await stage.post("whip", re.sub(r"VP8/90000|H264/90000", "AV1/90000", offer))
    assert response.status == 422
    # Sound alone would have been taken; half a stream is none.
    left = await phone.until("peer.left")
    assert stage.room.peers.keys() == {p.id for p in stage.room.peers.values() if p.recorded}
    assert left["reason"] == "left"


async def test_a_player_that_would_also_send_only_watches(stage: Stage, wish: str) -> None:
    response = await stage.post("whep", wish.replace("a=recvonly", "a=sendrecv"))
    assert response.status == 201
    assert (await response.text()).count("a=sendonly") == 2


async def test_a_token_holds_so_many_players_and_no_more(stage: Stage, wish: str) -> None:
    locations = [(await stage.post("whep", wish)).headers["Location"] for _ in range(9)]
    await stage.branch.server.floor.errands.finish()
    assert len(stage.room.peers) == 8
    assert (await stage.ask("DELETE", locations[0], "whep")).status == 404
    assert (await stage.ask("DELETE", locations[1], "whep")).status == 200


async def test_a_key_that_asks_again_and_again_is_told_to_wait(stage: Stage, wish: str) -> None:
    tried, refused = 1, await stage.post("whip", "")
    while refused.status == 400 and tried < 500:
        tried, refused = tried + 1, await stage.post("whip", "")
    assert tried > BURST
    assert refused.status == 429
    assert await code_of(refused) == "stream_too_often"
    assert int(refused.headers["Retry-After"]) > 0
    assert (await stage.post("whep", wish)).status == 201  # another key


async def test_pages_of_other_origins_are_told_nothing(stage: Stage, offer: str) -> None:
    path, foreign = f"/whip/{stage.meeting.id}", {"Origin": "https://elsewhere.example"}
    async with stage.http.options(path, headers=foreign) as response:
        assert response.status == 200
        assert not [name for name in response.headers if name.startswith("Access-Control")]
    response = await stage.ask("POST", path, "whip", offer, **SDP, **foreign)
    assert response.status == 403
    assert await code_of(response) == "foreign_origin"
