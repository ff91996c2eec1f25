"""A phone changes networks in a meeting: the picture goes on in the same slots."""

import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from media.pool import Workers
from tests.browser.lines import UDP_OPEN, held_phone, stream
from tests.browser.pages import MeetingPage, eventually
from tests.signaling.live import Branch, running_branch
from tests.signaling.streams import rtc
from tests.support.chromium import chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.waiting,
    pytest.mark.skipif(
        shutil.which("nft") is None or os.geteuid() != 0, reason="needs nftables as root"
    ),
]
_SEEN = """async () => {
    const connection = window.connections[window.connections.length - 1];
    const stats = await connection.getStats();
    const all = [...stats.values()];
    const transport = all.find((each) => each.type === 'transport');
    const pair = stats.get(transport.selectedCandidatePairId);
    return {
        connections: window.connections.length,
        state: connection.connectionState,
        port: pair ? stats.get(pair.localCandidateId).port : null,
        tracks: connection.getReceivers().map((each) => each.track.id),
    };
}"""


@contextmanager
def a_dead_way(source: int, destination: int) -> Iterator[None]:
    """Let nothing pass any more between two UDP ports of this machine."""
    rules = [
        f"udp sport {source} udp dport {destination} drop",
        f"udp sport {destination} udp dport {source} drop",
    ]
    table = f"liancun_test_{source}"
    chain = "{ type filter hook output priority 0; }"
    script = f"add table inet {table}\nadd chain inet {table} way {chain}\n"
    script += "".join(f"add rule inet {table} way {rule}\n" for rule in rules)
    subprocess.run(["nft", "-f", "-"], input=script.encode(), check=True)
    try:
        yield
    finally:
        subprocess.run(["nft", "delete", "table", "inet", table], check=True)


@pytest.fixture
async def branch(tmp_path: Path) -> AsyncIterator[Branch]:
    async with running_branch(tmp_path, media={"udp_port": 0, "in_process": False}) as running:
        yield running


async def seen(page: MeetingPage) -> Any:
    return await page.page.evaluate(_SEEN)


async def test_when_the_way_dies_another_one_is_found_for_the_same_connection(
    branch: Branch,
) -> None:
    workers = branch.server.floor.worker
    assert isinstance(workers, Workers)
    server_port = workers.members[0].udp_port
    assert server_port is not None
    async with rtc.connection() as encoder, chromium() as browser:
        meeting = await branch.open()
        page = await held_phone(branch, browser, "phone1", UDP_OPEN)
        await page.join()
        sender = await stream(branch, meeting, encoder, "whip")
        await page.wait_for_frames(of=sender)
        room = branch.server.floor.hub.live(meeting.id)
        assert room is not None
        peers, joins = set(room.peers), branch.server.floor.entrance.joins
        before, slot = await seen(page), await page.main_slot()
        assert before["port"] is not None
        with a_dead_way(before["port"], server_port):

            async def moved() -> Any:
                now = await seen(page)
                return now if now["port"] not in (None, before["port"]) else None

            after = await eventually(moved, "another way is found", within_s=30)
            assert after["state"] == "connected"
            again = await page.wait_for_frames(of=sender)
        assert after["connections"] == before["connections"]
        assert after["tracks"] == before["tracks"]
        assert again["frames"] > slot["frames"], "the decoder of the slot goes on"
        assert (set(room.peers), branch.server.floor.entrance.joins) == (peers, joins)
        assert page.errors == [], json.dumps(page.errors)


async def test_the_page_does_not_wait_for_silence_when_the_browser_says_that_it_moved(
    branch: Branch,
) -> None:
    async with rtc.connection() as encoder, chromium() as browser:
        meeting = await branch.open()
        page = await held_phone(branch, browser, "phone1", UDP_OPEN)
        await page.join()
        sender = await stream(branch, meeting, encoder, "whip")
        await page.wait_for_frames(of=sender)
        before = await seen(page)
        await page.page.evaluate("window.dispatchEvent(new Event('online'))")

        async def moved() -> Any:
            now = await seen(page)
            return now if now["port"] not in (None, before["port"]) else None

        after = await eventually(moved, "another way is found", within_s=10)
        assert (after["connections"], after["tracks"]) == (1, before["tracks"])
        await page.wait_for_frames(of=sender)
