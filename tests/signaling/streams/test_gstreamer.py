"""Boxes in a meeting room that send and watch by GStreamer (webrtcbin)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import av

from media.messages import GetStats, Stats
from scheduler.accounts import StreamScope
from tests.signaling.streams import rtc
from tests.signaling.streams.conftest import Stage

PYTHON = "/usr/bin/python3"
"""Debian's, for which it has GStreamer's bindings."""
PROGRAM = Path(__file__).with_name("gstreamer_box.py")


@asynccontextmanager
async def a_box(stage: Stage, *, sends: bool = True) -> AsyncIterator[asyncio.subprocess.Process]:
    """Let it send into the meeting, or watch; kill it where it does not end by itself."""
    scope: StreamScope = "whip" if sends else "whep"
    process = await asyncio.create_subprocess_exec(
        *(PYTHON, str(PROGRAM), "send" if sends else "watch"),
        *(f"{stage.branch.server.url}/{scope}/{stage.meeting.id}", await stage.token(scope)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(rtc.PATIENCE_S):
            said = await process.stdout.readline()
        wanted = b"sending\n" if sends else b"watching\n"
        assert said == wanted, "sh tests/prepare.sh installs what it needs"
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


async def test_the_line_of_a_gstreamer_player_is_estimated_from_what_it_tells(stage: Stage) -> None:
    async with a_box(stage), a_box(stage, sends=False):
        reply = await stage.branch.server.floor.worker.request(GetStats(detail=True))
    assert isinstance(reply, Stats)
    routers: Any = reply.stats["routers"]
    (room,) = routers.values()
    (player,) = (t for t in room["dump"]["transports"].values() if t["consumers"])
    assert player["estimate_by"] == "transport-cc"
    assert player["drops"] == {}
