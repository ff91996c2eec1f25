"""A phone's page that is offered no UDP reaches the media worker over TCP."""

from pathlib import Path

import av
import pytest

from media.messages import GetStats, Stats
from tests.browser.lines import (
    UDP_NOT_OFFERED,
    UDP_OPEN,
    held_phone,
    stream,
    way_of,
)
from tests.signaling.live import running_branch
from tests.signaling.streams import rtc
from tests.support.chromium import chromium

pytestmark = [pytest.mark.browser, pytest.mark.waiting]


async def test_a_phone_without_udp_sees_the_meeting_and_is_seen(tmp_path: Path) -> None:
    async with (
        running_branch(tmp_path, media={"tcp_port": 0}) as branch,
        rtc.connection() as encoder,
        rtc.connection() as player,
        chromium() as browser,
    ):
        meeting = await branch.open()
        page = await held_phone(branch, browser, "phone1", UDP_NOT_OFFERED)
        await page.join()
        await stream(branch, meeting, player, "whep")
        seen = await rtc.frame_of(player, "video")
        assert isinstance(seen, av.VideoFrame)
        sender = await stream(branch, meeting, encoder, "whip")
        await page.wait_for_frames(of=sender)
        assert (await way_of(page))["by"] == "tcp"
        stats = await branch.server.floor.worker.request(GetStats())
        assert isinstance(stats, Stats)
        tcp, drops = stats.stats["tcp"], stats.stats["drops"]
        assert isinstance(tcp, dict)
        assert isinstance(drops, dict)
        assert (tcp["connections"], tcp["strangers"]) == (1, 0)
        assert not [reason for reason in drops if reason.startswith("tcp_")]
        assert page.errors == []


async def test_udp_is_preferred_where_it_is_open(tmp_path: Path) -> None:
    async with (
        running_branch(tmp_path, media={"tcp_port": 0}) as branch,
        rtc.connection() as encoder,
        chromium() as browser,
    ):
        meeting = await branch.open()
        page = await held_phone(branch, browser, "phone1", UDP_OPEN)
        await page.join()
        await page.wait_for_frames(of=await stream(branch, meeting, encoder, "whip"))
        assert (await way_of(page))["by"] == "udp"
