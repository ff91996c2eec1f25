"""An encoder sends into a meeting, a player watches it: aiortc at both ends."""

import asyncio

import av
import pytest
from aiortc import RTCBundlePolicy

from scheduler.accounts import StreamTokens
from signaling import keys
from tests.signaling.streams import rtc
from tests.signaling.streams.conftest import Stage


@pytest.mark.parametrize("bundle", [RTCBundlePolicy.BALANCED, RTCBundlePolicy.MAX_BUNDLE])
async def test_what_an_encoder_sends_a_player_sees_and_hears(
    stage: Stage, bundle: RTCBundlePolicy
) -> None:
    async with rtc.connection(bundle) as encoder, rtc.connection(bundle) as player:
        sent = await stage.post("whip", await rtc.sending(encoder))
        assert sent.status == 201
        await rtc.answered(encoder, await sent.text())
        watched = await stage.post("whep", await rtc.watching(player))
        assert watched.status == 201
        await rtc.answered(player, await watched.text())
        picture = await rtc.frame_of(player, "video")
        assert isinstance(picture, av.VideoFrame)
        assert (picture.width, picture.height) == (rtc.WIDTH, rtc.HEIGHT)
        assert abs(bytes(picture.planes[2])[0] - 240) < 12  # it is the red one
        assert isinstance(await rtc.frame_of(player, "audio"), av.AudioFrame)


async def test_a_player_gets_picture_and_voice_in_one_stream(stage: Stage) -> None:
    async with rtc.connection() as player:
        answer = await (await stage.post("whep", await rtc.watching(player))).text()
    streams = {
        line.partition("msid:")[2].split()[0]
        for line in answer.splitlines()
        if line.startswith(("a=msid:", "a=ssrc:")) and "msid:" in line
    }
    assert len(streams) == 1
    tracks = [line.split()[1] for line in answer.splitlines() if line.startswith("a=msid:")]
    assert len(set(tracks)) == len(tracks) == 2


async def test_an_encoder_is_a_participant_under_its_label_until_it_ends(stage: Stage) -> None:
    phone, room = await stage.branch.join("phone1", stage.meeting)
    async with rtc.connection() as encoder:
        sent = await stage.post("whip", await rtc.sending(encoder, voice=False))
        joined = (await phone.until("peer.joined"))["peer"]
        assert joined["name"] == "会议室"
        assert joined["kind"] == "desktop"
        assert joined["person"] is None
        assert (joined["audio_muted"], joined["video_muted"]) == (True, False)
        await rtc.answered(encoder, await sent.text())
        location = sent.headers["Location"]
        assert (await stage.ask("DELETE", location, "whip")).status == 200
        left = await phone.until("peer.left")
        assert (left["peer"], left["reason"]) == (joined["peer"], "left")
    assert room["counts"]["present"] == 1


async def test_its_picture_fills_the_main_slot_of_a_phone(stage: Stage) -> None:
    async with rtc.connection() as encoder, rtc.connection() as phone_media:
        phone, _ = await stage.branch.join("phone1", stage.meeting)
        answer = await phone.ask("media.offer", sdp=await rtc.watching(phone_media))
        await rtc.answered(phone_media, answer["sdp"])
        sent = await stage.post("whip", await rtc.sending(encoder))
        await rtc.answered(encoder, await sent.text())
        stream = sent.headers["Location"].rpartition("/")[2]
        slots = await phone.until(
            "slots", lambda e: any(s["kind"] == "video" and s["peer"] == stream for s in e["slots"])
        )
        assert slots["slots"]
        assert isinstance(await rtc.frame_of(phone_media, "video"), av.VideoFrame)


async def test_a_stream_is_in_no_attendance(stage: Stage) -> None:
    async with rtc.connection() as encoder:
        sent = await stage.post("whip", await rtc.sending(encoder))
        await rtc.answered(encoder, await sent.text())
        assert stage.room.counts().present == 0
        assert stage.room.here() == set()
        await stage.branch.server.floor.conductor.close(stage.meeting.id)
    token = await stage.branch.token("p6")
    path = f"/api/occurrences/{stage.meeting.id}/attendance"
    async with stage.branch.server.http(token) as http, http.get(path) as response:
        report = await response.json()
    assert report["counts"]["present"] == 0
    assert report["counts"]["uncounted_rooms"] == 0


async def test_an_encoder_that_hangs_up_without_a_word_to_http_is_let_out(stage: Stage) -> None:
    phone, _ = await stage.branch.join("phone1", stage.meeting)
    async with rtc.connection() as encoder:
        sent = await stage.post("whip", await rtc.sending(encoder, voice=False))
        await rtc.answered(encoder, await sent.text())
    left = await phone.until("peer.left")
    assert left["reason"] == "lost"
    location = sent.headers["Location"]
    assert (await stage.ask("DELETE", location, "whip")).status == 404


async def test_an_encoder_that_comes_again_takes_the_place_of_its_former_connection(
    stage: Stage,
) -> None:
    phone, _ = await stage.branch.join("phone1", stage.meeting)
    async with rtc.connection() as first, rtc.connection() as second:
        before = await stage.post("whip", await rtc.sending(first, voice=False))
        after = await stage.post("whip", await rtc.sending(second, voice=False))
        left = await phone.until("peer.left")
        assert left["reason"] == "replaced"
        assert before.headers["Location"].endswith(left["peer"])
        assert after.headers["Location"].rpartition("/")[2] in stage.room.peers


async def test_the_end_of_the_meeting_ends_the_stream(stage: Stage) -> None:
    closed = asyncio.Event()
    async with rtc.connection() as player:
        watched = await stage.post("whep", await rtc.watching(player))

        @player.on("connectionstatechange")
        def _changed() -> None:
            if player.connectionState == "closed":
                closed.set()

        await rtc.answered(player, await watched.text())
        await stage.branch.server.floor.conductor.close(stage.meeting.id)
        async with asyncio.timeout(rtc.PATIENCE_S):
            await closed.wait()
        again = await stage.post("whep", "v=0")
        assert again.status == 400


async def test_a_key_that_is_withdrawn_ends_what_it_opened(stage: Stage) -> None:
    phone, _ = await stage.branch.join("phone1", stage.meeting)
    server = stage.branch.server
    async with rtc.connection() as encoder:
        assert (await stage.post("whip", await rtc.sending(encoder))).status == 201
        await StreamTokens(server.part(keys.STORE), server.clock).withdraw(stage.meeting.id)
        server.clock.advance(seconds=10)
        left = await phone.until("peer.left")
        assert left["reason"] == "removed"
