"""Firefox in a room, with itself and with Chromium."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.media.browser.conftest import Meeting
from tests.support.firefox import Firefox, firefox

pytestmark = [pytest.mark.browser, pytest.mark.waiting]


@pytest.fixture
async def fox(tmp_path: Path) -> AsyncIterator[Firefox]:
    async with firefox(tmp_path / "profile") as running:
        yield running


async def test_firefox_and_chromium_see_and_hear_each_other(meeting: Meeting, fox: Firefox) -> None:
    anna = await meeting.join("firefox", browser=fox)
    bela = await meeting.join("chromium", width=640, height=360)
    await bela.call("wide", 0, 960)
    for page in (anna, bela):
        await page.call("grown", "video", 0, "frames", 10)
        heard = await page.call("grown", "audio", 0, "energy", 0.001)
        assert heard["packets"] > 0
    assert set(await anna.call("layersSent", 3)) == {"q", "h", "f"}
    assert {s["rid"] for s in await meeting.streams("firefox") if s["packets"]} == {"q", "h", "f"}
    assert await anna.value("negotiations") == 1
    assert (await meeting.drops()).get("internal", 0) == 0
