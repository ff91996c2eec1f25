"""A village line that lets through nothing but TCP to one server: Debian's coturn relays."""

from pathlib import Path

import pytest

from media.transports.addresses import announced
from tests.browser.lines import RELAY_ONLY, held_phone, stream, way_of
from tests.signaling.live import running_branch
from tests.signaling.streams import rtc
from tests.support.chromium import chromium
from tests.support.turn import coturn

pytestmark = pytest.mark.browser
SECRET = "known to both servers"


async def test_a_phone_that_has_only_the_relay_sees_the_meeting(tmp_path: Path) -> None:
    address = announced("0.0.0.0", ())[0]
    async with coturn(address, SECRET, tmp_path) as port:
        turn = {"urls": [f"turn:{address}:{port}?transport=tcp"], "secret": SECRET}
        async with (
            running_branch(tmp_path, turn=turn) as branch,
            rtc.connection() as encoder,
            chromium() as browser,
        ):
            meeting = await branch.open()
            page = await held_phone(branch, browser, "phone1", RELAY_ONLY)
            await page.join()
            sender = await stream(branch, meeting, encoder, "whip")
            await page.wait_for_frames(of=sender)
            assert await way_of(page) == {"type": "relay", "by": "tcp"}
            assert page.errors == []
