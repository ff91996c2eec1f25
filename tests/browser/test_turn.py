"""A village line that blocks UDP: the phone's page sees and is seen through Debian's coturn."""

from pathlib import Path
from typing import Any

import pytest

from media.transports.addresses import announced
from scheduler.accounts import StreamTokens
from scheduler.meetings.model import Occurrence
from signaling import keys
from tests.browser.pages import MeetingPage, device_page
from tests.signaling.live import Branch, running_branch
from tests.signaling.streams import rtc
from tests.support.chromium import chromium
from tests.support.turn import coturn

pytestmark = pytest.mark.browser
SECRET = "known to both servers"
RELAY_ONLY = """
    const Usual = window.RTCPeerConnection;
    window.connections = [];
    window.RTCPeerConnection = class extends Usual {
      constructor(given) {
        super({ ...given, iceTransportPolicy: 'relay' });
        window.connections.push(this);
      }
    };
"""
ROUTE = """async () => {
    const stats = await window.connections[window.connections.length - 1].getStats();
    const all = [...stats.values()];
    const pair = all.find((each) => each.type === 'candidate-pair' && each.nominated);
    const local = pair && stats.get(pair.localCandidateId);
    return local && { type: local.candidateType, by: local.relayProtocol };
}"""


async def send(branch: Branch, meeting: Occurrence, encoder: Any) -> str:
    """Let an encoder send into the meeting; return its id there."""
    server = branch.server
    tokens = StreamTokens(server.part(keys.STORE), server.clock)
    token, _ = await tokens.issue(meeting, "whip", "会议室")
    headers = {"Content-Type": "application/sdp"}
    offer = await rtc.sending(encoder, voice=False)
    async with server.http(token) as http:
        path = f"/whip/{meeting.id}"
        async with http.post(path, data=offer, headers=headers) as response:
            assert response.status == 201
            await rtc.answered(encoder, await response.text())
            return response.headers["Location"].rpartition("/")[2]


async def relayed_page(branch: Branch, browser: Any) -> MeetingPage:
    """Open a phone whose only way is the relay."""
    page = await device_page(browser, branch.server, "phone1", "/healthz")
    await page.page.add_init_script(RELAY_ONLY)
    await page.page.goto(f"{branch.server.url}/phone")
    return page


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
            page = await relayed_page(branch, browser)
            await page.join()
            stream = await send(branch, meeting, encoder)
            await page.wait_for_frames(of=stream)
            assert await page.page.evaluate(ROUTE) == {"type": "relay", "by": "tcp"}
            assert page.errors == []
