"""A meeting with an encoder that has only H.264, as OBS: the rooms are set to it."""

import re
from pathlib import Path

import av
import pytest
from aiortc import RTCPeerConnection, RTCRtpSender

from tests.browser.lines import stream
from tests.browser.pages import device_page
from tests.signaling.live import running_branch
from tests.signaling.streams import rtc
from tests.support.chromium import chromium

pytestmark = [pytest.mark.browser, pytest.mark.waiting]


def only_h264(peer: RTCPeerConnection) -> None:
    """Offer nothing but H.264 for pictures, constrained baseline."""
    codecs = RTCRtpSender.getCapabilities("video").codecs
    baseline = re.compile("42e01f", re.IGNORECASE)
    chosen = [
        codec
        for codec in codecs
        if codec.name == "H264" and baseline.match(str(codec.parameters.get("profile-level-id")))
    ]
    assert chosen
    for transceiver in peer.getTransceivers():
        if transceiver.kind == "video":
            transceiver.setCodecPreferences(chosen)


async def test_an_h264_encoder_and_a_browser_see_each_other(tmp_path: Path) -> None:
    async with (
        running_branch(tmp_path, media={"video_codec": "h264"}) as branch,
        rtc.connection() as encoder,
        rtc.connection() as player,
        chromium() as browser,
    ):
        meeting = await branch.open()
        page = await device_page(browser, branch.server, "phone1")
        await page.join()
        await stream(branch, meeting, player, "whep", only_h264)
        assert isinstance(await rtc.frame_of(player, "video"), av.VideoFrame)
        await page.wait_for_frames(of=await stream(branch, meeting, encoder, "whip", only_h264))
        assert page.errors == []
