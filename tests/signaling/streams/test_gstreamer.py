"""A box in a meeting room that sends by GStreamer (webrtcbin), and is watched by a player."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import av

from tests.signaling.streams import rtc
from tests.signaling.streams.conftest import Stage

PYTHON = "/usr/bin/python3"
"""Debian's, for which it has GStreamer's bindings."""
PROGRAM = Path(__file__).with_name("gstreamer_box.py")


@asynccontextmanager
async def a_box(stage: Stage) -> AsyncIterator[asyncio.subprocess.Process]:
    """Let it send into the meeting; kill it where it does not end by itself."""
    process = await asyncio.create_subprocess_exec(
        *(PYTHON, str(PROGRAM)),
        *(f"{stage.branch.server.url}/whip/{stage.meeting.id}", await stage.token("whip")),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(rtc.PATIENCE_S):
            said = await process.stdout.readline()
        assert said == b"sending\n", "sh tests/prepare.sh installs what it needs"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_a_player_sees_and_hears_a_gstreamer_box_and_it_says_when_it_goes(
    stage: Stage,
) -> None:
    phone, _ = await stage.branch.join("phone1", stage.meeting)
    async with a_box(stage) as box, rtc.connection() as player:
        assert (await phone.until("peer.joined"))["peer"]["name"] == "会议室"
        watched = await stage.post("whep", await rtc.watching(player))
        await rtc.answered(player, await watched.text())
        picture = await rtc.frame_of(player, "video")
        assert isinstance(picture, av.VideoFrame)
        assert (picture.width, picture.height) == (320, 240)
        assert abs(bytes(picture.planes[2])[0] - 240) < 12  # it is the red one
        assert isinstance(await rtc.frame_of(player, "audio"), av.AudioFrame)
        assert box.stdin is not None
        box.stdin.close()
        assert (await phone.until("peer.left"))["reason"] == "left"
        assert await box.wait() == 0
