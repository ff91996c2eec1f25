"""Phones in meetings: how the page is held to one way, and which way its media go."""

from collections.abc import Callable
from typing import Any

from aiortc import RTCPeerConnection
from playwright.async_api import Browser

from scheduler.accounts import StreamScope, StreamTokens
from scheduler.meetings.model import Occurrence
from signaling import keys
from tests.browser.pages import MeetingPage, device_page
from tests.signaling.live import Branch
from tests.signaling.streams import rtc

_EDITED = """
    const Usual = window.RTCPeerConnection;
    window.connections = [];
    window.RTCPeerConnection = class extends Usual {
      constructor(given) {
        super(given);
        window.connections.push(this);
      }
      setRemoteDescription({ type, sdp }) {
        return super.setRemoteDescription({ type, sdp: sdp.replace(%s) });
      }
    };
"""
UDP_OPEN = _EDITED % "'', ''"
UDP_NOT_OFFERED = _EDITED % r"/^a=candidate:\S+ 1 udp .*\r\n/gm, ''"
_WAY = """async () => {
    const stats = await window.connections[window.connections.length - 1].getStats();
    const transport = [...stats.values()].find((each) => each.type === 'transport');
    const pair = transport && stats.get(transport.selectedCandidatePairId);
    const local = pair && stats.get(pair.localCandidateId);
    return local && { type: local.candidateType, by: local.relayProtocol || local.protocol };
}"""


async def held_phone(branch: Branch, browser: Browser, device: str, script: str) -> MeetingPage:
    """Open a phone's page whose connections go only the way of `script`."""
    page = await device_page(browser, branch.server, device, "/healthz")
    await page.page.add_init_script(script)
    await page.page.goto(f"{branch.server.url}/phone")
    return page


async def way_of(page: MeetingPage) -> Any:
    """Return kind and protocol of the page's own end of the way its media go."""
    return await page.page.evaluate(_WAY)


async def stream(
    branch: Branch,
    meeting: Occurrence,
    peer: RTCPeerConnection,
    scope: StreamScope,
    prefer: Callable[[RTCPeerConnection], None] = lambda peer: None,
) -> str:
    """Let an encoder send into the meeting, or a player watch it; return its id there."""
    server = branch.server
    tokens = StreamTokens(server.part(keys.STORE), server.clock)
    token, _ = await tokens.issue(meeting, scope, "会议室")
    add = rtc.sending if scope == "whip" else rtc.watching
    offer = await add(peer, voice=scope == "whep", prefer=prefer)
    path, headers = f"/{scope}/{meeting.id}", {"Content-Type": "application/sdp"}
    async with (
        server.http(token) as http,
        http.post(path, data=offer, headers=headers) as response,
    ):
        assert response.status == 201
        await rtc.answered(peer, await response.text())
        return response.headers["Location"].rpartition("/")[2]
